"""The type into which every format of scan and of VEX document is read."""

from collections.abc import Iterable
from typing import NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.vulnerabilities._scan import Scan
from gatekeeper.collectors.vulnerabilities._statement import Statement
from gatekeeper.model.evidence import Unreadable

_MOST_NAMES = 100


class VulnerabilityReport(NamedTuple):
    """The scans of one file, or its VEX statements."""

    format: str
    scans: tuple[Scan, ...] = ()
    statements: tuple[Statement, ...] = ()


def vex_report(format_: str, content: Content, statements: Iterable[Statement]) -> VulnerabilityReport:
    """Return the statements of a VEX document.

    Raises:
        Unreadable: A statement has too many names.
    """
    found = tuple(statement._replace(file=content.name) for statement in statements)
    for statement in found:
        if len(statement.names) > _MOST_NAMES:
            raise Unreadable(f"a statement with {len(statement.names):,} names; supported are {_MOST_NAMES}")
    return VulnerabilityReport(format_, statements=found)
