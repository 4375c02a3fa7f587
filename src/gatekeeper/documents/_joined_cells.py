"""Split rows whose cells run together, `M0L2G1, G2 (auth endpoints)`, by the ids that their page uses."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from gatekeeper.documents._blocks import GATES, LEVELS, MATRIX
from gatekeeper.documents._known_ids import known_ids
from gatekeeper.documents.notation.cells import lists_gates
from gatekeeper.documents.notation.ids import GateIds, series
from gatekeeper.documents.notation.quoting import DASHES
from gatekeeper.model.document import PageIds
from gatekeeper.model.manifest import ID

Cells = tuple[str, ...]
Columns = tuple[str, ...]

_ID = re.compile(ID)
_GATE = re.compile(rf"({ID}) (\S.*)")
_LEVEL = re.compile(rf"({ID}?)(?:(?<=[a-z0-9_-])(?=[A-Z])|(?=[A-Z][a-z]))")
"""The shortest id that runs into the capital letter of a meaning."""
_GOES_ON = re.compile(r"[a-z0-9_-]")
"""A character that continues the id before it."""
_LISTED = re.compile(rf"\s({ID})(?:\s*\([^()]*\))?(?:,|$)")
"""The level of a service in a list."""
_EMPTY = re.compile(rf"({ID})[\u2013\u2014]")
_ADDED = re.compile(rf"({ID})\+ .*")
_CELL_ENDS = re.compile(r"(?<!\S)(?:[a-z(§0-9][^\sA-Z]*(?=[A-Z])|[a-z]\w*[.)]*(?=/\S*\*))")
"""The end of a cell: a lower-case word that runs into a capital letter or into a path."""
_NAME_ENDS = re.compile(r"(?<=[A-Za-z])(?=[A-Z][a-z])")


class _Ids:
    """Ids that a line may begin with, and further ones of their series."""

    def __init__(self, known: Collection[str], digits: int) -> None:
        self._known, prefix = frozenset(known), series(known)
        self._more = re.compile(rf"{re.escape(prefix)}\d{{1,{digits}}}" if prefix else "(?!)")

    def at_start(self, line: str) -> Iterator[str]:
        """Yield the ids that a line begins with: known ones first, then the longest."""
        found = _ID.match(line)
        starts = [line[:end] for end in range(found.end() if found else 0, 0, -1)]
        yield from (start for start in starts if start in self._known)
        yield from (start for start in starts if start not in self._known and self._more.fullmatch(start))


class Splitter(Protocol):
    """Splits a row into its cells."""

    def __call__(self, line: str, *, is_next: bool) -> Cells | None: ...


class JoinedCells:
    """Splits the rows of a page; the methods return None for a line that is not a row.

    A line that is not directly below another row, as `is_next` says, must begin with known ids.
    """

    def __init__(self, known: PageIds, names: Mapping[str, str]) -> None:
        self._names, self._gates, self._all_levels = names, GateIds(known.gates), frozenset(known.levels)
        self._levels, self._milestones = _Ids(known.levels, digits=1), _Ids(known.milestones, digits=3)

    def level(self, line: str, *, is_next: bool) -> Cells | None:
        """Return the cells of a row of levels."""
        starts = list(self._levels.at_start(line))
        whole = (level for level in starts if not _GOES_ON.match(line, len(level)))
        level = next(whole, starts[0] if starts and is_next else None)
        return (level, *_two_cells(line[len(level) :].strip())) if level else None

    def gate(self, line: str, *, is_next: bool) -> Cells | None:
        """Return the cells of a row of gates."""
        found = _GATE.fullmatch(line)
        if found is None or not (is_next or found[1] in self._gates):
            return None
        name, text = self._names.get(found[1], ""), found[2]
        if not (name and text.startswith(name)):
            end = _NAME_ENDS.search(text)
            name = text[: end.start()] if end else text
        return (f"{found[1]} {name}", *_two_cells(text.removeprefix(name).strip()))

    def cell(self, line: str, *, is_next: bool) -> Cells | None:
        """Return the cells of a row of the matrix."""
        rows = [(milestone, line[len(milestone) :].strip()) for milestone in self._milestones.at_start(line)]
        for milestone, rest in rows:
            for level in self._levels.at_start(rest):
                return milestone, level, rest[len(level) :].strip()
        for milestone, rest in rows:
            if rest in DASHES:
                return milestone, "", ""
        return (*rows[0], "") if rows and is_next else None

    def targets(self, line: str, *, is_next: bool) -> Cells | None:
        """Return the cells of a row of an exit summary."""
        found = self._milestones.at_start(line)
        milestone = min(found, key=lambda id_: line[len(id_) : len(id_) + 1].isdigit(), default=None)
        if milestone is None:
            return None
        rest = line[len(milestone) :].strip()
        has_level = any(found[1] in self._all_levels for found in _LISTED.finditer(rest))
        is_list = has_level or rest in DASHES or rest.startswith("+ ")
        return (milestone, rest) if is_next or is_list else None


def joined_cells(
    lines: Collection[str], rows: Collection[tuple[Columns, str]], names: Mapping[str, str], usual: PageIds
) -> JoinedCells:
    """Return what splits the rows of a page.

    Args:
        lines: All lines of the page.
        rows: Lines directly below the titles of tables, with these titles.
        names: The names of the gates and levels whose criteria are listed, by id.
        usual: The ids that the page need not define.
    """
    lists = [line for columns, line in rows if columns not in (LEVELS, GATES, MATRIX)]
    words = _Ids(
        {*usual.levels, *names, *(found[1] for line in lists for found in _LISTED.finditer(line))}, digits=1
    )
    levels = [level for columns, line in rows if columns == LEVELS and (level := _level_of(line, words))]
    gates = [found[1] for columns, line in rows if columns == GATES and (found := _GATE.fullmatch(line))]
    known = known_ids(levels, gates, usual)
    cells = [line for columns, line in rows if columns == MATRIX]
    milestones = {
        *usual.milestones,
        *_milestones(cells, known, may_be_bare=True),
        *_milestones(lines, known, may_be_bare=False),
        *(found[1] for line in (*cells, *lists) if (found := _EMPTY.fullmatch(line))),
        *(found[1] for line in lists if (found := _ADDED.fullmatch(line))),
    }
    return JoinedCells(known._replace(milestones=tuple(sorted(milestones))), names)


def _level_of(line: str, words: _Ids) -> str | None:
    """Return the level that a row defines: a known word, or one that runs into a capital letter."""
    starts = list(words.at_start(line))
    whole = [word for word in starts if not _GOES_ON.match(line, len(word))]
    found = _LEVEL.match(line)
    return next(iter([*whole, *([found[1]] if found else []), *starts]), None)


def _milestones(lines: Iterable[str], known: PageIds, *, may_be_bare: bool) -> Iterator[str]:
    """Yield the milestones of rows in which a known level and the notation of a cell follow."""
    levels, gates = _Ids(known.levels, digits=1), GateIds(known.gates)
    for line in lines:
        found = _ID.match(line)
        for end in range(1, found.end() + 1 if found else 0):
            after = line[end:].lstrip() if may_be_bare else line[end:]
            level = next(levels.at_start(after), None)
            rest = after[len(level) :].strip() if level else ""
            is_bare = level and may_be_bare and rest in DASHES
            is_list = not rest.startswith(",") and lists_gates(rest, gates)
            if is_bare or is_list or rest.startswith("+ "):
                yield line[:end]
                break


def _two_cells(text: str) -> tuple[str, str]:
    """Split two cells that run together, at the last detectable end."""
    ends = [found.end() for found in _CELL_ENDS.finditer(text)]
    return (text[: ends[-1]], text[ends[-1] :]) if ends else (text, "")
