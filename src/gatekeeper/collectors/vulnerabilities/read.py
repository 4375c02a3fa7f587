"""Read evidence of the kind `vulnerabilities`."""

from collections.abc import Iterable, Iterator, Sequence

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
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    Collected,
    Finding,
    NotUnderstood,
    Options,
    Origin,
    oldest,
    shared,
)

__all__ = ["FORMATS", "Package", "Scan", "Statement", "Vulnerability", "VulnerabilityReport", "collect"]


_COUNTED = ("critical", "high", "medium", "low", "findings")


def _must_hold(content: Content) -> None:
    if content.data.strip() == b"null" or (content.is_json and content.json in ([], {})):
        raise Absent("the document is empty: nothing was scanned")


FORMATS = Formats[VulnerabilityReport]("vulnerabilities", _must_hold)


def collect(artefact: Artefact, options: Options) -> Collected[VulnerabilitiesFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact, close findings by VEX, and sum the scans."""
    reports = FORMATS.read_each(artefact)
    scans = [scan for report in reports for scan in report.scans]
    if not scans:
        raise Absent(f"{artefact.path} is a VEX document: a statement, not a scan")
    statements = [statement for report in reports for statement in report.statements]
    book = _vex.Book(statements)
    facts = _facts(scans, [found for scan in scans for found in _vex.close(scan, book)])
    if statements:
        facts = facts._replace(statements_elsewhere=tuple(book.elsewhere()))
    return Collected(facts, tuple(_origins(reports, facts)))


def _origins(reports: Sequence[VulnerabilityReport], facts: VulnerabilitiesFacts) -> Iterator[Origin]:
    of_scans = [report.origin for report in reports if report.scans]
    age, commit = oldest(origin.produced_at for origin in of_scans), shared(of.commit for of in of_scans)
    looked = any(scan.of_dependencies for report in reports for scan in report.scans)
    for report in reports:
        if not report.scans:
            # A statement measures nothing: it does not change the age of the scans.
            yield report.origin._replace(produced_at=age, commit=commit)
        else:
            yield report.origin if looked else _unlooked(report, facts)


def _unlooked(report: VulnerabilityReport, facts: VulnerabilitiesFacts) -> Origin:
    """Return the origin of a scan of something else: that it counts none proves nothing of dependencies."""
    tools = ", ".join(dict.fromkeys(scan.scanner for scan in report.scans))
    message = f"nothing shows that {tools} looked at dependencies; add the report of a dependency scanner"
    origin = report.origin
    none = frozenset(name for name in _COUNTED if not getattr(facts, name))
    place = NotUnderstood(Finding(message, origin.file), none)
    return origin._replace(
        not_understood=(*origin.not_understood, place),
        partial=(*origin.partial, message) if facts.findings else origin.partial,
    )


def _facts(scans: Sequence[Scan], vulnerabilities: Iterable[Vulnerability]) -> VulnerabilitiesFacts:
    ordered = sorted(vulnerabilities, key=lambda vulnerability: vulnerability.severity)
    open_ = [vulnerability for vulnerability in ordered if vulnerability.closed is None]
    number = dict.fromkeys(Severity, 0)
    for vulnerability in open_:
        number[vulnerability.severity] += 1
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
    )
