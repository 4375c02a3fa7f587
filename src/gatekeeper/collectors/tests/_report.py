"""The type into which every format of test report is read."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import amount
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Object

CASES = "cases"
COUNTERS = "counters"

_LONGEST_NAME = 1000
_SCRIPTS = frozenset({"ts", "tsx", "js", "jsx", "mts", "cts", "mjs", "cjs"})


class TestReport(NamedTuple):
    """The results of one file. A format of this kind returns it."""

    format: str
    total: int
    passed: tuple[str, ...] | None
    failed: tuple[Finding, ...]
    skipped: int
    duration_s: float | None = None
    produced_at: datetime | None = None
    counted_from: str = CASES


def failure(name: str, message: object, file: object = None, line: object = None) -> Finding:
    """Return the finding of a failed test: its full name, the first line of its message, and its place.

    A message or file that is not text, and a line that is not a whole number, are left out.
    """
    said = first_line(message) if isinstance(message, str) else ""
    return Finding(
        f"{name}: {said}" if said else name,
        file if isinstance(file, str) else None,
        line if isinstance(line, int) and not isinstance(line, bool) else None,
    )


def full_name(outer: Sequence[str], name: str) -> str:
    """Return the full name of a test from its titles, from the outside in."""
    return name_below(useful_titles(outer), name)


def useful_titles(outer: Sequence[str]) -> list[str]:
    """Return the titles that can be part of a name, from the inside out: no paths of source files."""
    titles = [title.strip() for title in reversed(outer)]
    return [title for title in titles if title and not is_source_file(title)]


def name_below(titles: Sequence[str], name: str) -> str:
    """Return a full name from `useful_titles`: joined by ` > `, from the outside in.

    Omitted are titles that the rest of the name repeats, and titles that would make the name longer than
    1,000 characters.
    """
    name = name.strip()
    for title in titles:
        is_repeated = title in name and f" {title} " in f" {name} "
        if not is_repeated and len(title) + len(name) < _LONGEST_NAME:
            name = f"{title} > {name}" if name else title
    return name or "(a test without a name)"


@lru_cache(maxsize=1024)
def is_source_file(title: str) -> bool:
    """Return whether a title is the path of a source file, as vitest names its suites and classes."""
    _, folder, name = title.replace("\\", "/").rpartition("/")
    stem, _, suffix = name.rpartition(".")
    known = suffix in _SCRIPTS or (folder and len(suffix) <= 5 and suffix.isalnum())
    return bool(stem and known) and len(title.split()) == 1


def seconds(test: Object) -> float | None:
    """Return the `duration` of a test of a JSON report, which is in milliseconds; None if it has none."""
    duration = test.get("duration")
    return None if duration is None else amount(duration, "the duration of a test") / 1000
