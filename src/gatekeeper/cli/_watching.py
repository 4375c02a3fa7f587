"""Looking again as soon as a file has changed, until Ctrl-C."""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from time import sleep
from typing import NoReturn

import typer

from gatekeeper.errors import GatekeeperError

EVERY = 1.0
"""Seconds between two looks at the files' times."""
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"

State = dict[str, tuple[int, int, int]]
"""Files with what tells their states apart: when they were written, how long they are, and which they are."""


def watch(show: Callable[[], None], files: Callable[[], Iterable[str]]) -> NoReturn:
    """Show, and show again whenever one of the files has changed, has come or has gone.

    What a verdict rests on is known once it is there, so `files` is asked again after each. Only an interrupt
    ends the watch: what is wrong with the workspace is told, for it is about to be mended.
    """
    while True:
        before = _state(files())
        _start_anew()
        try:
            show()
        except GatekeeperError as error:
            from gatekeeper.cli._output import plain

            typer.echo(plain(str(error)), err=True)
        sys.stdout.flush()
        if sys.stderr.isatty():
            typer.echo("watching for changes; Ctrl-C ends", err=True)
        now = _state(files())
        if all(now.get(file) == there for file, there in before.items()):  # nothing changed meanwhile
            gc.collect()  # a run alone never does, and this one has no end
            while _state(files()) == now:
                sleep(EVERY)


def _state(files: Iterable[str]) -> State:
    """Return the state of those files that are there."""
    state = {}
    for file in files:
        try:
            found = Path(file).stat()
        except (OSError, ValueError):
            continue
        state[file] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return state


def _start_anew() -> None:
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        sys.stdout.write(_CLEAR)
