"""Standard output: what it can show, and writing to it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.report import Screen

_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "zed"})
_TERMINALS = frozenset({"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"})
"""Terminals that open links, by the names that they give themselves."""


def screen() -> "Screen":
    """Return what standard output can show; `COLUMNS` and `NO_COLOR` apply, pipes get 80 columns."""
    import shutil

    from gatekeeper.model.report import Screen

    is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return Screen(
        width=max(40, shutil.get_terminal_size((80, 24)).columns),
        colour=is_terminal and not os.environ.get("NO_COLOR"),
        unicode=encoding.startswith("utf"),
        links=is_terminal and not os.environ.get("NO_COLOR") and opens_links(os.environ),
    )


def opens_links(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal is known to open links; `FORCE_HYPERLINK` overrides.

    Other terminals may show a link as a row of odd characters.
    """
    forced = environment.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced != "0"
    if environment.get("VTE_VERSION", "").isdigit():
        return int(environment["VTE_VERSION"]) >= 5000
    return (
        environment.get("TERM_PROGRAM") in _PROGRAMS
        or environment.get("TERM") in _TERMINALS
        or not environment.keys().isdisjoint({"WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID"})
    )


def plain(text: str) -> str:
    """Return text with its control characters escaped, except line feeds.

    Names in messages come from untrusted files, and control characters could reprogram a terminal.
    """
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape").decode()
        for character in text
    )


def write(text: str) -> None:
    """Write to standard output; a closed pipe is not an error."""
    try:
        _write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would report the broken pipe again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_to(file: Path | None, text: str, folder: Path) -> bool:
    """Write to a file below a folder, or to standard output; return whether it was a file."""
    if file is None:
        write(text)
        return False
    from gatekeeper.workspace.files import write_file

    write_file(folder / file, text)
    return True


def read_bytes(file: Path, folder: Path) -> bytes:
    """Return the content of a file; `UsageError` if it cannot be read."""
    try:
        return (folder / file).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _write(text: str) -> None:
    """Write text; what the encoding of the terminal lacks is written as UTF-8, as machines expect it."""
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
