"""Run again whenever a file changes, until Ctrl-C."""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from time import sleep
from typing import NoReturn

import typer

from gatekeeper.cli.output import plain
from gatekeeper.cli.streams import UnwritableOutput
from gatekeeper.errors import GatekeeperError
from gatekeeper.workspace.files import file_states

EVERY = 1.0
"""Seconds between two checks of the files."""
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


def watch(show: Callable[[], object], files: Callable[[], Iterable[str]]) -> NoReturn:
    """Call `show`, and call it again whenever a file was changed, added or removed.

    A verdict can change which files matter, so `files` is called again after each. An error is printed and
    the watch goes on; only an interrupt ends it.
    """
    while True:
        before = file_states(files())
        if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
            sys.stdout.write(_CLEAR)
        try:
            show()
        except UnwritableOutput:
            raise  # nobody sees what is shown
        except GatekeeperError as error:
            typer.echo(plain(str(error)), err=True)
        sys.stdout.flush()
        if sys.stderr.isatty():
            typer.echo("watching for changes; Ctrl-C ends", err=True)
        now = file_states(files())
        if all(now.get(file) == state for file, state in before.items()):  # nothing changed meanwhile
            gc.collect()  # disabled for single runs, but this one does not end
            while file_states(files()) == now:
                sleep(EVERY)
