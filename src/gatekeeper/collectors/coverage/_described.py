"""What a described format of this kind has: files, one a row; or their functions, or their lines.

Rows of the same path are of one file. A row states its lines in one of these ways, and may also state totals:

- `run` and `missed`: the numbers of the lines that ran, and of those that did not;
- `lines` and `hits`: the numbers of the lines, how often each ran, and `entries`, how many there are;
- `hits` alone: how often the lines 1, 2, 3, ... ran; null is a line that cannot be covered;
- `by_line`: an object from the number of a line to its hits, or to `1/2`, the branches that ran of all;
- `line` and `line_hits`: one line;
- only `lines_total` and `lines_covered`: such files of several reports cannot be added up.
"""

import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, hidden, normalised
from gatekeeper.collectors.coverage.facts import PLACES
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.described import Described, Field, Row
from gatekeeper.collectors.reading.figures import count, mapping
from gatekeeper.model.evidence import Unreadable

K = TypeVar("K")
_COUNTED = ("lines", "branches", "functions")
_TOTALS = {f"{what}_{of}": Field.COUNT for what in _COUNTED for of in ("total", "covered")}
FIELDS = {
    "path": Field.TEXT,
    "is_total": Field.FLAG,
    "run": Field.COUNTS,
    "missed": Field.COUNTS,
    "lines": Field.COUNTS,
    "hits": Field.COUNTS,
    "entries": Field.COUNT,
    "by_line": Field.ANY,
    "line": Field.COUNT,
    "line_hits": Field.COUNT,
    "branches": Field.COUNTS,
    "branch_entries": Field.COUNT,
    "functions": Field.COUNTS,
    "function_entries": Field.COUNT,
    "function": Field.TEXT,
    **_TOTALS,
}
"""`is_total` marks a row about all files. `branches` and `functions` are the hits of each, `..._entries` is
how many there are; `function` names the one that the row is about."""
REQUIRED = frozenset({"path"})
FIGURES = _TOTALS
"""What the file counts itself: if it lists less that is uncovered, it is partial."""
DOUBTS = PLACES["line"]
WORDS: Mapping[str, Collection[str]] = {}
_LINE = re.compile(r"[0-9]{1,9}")
_BRANCHES = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


def part(described: Described) -> CoverageReport:
    """Return the coverage of the files."""
    files: dict[str, _File] = {}
    counted: list[Mapping[str, Any]] = []
    for row in described.rows:
        if row.get("is_total"):
            counted.append(row.values)
            continue
        path = normalised(row.get("path") or "")
        if not path:
            raise Unreadable("a file without a path")
        files.setdefault(path, _File(path)).take(row)
    listed = [coverage for file in files.values() for coverage in file.coverage()]
    origin = described.origin(items=len(files))
    sums = {what: Ratio.sum(getattr(file, what) for file in listed) for what in _COUNTED}
    missing = (
        why
        for totals in (*counted, described.figures)
        for what, shown in sums.items()
        for why in hidden(what, _ratio(totals, what, "the report"), shown)
    )
    return CoverageReport(origin._replace(partial=(*origin.partial, *missing)), listed)


