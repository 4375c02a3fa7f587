"""What can go wrong for a user, and the exit code that follows from it."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """The process's exit codes; they follow from the verdict alone, never from the format."""

    READY = 0
    BLOCKED = 1
    USAGE = 2
    INVALID_WORKSPACE = 3
    BUG = 70
    INTERRUPTED = 130


class Problem(NamedTuple):
    """One mistake in a manifest: where it is, what is wrong, and what to write instead."""

    file: str
    """Relative to the workspace."""
    line: int
    """1-based, as is `column`."""
    column: int
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{hint}".replace("\n", "\\n")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems as one reads the files: by name, then from top to bottom."""
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column)))


class GatekeeperError(Exception):
    """An expected failure: told in a sentence, without a traceback."""

    exit_code = ExitCode.USAGE


class UsageError(GatekeeperError):
    """What was asked for on the command line cannot be done."""


class BrokenPlugin(GatekeeperError):  # noqa: N818 - reads as what it is at `raise`
    """An installed plugin cannot be used; it, not this program, has to be mended."""


class InvalidWorkspace(GatekeeperError):  # noqa: N818 - reads as what it is at `raise` and `except`
    """The manifests do not form a workspace; carries every mistake found, in file order."""

    exit_code = ExitCode.INVALID_WORKSPACE

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint: the known word that was probably meant, else all of them."""
    from difflib import get_close_matches

    words = list(known)
    if close := get_close_matches(word, words, n=1, cutoff=0.6):
        return f"did you mean {close[0]!r}?"
    if not words:
        return "there is none to choose from"
    return "known: " + ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
