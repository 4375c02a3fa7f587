"""Read the blocks of a readiness page copied as text from a web page, where table cells run together.

`M0L2G1, G2 (auth endpoints)` is a row of the matrix below the line `MilestoneLevelGates`; the line above that
names the service.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

from gatekeeper.documents._blocks import (
    DERIVED,
    GATES,
    LEVELS,
    MATRIX,
    PUBLISHED,
    ROLES,
    Block,
    Broken,
    DocumentTable,
    Heading,
    ListItem,
    Paragraph,
    TableRow,
)
from gatekeeper.documents._joined_cells import Columns, JoinedCells, Splitter, joined_cells
from gatekeeper.model.document import PageIds
from gatekeeper.model.manifest import ID

_SECTION = re.compile(r"\d+\.\s+(.+)")
_CRITERIA = re.compile(rf"({ID}) (.+?) [\u2014\u2013-] \w+ criteria")
_ITEM = re.compile(r"[•·*-] (.+)")
_SKIP_LINK = "Skip to main content"
"""The link for keyboards at the top of many sites; it is not part of a page."""
_MARKED = (_ITEM, _SECTION, _CRITERIA)
_PROSE = (".", ":")
"""Sentences end like this; headings do not."""
_TITLES = {"".join(columns): columns for columns in (LEVELS, GATES, MATRIX, PUBLISHED, DERIVED)}
_ROLES = "".join(ROLES)
"""The titles of the table of roles, whose rows cannot be split: they are compared as text."""


def is_flattened(lines: Sequence[str]) -> bool:
    """Return whether the table cells of a page run together."""
    return any(line.strip() == "".join(MATRIX) for line in lines)


def flattened_blocks(lines: Sequence[str], usual: PageIds) -> Iterator[Block]:
    """Yield the blocks of a page's text; `usual` are the ids that it need not define."""
    lines = [" ".join(line.split()) for line in lines]
    is_spaced = not any(line for line, titles in pairwise(lines) if titles in _TITLES)
    if is_spaced:
        lines = _unwrapped(lines, usual)
    names = {found[1]: found[2] for line in lines if (found := _CRITERIA.fullmatch(line))}
    joined = joined_cells(lines, list(_directly_below(lines)), names, usual)
    in_rows = 0
    """The line up to which rows are read already."""
    for number, line in enumerate(lines, 1):
        if columns := _TITLES.get(line):
            rows = list(_rows(lines, number, columns, joined, is_spaced=is_spaced))
            yield DocumentTable(number, columns, [row for row in rows if isinstance(row, TableRow)])
            yield from (row for row in rows if isinstance(row, Broken))
            in_rows = rows[-1].line if rows else number
        elif item := _ITEM.fullmatch(line):
            yield ListItem(number, item[1])
        elif number > in_rows and any((joined.cell(line, is_next=False) or ("",))[1:]):
            yield Broken(number, f"this row is not below a known line of titles: {', '.join(_TITLES)}")
        elif number > in_rows and line.endswith(_PROSE):
            yield Paragraph(number, line)
        elif number > in_rows and line not in ("", _SKIP_LINK):
            section = _SECTION.fullmatch(line)
            yield Heading(number, section[1] if section else line)


def _unwrapped(lines: Sequence[str], usual: PageIds) -> list[str]:
    """Join lines that continue the line above them; an empty line takes the place of each.

    Rows are joined only in tables whose first row begins with usual ids: others may be headings.
    """
    joined = JoinedCells(usual, {})
    readers: Mapping[Columns, Splitter] = {LEVELS: joined.level, GATES: joined.gate, MATRIX: joined.cell}
    unwrapped, start = list(lines), 0
    is_row: Callable[[str], bool] | None = None
    for here, line in enumerate(lines):
        before, after = lines[here - 1] if here else "", "".join(lines[here + 1 : here + 2])
        if columns := _TITLES.get(before, ROLES if before == _ROLES else None):
            split = readers.get(columns, joined.targets)
            is_known = columns != ROLES and split(line, is_next=False)
            is_row = partial(_is_row, split if is_known else None)
        elif not before:
            is_row = None
        if line and before and not _starts(unwrapped[start], line, after, is_row):
            is_word = re.search(r"\w-$", unwrapped[start])
            unwrapped[start] += line if is_word else f" {line}"
            unwrapped[here] = ""
        elif line:
            start = here
    return unwrapped


def _is_row(split: Splitter | None, line: str) -> bool:
    return split is None or split(line, is_next=False) is not None


def _starts(above: str, line: str, after: str, is_row: Callable[[str], bool] | None) -> bool:
    """Return whether a line begins something, and does not continue the text above it."""
    is_marked = any(one.fullmatch(line) for one in _MARKED)
    if " " not in above or is_marked or {above, line, after} & {*_TITLES, _ROLES}:
        return True
    if is_row is not None:
        return is_row(line)
    is_heading = _SECTION.fullmatch(above) or _CRITERIA.fullmatch(above)
    return not _ITEM.fullmatch(above) and (is_heading is not None or above.endswith((".", "!", "?")))


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
) -> Iterator[TableRow | Broken]:
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
        if line in _TITLES or any(one.fullmatch(line) for one in _MARKED):
            return
        cells = split(line, is_next=is_next)
        if cells:
            yield TableRow(number, cells)
        elif is_spaced and is_next and columns not in (LEVELS, GATES):
            yield Broken(number, "this row cannot be split into cells: its milestone or level is unknown")
        else:
            return
        has_rows = is_next = True
