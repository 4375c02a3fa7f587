"""The coverage of one source file: counts, and hits if the format lists them."""

import posixpath
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, Self, TypeVar

from gatekeeper.model.evidence import Unreadable

K = TypeVar("K")
_DEEPEST = 40
"""How many steps a relative path may have to be compared with absolute ones."""


class Ratio(NamedTuple):
    """How many lines, branches or functions were covered."""

    covered: int = 0
    total: int = 0

    @classmethod
    def of(cls, hits: Iterable[int], uncovered: int = 0) -> Self:
        """Return how many of these, and of further ones that are uncovered, were hit at least once."""
        known = list(hits)
        return cls(sum(hit > 0 for hit in known), len(known) + uncovered)

    @classmethod
    def sum(cls, ratios: Iterable["Ratio"]) -> Self:
        """Return the sum of counts; the average of percentages would be another figure."""
        known = list(ratios)
        return cls(sum(ratio.covered for ratio in known), sum(ratio.total for ratio in known))

    @property
    def pct(self) -> float | None:
        """0 to 100; None if the total is 0."""
        return 100 * self.covered / self.total if self.total else None

    @property
    def uncovered(self) -> int:
        """How many were not covered."""
        return self.total - self.covered

    def checked(self, name: str) -> Self:
        """Return the ratio; `Unreadable` if more is covered than exists."""
        if self.covered > self.total:
            raise Unreadable(f"{name}: {self.covered} covered of {self.total}")
        return self


Block = tuple[int, ...]
"""A block of statements, by the line in which it starts and what else identifies it."""
Counts = Mapping[Any, Ratio]


class Hits(NamedTuple):
    """How often each line, branch and function of a file was run."""

    lines: Mapping[int, int] | Mapping[Block, int]
    branches: Mapping[Hashable, int] = {}
    """By the key of the format for a branch; functions likewise."""
    functions: Mapping[Hashable, int] = {}
    unlisted: tuple[int, ...] = (0, 0, 0)
    """How many uncovered lines, branches and functions the counters of the file report beyond the lists."""
    nameless: tuple[Counts, Counts] = ({}, {})
    """Branches and functions that are counted without a name for each: of a line, of the file. Of several
    reports, the most that one saw run count."""
    statements: Mapping[Block, int] | None = None
    """How many statements each block has, if the report lists blocks instead of lines."""

    @property
    def measured(self) -> tuple[Ratio, Ratio, Ratio]:
        """How many lines, branches and functions were covered; what is not listed is uncovered."""
        named = (self.lines.values(), self.branches.values(), self.functions.values())
        lines, branches, functions = map(Ratio.of, named, self.unlisted)
        if self.statements is not None:
            lines = Ratio.sum(
                Ratio(count * (self.lines[block] > 0), count)  # type: ignore[index]
                for block, count in self.statements.items()
            )
        of_lines, of_file = (Ratio.sum(counts.values()) for counts in self.nameless)
        return lines, Ratio.sum((branches, of_lines)), Ratio.sum((functions, of_file))

    @property
    def first_uncovered(self) -> int | None:
        """The first line that was not run."""
        missed = (place for place, count in self.lines.items() if count == 0)
        return min((place if isinstance(place, int) else place[0] for place in missed), default=None)

    def plus(self, other: "Hits") -> "Hits":
        """Return the sum with the hits of another shard of the same run."""
        return Hits(
            sums(chain(self.lines.items(), other.lines.items())),  # type: ignore[arg-type]
            sums(chain(self.branches.items(), other.branches.items())),
            sums(chain(self.functions.items(), other.functions.items())),
            tuple(map(max, self.unlisted, other.unlisted)),
            (_most(self.nameless[0], other.nameless[0]), _most(self.nameless[1], other.nameless[1])),
            self.statements,
        )


def _most(some: Counts, others: Counts) -> Counts:
    none = Ratio()
    return {key: Ratio(*map(max, some.get(key, none), others.get(key, none))) for key in {**some, **others}}


class FileCoverage(NamedTuple):
    """The coverage of one source file."""

    path: str
    """As in the report, with forward slashes."""
    lines: Ratio
    branches: Ratio = Ratio()
    functions: Ratio = Ratio()
    first_uncovered: int | None = None
    """A line number."""
    hits: Hits | None = None
    """None: the report has only totals, which cannot be added up."""
    module: str = ""
    """The module of the file, if the report lists files of the same path; else empty."""

    @classmethod
    def of_hits(cls, path: str, hits: Hits) -> Self:
        """Return the coverage of a file whose hits are known."""
        return cls(path, *hits.measured, hits.first_uncovered, hits)


