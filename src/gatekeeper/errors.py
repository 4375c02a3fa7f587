"""Errors that a user can cause, and the exit code of each."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """Exit codes of the program. They depend on the verdict alone, not on the output format."""

    READY = 0
    BLOCKED = 1
    USAGE = 2
    INVALID_WORKSPACE = 3
    BUG = 70
    OUTPUT = 74
    INTERRUPTED = 130


_MOST_COMPARED, _LONGEST_COMPARED = 1_000, 100


class Problem(NamedTuple):
    """One mistake in a manifest: its position, what is wrong, and what to write instead."""

    file: str
    """The manifest, relative to the workspace."""
    line: int
    """The line, counted from 1."""
    column: int
    """The column, counted from 1."""
    message: str
    """What is wrong."""
    hint: str | None = None
    """What to write instead."""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{hint}".replace("\n", "\\n")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems sorted by file, line and column."""
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column)))


class GatekeeperError(Exception):
    """An expected failure. The command line prints its message without a traceback."""

    exit_code = ExitCode.USAGE


class UsageError(GatekeeperError):
    """An argument is wrong, or what it asks for is not possible."""


class BrokenPlugin(GatekeeperError):  # noqa: N818 - reads as what it is at `raise`
    """An installed plugin cannot be used and has to be fixed or uninstalled."""


class InvalidWorkspace(GatekeeperError):  # noqa: N818 - reads as what it is at `raise` and `except`
    """The manifests of a workspace contain mistakes."""

    exit_code = ExitCode.INVALID_WORKSPACE
    problems: tuple[Problem, ...]
    """Every mistake, sorted by file, line and column."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def known(word: str, words: Iterable[str], noun: str) -> str:
    """Return a word that must be one of those known.

    Raises:
        UsageError: It is not; the message suggests the nearest of them.
    """
    choices = list(words)
    if word not in choices:
        raise UsageError(f"unknown {noun} {word!r}; {nearest(word, choices)}")
    return word


def nearest(word: str, known_words: Iterable[str]) -> str:
    """Return a hint: the most similar of the known words, or else a list of them.

    Long words and those after the first thousand are not compared: that takes the square of their lengths.
    """
    from difflib import get_close_matches

    words = list(known_words)
    compared = [one for one in words[:_MOST_COMPARED] if len(one) <= _LONGEST_COMPARED]
    if len(word) <= _LONGEST_COMPARED and (close := get_close_matches(word, compared, n=1, cutoff=0.6)):
        return f"did you mean {close[0]!r}?"
    if not words:
        return "none is defined"
    listed = ", ".join(compared[:12]) or "nothing short enough to be listed"
    return f"known: {listed}" + (", ..." if len(words) > 12 else "")
