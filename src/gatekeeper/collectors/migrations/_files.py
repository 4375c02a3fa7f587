"""The files of a folder of migrations that run, their order, and the lines of them that run.

The conventions are those of Flyway, golang-migrate, sqlx, goose, dbmate, sql-migrate, node-pg-migrate, Play
evolutions, Diesel, Prisma, Postgrator, sqitch, db-migrate and tern. Files and sections that undo a migration
do not run.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from gatekeeper.model.evidence import ArtefactFile

_UNDOING = frozenset({"down", "undo", "rollback", "rollbacks", "revert"})
_FLYWAY = re.compile(r"([VBU])(\d+(?:[._]\d+)*)__(.*)|R__(.*)", re.DOTALL)
_PARTS = re.compile(r"(\d+)")
_DOWN_MARKS = ("+goose down", "+migrate down", "migrate:down", "//@undo", "create above / drop below")
_UP_MARKS = ("+goose up", "+migrate up", "migrate:up")
_DOWN_LINES = frozenset({"down migration", "!downs"})
_UP_LINES = frozenset({"up migration", "!ups"})
_END_OF_COPY = "\\."


def that_run(files: Iterable[ArtefactFile]) -> list[ArtefactFile]:
    """Return the files that run, in their order.

    Numbers in names are compared as numbers, so 2 comes before 10 and `V1.2__` before `V1.10__`. Repeatable
    migrations of Flyway (`R__`) come last in their folder.
    """
    files = list(files)
    names = {file.name.casefold() for file in files}
    return sorted((file for file in files if not _undoes(file.name, names)), key=_order)


def _undoes(name: str, names: set[str]) -> bool:
    *folders, file = name.casefold().split("/")
    flyway = _FLYWAY.fullmatch(name.rpartition("/")[2])
    stem, _, extension = file.rpartition(".")
    words = set(stem.split(".")) if extension else {file}
    return bool(
        _UNDOING & words
        or _UNDOING & set(folders)
        or (flyway and flyway[1] == "U")
        # Other names may end like this too; it undoes if its counterpart exists.
        or any(stem.endswith(f"{sign}down") and _up(name.casefold(), sign) in names for sign in "-_")
    )


def _up(name: str, sign: str) -> str:
    before, _, after = name.rpartition(f"{sign}down")
    return f"{before}{sign}up{after}"


class _Part(NamedTuple):
    """A part of a name; numbers come before text, as in ASCII."""

    kind: int
    number: int
    text: str


_END_OF_VERSION = _Part(0, -1, "")
_AFTER_ALL_VERSIONS = _Part(2, 0, "")


def _order(file: ArtefactFile) -> list[list[_Part]]:
    *folders, name = file.name.split("/")
    return [*map(_natural, folders), _file_key(name)]


def _file_key(name: str) -> list[_Part]:
    flyway = _FLYWAY.fullmatch(name)
    if flyway is None:
        return _natural(name)
    if flyway[1] is None:
        return [_AFTER_ALL_VERSIONS, *_natural(flyway[4])]
    # 1 comes before 1.1, whatever follows the version.
    numbers = [_number(digits) for digits in re.split(r"[._]", flyway[2])]
    return [_Part(1, 0, "v"), *numbers, _END_OF_VERSION, *_natural(flyway[3])]


def _natural(name: str) -> list[_Part]:
    parts = (part for part in _PARTS.split(name) if part)
    return [_number(part) if part.isdecimal() else _Part(1, 0, part.casefold()) for part in parts]


def _number(digits: str) -> _Part:
    # Compared by length first, digits are in the order of their numbers, of any size.
    significant = digits.lstrip("0")
    return _Part(0, len(significant), significant)


def part_that_runs(text: str) -> str:
    """Blank the lines that undo the migration, and the data that psql reads after `COPY ... FROM stdin`.

    Blank lines are kept, so that the line numbers do not change. A section begins with a line that is a
    comment in SQL, as it does for the tools.
    """
    kept: list[str] = []
    undoing = in_data = False
    for line in text.split("\n"):
        if in_data:
            in_data = line.rstrip() != _END_OF_COPY
            kept.append("")
            continue
        mark = _mark(line)
        if mark.startswith(_DOWN_MARKS) or mark in _DOWN_LINES:
            undoing = True
        elif mark.startswith(_UP_MARKS) or mark in _UP_LINES:
            undoing = False
        in_data = not undoing and _begins_data(line)
        kept.append("" if undoing else line)
    return "\n".join(kept)


def _mark(line: str) -> str:
    """Return the text of a comment in lower case; empty for any other line."""
    line = line.strip()
    return " ".join(line.strip("-# \t").casefold().split()) if line.startswith(("--", "#")) else ""


def _begins_data(line: str) -> bool:
    words = line.casefold().split()
    return words[:1] == ["copy"] and "stdin" in line.casefold() and words[-1].endswith(";")
