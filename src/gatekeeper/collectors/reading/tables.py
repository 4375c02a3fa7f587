"""Tables as text: CSV with a header (RFC 4180), separated by commas, semicolons or tabs."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import Object

_SEPARATORS = ",;\t"
_FEWEST_COLUMNS = 2
_LONGEST_HEADER = 65_536


def first(name: str, file: BinaryIO) -> Object | None:
    """Return the first row by column, or one of empty texts; None if the file has no header of a table."""
    try:
        columns = _columns(file.readline(_LONGEST_HEADER))
        if columns is None:
            return None
        file.seek(0)
        row = next(rows(name, file), None)
    except SyntaxProblem:
        return None
    return dict.fromkeys(columns, "") if row is None else row.object


def rows(name: str, file: BinaryIO) -> Iterator[Structured]:
    """Yield each row: an object of texts by column, with its line.

    Raises:
        SyntaxProblem: The file is not such a table, or a row has other columns than the header.
    """
    header = file.readline(_LONGEST_HEADER)
    columns = _columns(header)
    if columns is None:
        raise SyntaxProblem("the first line is not the header of a table", 1)
    file.seek(0)
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=_separator(header.decode(errors="replace")), strict=True)
    try:
        next(reader)
        for row in reader:
            if not row:
                continue
            if row == columns:
                hint = "keep each table in a file of its own"
                raise SyntaxProblem(
                    "the header is repeated: these are several tables", reader.line_num, hint=hint
                )
            if len(row) != len(columns):
                raise SyntaxProblem(
                    f"a row has {len(row)} columns, the header {len(columns)}", reader.line_num
                )
            value: Object = dict(zip(columns, row, strict=True))
            yield Structured(name, "csv", value, b"", only_line=reader.line_num)
    except csv.Error as error:
        raise SyntaxProblem(f"not CSV: {error}", reader.line_num) from None
    except UnicodeDecodeError as error:
        raise SyntaxProblem(f"not UTF-8: {error.reason}", reader.line_num + 1) from None
    finally:
        text.detach()


def _columns(line: bytes) -> list[str] | None:
    """Return the names of the columns that a first line has; None without one."""
    try:
        header = line.decode("utf-8-sig").strip("\r\n")
        columns = next(csv.reader([header], delimiter=_separator(header), strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    is_header = len(columns) >= _FEWEST_COLUMNS and all(columns) and len(set(columns)) == len(columns)
    return columns if is_header else None


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)
