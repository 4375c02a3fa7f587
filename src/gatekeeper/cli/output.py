"""Read files, write files and standard output."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatekeeper.errors import Problem, UsageError

if TYPE_CHECKING:
    from gatekeeper.model.screen import Screen
    from gatekeeper.reporters.text.screen import Part


def is_terminal() -> bool:
    """Return whether somebody can answer a question."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def screen() -> "Screen":
    """Return what standard output can show."""
    from gatekeeper.cli.terminal import screen_of

    return screen_of(sys.stdout, os.environ)


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
    """Write text for people to standard output; what its encoding lacks is written as escapes.

    Raises:
        UnwritableOutput: It cannot be written; `streams` says how the program then ends.
    """
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def write_data(text: str | Iterable[str]) -> None:
    """Write text for machines, whole or in pieces, to standard output: UTF-8 and line feeds on every console.

    Raises:
        UnwritableOutput: As for `write`.
    """
    from gatekeeper.workspace.files import as_utf_8

    sys.stdout.flush()
    sys.stdout.buffer.writelines(map(as_utf_8, [text] if isinstance(text, str) else text))
    sys.stdout.buffer.flush()


def show(
    format_: str, data: Callable[[], Mapping[str, Any]], parts: "Callable[[Screen], Iterable[Part]]"
) -> None:
    """Write a result to standard output: its data as JSON, or its parts as the screen shows them."""
    from gatekeeper.reporters.text import as_json

    if format_ == "json":
        write_data(as_json(data()))
    else:
        write_parts(parts)


def write_parts(parts: "Callable[[Screen], Iterable[Part]]") -> None:
    """Write parts to standard output as its screen shows them."""
    write(drawn(parts))


def drawn(parts: "Callable[[Screen], Iterable[Part]]") -> str:
    """Return parts as the screen of standard output shows them."""
    from gatekeeper.reporters.text.screen import draw

    on = screen()
    return draw(parts(on), on)


def warn(warnings: Sequence[Problem], at_most: int | None = None) -> None:
    """Write warnings to standard error, so that no report contains them."""
    sys.stderr.write(as_warnings(warnings, at_most))


def as_warnings(warnings: Sequence[Problem], at_most: int | None = None) -> str:
    """Return warnings as lines of text."""
    lines = [plain(f"warning: {warning}\n") for warning in warnings[:at_most]]
    if more := len(warnings) - len(lines):
        lines.append(f"warning: {more:,} more: run `gatekeeper validate`\n")
    return "".join(lines)


def write_to(file: Path | None, text: str | Iterable[str], folder: Path) -> bool:
    """Write data, also in pieces, to a file below a folder or standard output; return whether to a file."""
    if file is None:
        write_data(text)
        return False
    from gatekeeper.workspace.files import write_file

    write_file(folder / file, text)
    return True


def read_bytes(file: Path, folder: Path) -> bytes:
    """Return the content of a file; `UsageError` if it cannot be read."""
    from gatekeeper.trees.disk import read_file

    try:
        return read_file(folder / file)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from None
