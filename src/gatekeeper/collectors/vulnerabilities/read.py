"""Read evidence of the kind `vulnerabilities`."""

from collections.abc import Iterable, Sequence

from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.vulnerabilities import _vex
from gatekeeper.collectors.vulnerabilities._report import (
    Package,
    Scan,
    Statement,
    Vulnerability,
    VulnerabilityReport,
)
from gatekeeper.collectors.vulnerabilities.facts import VulnerabilitiesFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Origin, oldest
from gatekeeper.syntax import json

__all__ = ["FORMATS", "Package", "Scan", "Statement", "Vulnerability", "VulnerabilityReport", "collect"]


def _must_hold(content: Content) -> None:
    # The parser reports where a file stops being JSON.
    if json.load(content.data) in (None, [], {}):
        raise Absent("the document is empty: nothing was scanned")


FORMATS = Formats[VulnerabilityReport]("vulnerabilities", _must_hold)


def collect(artefact: Artefact, options: Options) -> Collected[VulnerabilitiesFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact, close findings by VEX, and sum the scans."""
    reports = FORMATS.read_each(artefact)
    scans = [scan for report in reports for scan in report.scans]
    if not scans:
        raise Absent(f"{artefact.path} is a VEX document: a statement, not a scan")
    statements = [statement for report in reports for statement in report.statements]
    # A statement measures nothing: it does not change the age of the scans.
    age = oldest(scan.produced_at for scan in scans)
    origins = tuple(Origin(report.format, produced_at=age) for report in reports)
    return Collected(_facts(scans, _judged(scans, statements)), origins)


def _judged(scans: Sequence[Scan], statements: Sequence[Statement]) -> list[Vulnerability]:
    """Return the vulnerabilities of all scans, closed by the statements."""
    if not statements:
        return [vulnerability for scan in scans for vulnerability in scan.vulnerabilities]
    book = _vex.Book(statements)
    return [vulnerability for scan in scans for vulnerability in _vex.close(scan.vulnerabilities, book)]


def _facts(scans: Sequence[Scan], vulnerabilities: Iterable[Vulnerability]) -> VulnerabilitiesFacts:
    ordered = sorted(vulnerabilities, key=lambda vulnerability: vulnerability.severity)
    open_ = [vulnerability for vulnerability in ordered if vulnerability.closed is None]
    number = dict.fromkeys(Severity, 0)
    for vulnerability in open_:
        number[vulnerability.severity] += 1
    separate = [scan.uncounted for scan in scans if scan.uncounted is not None]
    return VulnerabilitiesFacts(
        critical=number[Severity.CRITICAL],
        high=number[Severity.HIGH] + number[Severity.UNKNOWN],
        medium=number[Severity.MEDIUM],
        low=number[Severity.LOW],
        findings=tuple(vulnerability.finding for vulnerability in open_),
        scanner=", ".join(sorted({scan.scanner for scan in scans})),
        closed=tuple(
            found.finding._replace(message=f"{found.finding.message} ({found.closed})")
            for found in ordered
            if found.closed is not None
        ),
        uncounted=tuple(finding for findings in separate for finding in findings) if separate else None,
    )