def merged(files: Iterable[FileCoverage]) -> list[FileCoverage]:
    """Return each file of the reports once.

    Shards of a run report the same file with the same lines: their hits add up. The same path with
    other lines is the file of another package and is kept separate.
    """
    by_path = _by_path(files)
    named = _spelled_twice(by_path)
    if named:
        known = (file for same in by_path.values() for file in same)
        by_path = _by_path(file._replace(path=named.get(file.path, file.path)) for file in known)
    return [file for same in by_path.values() for file in same]


def _by_path(files: Iterable[FileCoverage]) -> dict[str, list[FileCoverage]]:
    by_file: dict[tuple[str, str], list[FileCoverage]] = {}
    for file in files:
        by_file.setdefault((file.path, file.module), []).append(file)
    by_path: dict[str, list[FileCoverage]] = {}
    for (path, module), same in by_file.items():
        added = _added(path, same) if len(same) > 1 else same
        by_path.setdefault(path, []).extend(file._replace(module=module) for file in added)
    return by_path


def _added(path: str, files: Sequence[FileCoverage]) -> Sequence[FileCoverage]:
    """Return the union of a file's reports. Totals that are those of a listed file say nothing more."""
    by_lines: dict[frozenset[object], Hits] = {}
    totals = [file.lines for file in files if file.hits is None]
    for hits in (file.hits for file in files if file.hits):
        lines = frozenset(hits.lines)
        by_lines[lines] = by_lines[lines].plus(hits) if lines in by_lines else hits
    added = [FileCoverage.of_hits(path, hits) for hits in by_lines.values()]
    if any(lines not in [file.lines for file in added] for lines in totals):
        raise Unreadable(
            f"{path} is in several reports that have only totals, which cannot be added up; use lcov"
        )
    return added


def _spelled_twice(by_path: Mapping[str, Sequence[FileCoverage]]) -> dict[str, str]:
    """Return the absolute path of each relative path under which the same file is listed.

    Relative paths start in a folder if every file that is listed both ways has the same lines both times. If
    two folders are possible, a path is left as it is: it may be of either package.
    """
    absolute = [path for path in by_path if is_absolute(path)]
    if len(absolute) == len(by_path):
        return {}
    agree: dict[str, bool] = {}
    starts: dict[str, list[str]] = {}
    for path in absolute:
        steps = path.split("/")
        for at in range(max(1, len(steps) - _DEEPEST), len(steps)):
            end = "/".join(steps[at:])
            if end in by_path:
                start = path.removesuffix(end)
                agree[start] = agree.get(start, True) and _is_same(by_path[path], by_path[end])
                starts.setdefault(end, []).append(start)
    possible = {end: [start for start in found if agree[start]] for end, found in starts.items()}
    return {end: found[0] + end for end, found in possible.items() if len(found) == 1}


def _is_same(some: Sequence[FileCoverage], others: Sequence[FileCoverage]) -> bool:
    one, other = some[0].hits, others[0].hits
    alone = len(some) == len(others) == 1
    return bool(alone and one and other and one.lines.keys() == other.lines.keys())


def hidden(what: str, counted: Ratio, listed: Ratio) -> tuple[str, ...]:
    """Return why a report is partial if its counters report more of something uncovered than its files."""
    reason = f"{counted.uncovered} {what} are counted as uncovered, the files show {listed.uncovered}"
    return (reason,) if counted.uncovered > listed.uncovered else ()


def is_absolute(path: str) -> bool:
    """Return whether a path is absolute, on any system."""
    return re.match(r"/|[A-Za-z]:/", path) is not None


def sums(hits: Iterable[tuple[K, int]]) -> dict[K, int]:
    """Return how often each line, branch or function was run in all."""
    total: dict[K, int] = {}
    for key, count in hits:
        total[key] = total.get(key, 0) + count
    return total


def normalised(path: str) -> str:
    """Return a path in its one spelling: with forward slashes, without `.` and `..`, and a capital drive."""
    path = path.strip().removeprefix("file://").replace("\\", "/")
    if re.match(r"/?[A-Za-z]:/", path):
        path = path.lstrip("/")
        path = path[0].upper() + path[1:]
    return posixpath.normpath(path) if path else path
