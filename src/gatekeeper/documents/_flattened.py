"""Read the blocks of a readiness page copied as text from a web page, where table cells run together.

`M0L2G1, G2 (auth endpoints)` is a row of the matrix below the line `MilestoneLevelGates`; the line above that
names the service.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

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
from gatekeeper.documents._joined_cells import Columns, JoinedCells, Splitter, joined_cells
from gatekeeper.model.document import PageIds
from gatekeeper.model.manifest import ID

_SECTION = re.compile(r"\d+\.\s+(.+)")
_CRITERIA = re.compile(rf"({ID}) (.+?) [\u2014\u2013-] \w+ criteria")
_ITEM = re.compile(r"[•·*-] (.+)")
_PROSE = (".", ":")
"""Sentences end like this; headings do not."""
_TITLES = {"".join(columns): columns for columns in (LEVELS, GATES, MATRIX, PUBLISHED, DERIVED)}


def is_flattened(lines: Sequence[str]) -> bool:
    """Return whether the table cells of a page run together."""
    return any(line.strip() == "".join(MATRIX) for line in lines)


def flattened_blocks(lines: Sequence[str], usual: PageIds) -> Iterator[Block]:
    """Yield the blocks of a page's text; `usual` are the ids that it need not define."""
    lines = [" ".join(line.split()) for line in lines]
    names = {found[1]: found[2] for line in lines if (found := _CRITERIA.fullmatch(line))}
    joined = joined_cells(lines, list(_directly_below(lines)), names, usual)
    is_spaced = not any(line for line, titles in pairwise(lines) if titles in _TITLES)
    above: Heading | None = None
    in_rows = 0
    """The line up to which rows are read already."""
    for number, line in enumerate(lines, 1):
        if columns := _TITLES.get(line):
            if above:
                yield above
            rows = list(_rows(lines, number, columns, joined, is_spaced=is_spaced))
            yield DocumentTable(number, columns, [row for row in rows if isinstance(row, Row)])
            yield from (row for row in rows if isinstance(row, Broken))
            above, in_rows = None, rows[-1].line if rows else number
        elif item := _ITEM.fullmatch(line):
            if above:
                yield above
            above = None
            yield Item(number, item[1])
        elif number > in_rows and any((joined.cell(line, is_next=False) or ("",))[1:]):
            yield Broken(number, f"this row is not below a known line of titles: {', '.join(_TITLES)}")
        elif number > in_rows and line and not line.endswith(_PROSE):
            section = _SECTION.fullmatch(line)
            above = Heading(number, section[1] if section else line)
    if above:
        yield above


def _directly_below(lines: Sequence[str]) -> Iterator[tuple[Columns, str]]:
    """Yield the lines between the titles of a table and the next blank line, with the titles.

    A line directly above other titles is left out: it may be a heading.
    """
    columns: Columns | None = None
    has_rows = False
    for line, next_line in pairwise([*lines, ""]):
        if line in _TITLES:
            columns, has_rows = _TITLES[line], False
        elif not line or _ITEM.fullmatch(line):
            columns = None if has_rows else columns
        elif columns and next_line not in _TITLES:
            has_rows = True
            yield columns, line


def _rows(
    lines: Sequence[str], start: int, columns: Columns, joined: JoinedCells, *, is_spaced: bool
) -> Iterator[Row | Broken]:
    """Yield the rows below a line of titles, up to the first other line.

    If headings have a blank line around them, any line directly below a row is one.
    """
    readers: Mapping[Columns, Splitter] = {LEVELS: joined.level, GATES: joined.gate, MATRIX: joined.cell}
    split = readers.get(columns, joined.targets)
    has_rows, is_next = False, True
    for number in range(start + 1, len(lines) + 1):
        line = lines[number - 1]
        if not line:
            is_next = not has_rows
            continue
        if line in _TITLES or any(one.fullmatch(line) for one in (_ITEM, _SECTION, _CRITERIA)):
            return
        cells = split(line, is_next=is_next)
        if cells:
            yield Row(number, cells)
        elif is_spaced and is_next and columns not in (LEVELS, GATES):
            yield Broken(number, "this row cannot be split into cells: its milestone or level is unknown")
        else:
            return
        has_rows = is_next = True
