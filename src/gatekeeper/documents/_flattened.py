"""Read the blocks of a readiness page copied as text from a web page, where table cells run together.

`M0L2G1, G2 (auth endpoints)` is a row of the matrix below the line `MilestoneLevelGates`; the line above that
names the service.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from gatekeeper.documents._blocks import (
    DERIVED,
    GATES,
    LEVELS,
    MATRIX,
    PUBLISHED,
    Block,
    Broken,
    DocumentTable,
    Heading,
    Item,
    Row,
)

_Names = Mapping[str, str]
_Cells = tuple[str, ...]

_SECTION = re.compile(r"\d+\.\s+(.+)")
_CRITERIA = re.compile(r"([GL]\d{1,2}) (.+?) [\u2014\u2013-] \w+ criteria")
_ITEM = re.compile(r"[•·*-] (.+)")
_CELL_ENDS = re.compile(r"(?<!\S)(?:[a-z(§0-9][^\sA-Z]*(?=[A-Z])|[a-z]\w*[.)]*(?=/\S*\*))")
"""The end of a cell: a lower-case word that runs into a capital letter or into a path."""
_PROSE = (".", ":")
"""Sentences end like this; headings do not."""
_NAME_ENDS = re.compile(r"(?<=[A-Za-z])(?=[A-Z][a-z])")
_LIKE_A_ROW = re.compile(r"M\d{1,3}(L\d|\u2014)")
_TITLES = {"".join(columns): columns for columns in (LEVELS, GATES, MATRIX, PUBLISHED, DERIVED)}


def is_flattened(lines: Sequence[str]) -> bool:
    """Return whether the table cells of a page run together."""
    return any(line.strip() == "".join(MATRIX) for line in lines)


def flattened_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the blocks of a page's text."""
    lines = [" ".join(line.split()) for line in lines]
    names = {found[1]: found[2] for line in lines if (found := _CRITERIA.fullmatch(line))}
    above: Heading | None = None
    below_table = False
    for number, line in enumerate(lines, 1):
        if columns := _TITLES.get(line):
            if above:
                yield above
            yield DocumentTable(number, columns, list(_rows(lines, number, columns, names)))
            above, below_table = None, True
        elif found := _ITEM.fullmatch(line):
            if above:
                yield above
            above = None
            yield Item(number, found[1])
        elif _LIKE_A_ROW.match(line) and not below_table:
            yield Broken(number, f"this row is not below a known line of titles: {_known_titles()}")
        elif line and not line.endswith(_PROSE) and not (below_table and _is_row(line)):
            section = _SECTION.fullmatch(line)
            above, below_table = Heading(number, section[1] if section else line), False
    if above:
        yield above


def _known_titles() -> str:
    return ", ".join(_TITLES)


def _is_row(line: str) -> bool:
    return re.match(r"[MLG]\d", line) is not None and _CRITERIA.fullmatch(line) is None


def _rows(lines: Sequence[str], start: int, columns: Sequence[str], names: _Names) -> Iterator[Row]:
    """Yield the rows below a line of titles, up to the first other line."""
    cells = _READERS[tuple(columns)]
    for number in range(start, len(lines)):
        line = lines[number]
        if line and not _is_row(line):
            return
        if line:
            yield Row(number + 1, cells(line, names))


def _level(line: str, names: _Names) -> _Cells:  # noqa: ARG001 - all readers take both
    level, meaning = line[:2], line[2:].strip()
    return (level, *_two_cells(meaning))


def _gate(line: str, names: _Names) -> _Cells:
    gate, _, text = line.partition(" ")
    name = names.get(gate, "")
    if not (name and text.startswith(name)):
        end = _NAME_ENDS.search(text)
        name = text[: end.start()] if end else text
    return (f"{gate} {name}", *_two_cells(text.removeprefix(name).strip()))


def _two_cells(text: str) -> tuple[str, str]:
    """Split two cells that run together, at the last detectable end."""
    ends = [found.end() for found in _CELL_ENDS.finditer(text)]
    return (text[: ends[-1]], text[ends[-1] :]) if ends else (text, "")


def _matrix(line: str, names: _Names) -> _Cells:  # noqa: ARG001
    milestone, rest = _split_off(r"M\d{1,3}", line)
    level, gates = _split_off(r"L\d", rest)
    return milestone, level, gates


def _targets(line: str, names: _Names) -> _Cells:  # noqa: ARG001
    return _split_off(r"M\d{1,3}", line)


def _split_off(pattern: str, text: str) -> tuple[str, str]:
    found = re.match(pattern, text)
    return (found[0], text[found.end() :].strip()) if found else ("", text)


_READERS: dict[tuple[str, ...], Callable[[str, _Names], _Cells]] = {
    LEVELS: _level,
    GATES: _gate,
    MATRIX: _matrix,
    PUBLISHED: _targets,
    DERIVED: _targets,
}
