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

_GATE = re.compile(rf"({ID}) (\S.*)")
_LEVEL = re.compile(rf"({ID}?)(?:(?<=[a-z0-9_-])(?=[A-Z])|(?=[A-Z][a-z]))")
"""The shortest id that runs into the capital letter of a meaning."""
_GOES_ON = re.compile(r"[a-z0-9_-]")
"""A character that continues the id before it."""
_EMPTY = re.compile(rf"({ID})[\u2013\u2014]")
_ADDED = re.compile(rf"({ID})\+ .*")
_CELL_ENDS = re.compile(r"(?<!\S)(?:[a-z(§0-9][^\sA-Z]*(?=[A-Z])|[a-z]\w*[.)]*(?=/\S*\*))")
"""The end of a cell: a lower-case word that runs into a capital letter or into a path."""
_NAME_ENDS = re.compile(r"(?<=[A-Za-z])(?=[A-Z][a-z])")


class Splitter(Protocol):
    """Splits a row into its cells."""

    def __call__(self, line: str, *, is_next: bool) -> Cells | None: ...


class JoinedCells:
    """Splits the rows of a page; the methods return None for a line that is not a row.

    A line that is not directly below another row, as `is_next` says, must begin with known ids.
    """

    def __init__(self, known: PageIds, names: Mapping[str, str]) -> None:
        self._names, self._levels, self._gates = names, known.levels, GateIds(known.gates)
        level, milestone = _pattern(known.levels, r"\d"), _pattern(known.milestones, r"\d{1,3}")
        self._cell = re.compile(rf"({milestone})\s*({level})(.*)")
        self._milestone = re.compile(rf"((?:{milestone})(?!\d)|{milestone})(.*)")
        self._listed = _listed(level)

    def level(self, line: str, *, is_next: bool) -> Cells | None:
        """Return the cells of a row of levels."""
        level = _longest(line, self._levels) or (is_next and _longest(line, self._levels, may_go_on=True))
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
        if found := self._cell.fullmatch(line):
            return found[1], found[2], found[3].strip()
        found = self._milestone.fullmatch(line)
        rest = found[2].strip() if found else ""
        return (found[1], rest, "") if found and (is_next or rest in DASHES) else None

    def targets(self, line: str, *, is_next: bool) -> Cells | None:
        """Return the cells of a row of an exit summary."""
        found = self._milestone.fullmatch(line)
        rest = found[2].strip() if found else ""
        is_list = rest in DASHES or rest.startswith("+ ") or self._listed.search(rest)
        return (found[1], rest) if found and (is_next or is_list) else None


def joined_cells(
    rows: Collection[tuple[Columns, str]], names: Mapping[str, str], usual: PageIds
) -> JoinedCells:
    """Return what splits the rows of a page.

    Args:
        rows: Lines directly below the titles of tables, with these titles.
        names: The names of the gates and levels whose criteria are listed, by id.
        usual: The ids that the page need not define.
    """
    lists = [line for columns, line in rows if columns not in (LEVELS, GATES, MATRIX)]
    listed = _listed(ID)
    words = {*usual.levels, *names, *(found[1] for line in lists for found in listed.finditer(line))}
    levels = [_level_of(line, words) for columns, line in rows if columns == LEVELS]
    gates = [found[1] for columns, line in rows if columns == GATES and (found := _GATE.fullmatch(line))]
    known = known_ids(list(filter(None, levels)), gates, usual)
    cells = [line for columns, line in rows if columns == MATRIX]
    milestones = dict.fromkeys([*usual.milestones, *_milestones(cells, lists, known)])
    return JoinedCells(known._replace(milestones=tuple(milestones)), names)


def _level_of(line: str, words: Collection[str]) -> str:
    """Return the level that a row defines: a known word, or one that runs into a capital letter."""
    found = _LEVEL.match(line)
    return _longest(line, words) or (found[1] if found else _longest(line, words, may_go_on=True))


def _longest(line: str, words: Iterable[str], *, may_go_on: bool = False) -> str:
    """Return the longest word that a line begins with."""
    starts = (word for word in words if line.startswith(word))
    return max(
        (word for word in starts if may_go_on or not _GOES_ON.match(line, len(word))), key=len, default=""
    )


def _milestones(cells: Iterable[str], lists: Iterable[str], known: PageIds) -> Iterator[str]:
    level, gates = re.compile(_pattern(known.levels, r"\d")), GateIds(known.gates)
    for line in cells:
        start = re.match(ID, line)
        for end in range(1, start.end() + 1 if start else 0):
            found = level.match(line, end)
            rest = line[found.end() :].strip() if found else None
            if rest is not None and (rest in DASHES or rest.startswith("+ ") or lists_gates(rest, gates)):
                yield line[:end]
                break
    yield from (found[1] for line in (*cells, *lists) if (found := _EMPTY.fullmatch(line)))
    yield from (found[1] for line in lists if (found := _ADDED.fullmatch(line)))


def _pattern(known: Collection[str], numbers: str) -> str:
    """Return the pattern of ids, of which the longest is tried first, and of further ones of their series."""
    prefix = series(known)
    more = [re.escape(prefix) + numbers] if prefix else []
    return "|".join([*map(re.escape, sorted(known, key=len, reverse=True)), *more]) or "(?!)"


def _listed(level: str) -> re.Pattern[str]:
    """Return the pattern of the level of a service in a list."""
    return re.compile(rf"\s({level})(?:\s*\([^()]*\))?(?:,|$)")


def _two_cells(text: str) -> tuple[str, str]:
    """Split two cells that run together, at the last detectable end."""
    ends = [found.end() for found in _CELL_ENDS.finditer(text)]
    return (text[: ends[-1]], text[ends[-1] :]) if ends else (text, "")
