"""Go's cover profile, of `go test -coverprofile`, with blocks of statements.

https://pkg.go.dev/golang.org/x/tools/cover describes it. Go counts statements, and so does this: a fact about
lines is about statements. A block that is listed several times, as with `-coverpkg`, is one block. The path
of a file begins with its module.
"""

import re
from typing import NamedTuple

from gatekeeper.collectors.coverage._file_coverage import Block, FileCoverage, Hits, normalised
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax import decode

ABOUT = About(
    tool="Go's cover profile",
    seen="go 1.19.8, with the modes set, count and atomic",
    source="https://pkg.go.dev/golang.org/x/tools/cover",
    command="`go test -coverprofile=cover.out ./...`",
    recognised="the first line `mode: set`, `mode: count` or `mode: atomic`",
    models="the statements of each file, as lines",
    not_modelled="functions, which the profile does not name",
)
_MARK = re.compile(rb"(\xef\xbb\xbf)?mode: (set|count|atomic)\r?(\n|$)")
_BLOCK = re.compile(
    r"(.+):([0-9]{1,9})\.([0-9]{1,9}),([0-9]{1,9})\.([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,18})\r?"
)


class _File(NamedTuple):
    """The blocks of a file under construction."""

    hits: dict[Block, int]
    statements: dict[Block, int]


def recognises(content: Content) -> bool:
    """Return whether the first line is the mode of a profile."""
    return _MARK.match(content.head) is not None


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    found: dict[str, _File] = {}
    for number, line in enumerate(decode(content.data).split("\n")[1:], start=2):
        if not line.strip():
            continue
        block = _BLOCK.fullmatch(line)
        if block is None:
            raise Unreadable(f"line {number}: {line[:60]!r} is not a block of a cover profile")
        path, *figures = block.groups()
        *place, statements, hits = map(int, figures)
        file = found.setdefault(path, _File({}, {}))
        where = tuple(place)
        if file.statements.setdefault(where, statements) != statements:
            raise Unreadable(f"line {number}: the block had another number of statements above")
        file.hits[where] = file.hits.get(where, 0) + hits
    files = [
        FileCoverage.of_hits(normalised(path), Hits(file.hits, statements=file.statements))
        for path, file in found.items()
    ]
    return CoverageReport(Origin("go", items=len(files)), files)