class _File:
    """A source file under construction."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: dict[int, int] = {}
        self.branches: dict[Hashable, int] = {}
        self.functions: dict[Hashable, int] = {}
        self.listings: dict[frozenset[int], int] = {}
        """A number for each set of lines that a row lists: units that include a file compile parts of it."""
        self.of_lines: dict[int, Ratio] = {}
        """Branches that are counted by line."""
        self.totals: list[tuple[Ratio, ...]] = []
        self.is_listed = False
        """Whether a row lists lines."""

    def take(self, row: Row) -> None:
        """Add a row."""
        self.is_listed |= not row.values.keys().isdisjoint(_LISTS)
        if not self.is_listed and row.get("lines_total") is None:
            raise Unreadable(f"{self.path}: neither lines nor their total")
        lines = list(self._lines(row))
        _add(self.lines, lines)
        name = row.get("function")
        # Without names, a place in the list is of the same branch only where the same lines are listed.
        of = self.listings.setdefault(frozenset(line for line, _ in lines), len(self.listings))
        _add(self.branches, (((name, of, at), hits) for at, hits in enumerate(self._hits(row, "branches"))))
        _add(self.functions, (((of, at), hits) for at, hits in enumerate(self._hits(row, "functions"))))
        if name is not None:
            _add(self.functions, [(name, max((hits for _, hits in lines), default=0))])
        self.totals.append(tuple(_ratio(row.values, what, self.path) for what in _COUNTED))

    def coverage(self) -> Iterator[FileCoverage]:
        """Yield the coverage; once for each row if they have only totals."""
        if self.is_listed:
            yield FileCoverage.of_hits(self.path, self._all_hits())
            return
        called = Ratio.of(self.functions.values())
        for lines, branches, functions in self.totals:
            yield FileCoverage(self.path, lines, branches, functions if functions.total else called)

    def _all_hits(self) -> Hits:
        """Return what is listed, and what the totals count beyond that."""
        lines, branches, functions = (Ratio.sum(ratios) for ratios in zip(*self.totals, strict=True))
        hits = Hits(self.lines, self.branches, self.functions, nameless=(self.of_lines, {}))
        if not self.branches and not self.of_lines:
            hits = hits._replace(nameless=({"branches": branches}, {}))
        if not self.functions:
            hits = hits._replace(nameless=(hits.nameless[0], {"functions": functions}))
        counted = zip((lines, branches, functions), hits.measured, strict=True)
        missing = tuple(max(0, total.uncovered - listed.uncovered) for total, listed in counted)
        return hits._replace(unlisted=missing)

    def _lines(self, row: Row) -> Iterator[tuple[int, int]]:
        """Yield each line with its hits."""
        for name, ran in (("run", 1), ("missed", 0)):
            yield from ((line, ran) for line in self._hits(row, name))
        if "lines" in row.values:
            lines, hits = self._hits(row, "lines"), self._hits(row, "hits")
            if len(lines) != len(hits):
                raise Unreadable(f"{self.path}: {len(lines)} lines have {len(hits)} hits")
            yield from zip(lines, hits, strict=True)
        else:
            by_position = enumerate(row.get("hits") or (), start=1)
            yield from ((line, found) for line, found in by_position if found is not None)
        if "line" in row.values:
            if row.get("line_hits") is None:
                raise Unreadable(f"{self.path}: line {row.get('line')} has no hits")
            yield row.get("line"), row.get("line_hits")
        for line, value in mapping(row.get("by_line") or {}, f"{self.path}: the lines").items():
            if value is not None:
                yield self._by_line(line, value)

    def _by_line(self, line: str, value: object) -> tuple[int, int]:
        if not _LINE.fullmatch(line):
            raise Unreadable(f"{self.path}: {line[:40]!r} is not a line")
        number = int(line)
        if isinstance(value, str) and (ratio := _BRANCHES.fullmatch(value)):
            branches = Ratio(int(ratio[1]), int(ratio[2])).checked(f"{self.path}: line {line}")
            self.of_lines[number] = max(branches, self.of_lines.get(number, branches))
            return number, branches.covered
        return number, count(value, f"{self.path}: line {line}")

    def _hits(self, row: Row, name: str) -> list[int]:
        """Return the counts of a field, which may not lack one."""
        found = row.get(name) or []
        listed = [one for one in found if one is not None]
        expected = row.values.get(_ENTRIES.get(name, ""), len(found))
        if len(listed) != expected:
            raise Unreadable(f"{self.path}: of {expected} {name}, {len(listed)} have counts")
        return listed


_LISTS = frozenset({"run", "missed", "hits", "by_line", "line"})
"""The fields that list lines."""
_ENTRIES = {
    "lines": "entries",
    "hits": "entries",
    "branches": "branch_entries",
    "functions": "function_entries",
}
"""The fields that say how many values another one has."""


def _add(hits: dict[K, int], more: Iterable[tuple[K, int]]) -> None:
    for key, count_ in more:
        hits[key] = hits.get(key, 0) + count_


def _ratio(totals: Mapping[str, Any], what: str, of: str) -> Ratio:
    """Return what is counted of lines, branches or functions; nothing if it is not stated."""
    total, covered = totals.get(f"{what}_total"), totals.get(f"{what}_covered")
    if total is None and covered is None:
        return Ratio()
    if total is None or covered is None:
        raise Unreadable(f"{of}: only one of the total and the covered {what} is stated")
    return Ratio(covered, total).checked(f"{of}: {what}")
