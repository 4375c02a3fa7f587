"""Read evidence of the kind `vulnerabilities`."""

from collections.abc import Iterable, Sequence

from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.vulnerabilities import _vex
from gatekeeper.collectors.vulnerabilities._report import (
    Package,
    Scan,
    VexStatement,
    Vulnerability,
    VulnerabilityReport,
)
from gatekeeper.collectors.vulnerabilities.facts import PLACES, VulnerabilitiesFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Origin, oldest, shared

__all__ = ["FORMATS", "Package", "Scan", "VexStatement", "Vulnerability", "VulnerabilityReport", "collect"]


def _must_hold(content: Content) -> None:
    if content.head.strip() == b"null" or (
        content.is_json and not content.is_lines and content.json in ([], {})
    ):
        raise Absent("the document is empty: nothing was scanned")


FORMATS = Formats[VulnerabilityReport]("vulnerabilities", _must_hold)


def collect(artefact: Artefact, options: Options) -> Collected[VulnerabilitiesFacts]:
    """Read every file of the artefact, close findings by VEX, and sum the scans."""
    reports = FORMATS.read_each(artefact, options)
    scans = [scan for report in reports for scan in report.scans]
    if not scans:
        raise Absent(f"{artefact.path} is a VEX document: a statement, not a scan")
    statements = [statement for report in reports for statement in report.statements]
    book = _vex.Book(statements)
    read = [(one, [found for scan in one.scans for found in _vex.close(scan, book)]) for one in reports]
    facts = _facts(scans, [vulnerability for _, found in read for vulnerability in found])
    if statements:
        facts = facts._replace(statements_unused=tuple(book.unused()))
    of_scans = [report.origin for report in reports if report.scans]
    age, commit = oldest(origin.produced_at for origin in of_scans), shared(of.commit for of in of_scans)
    origins = (
        _doubted(report, facts, found)
        if report.scans
        # A statement measures nothing: it does not change the age of the scans.
        else report.origin._replace(produced_at=age, commit=commit)
        for report, found in read
    )
    return Collected(facts, tuple(origins))


def _doubted(
    report: VulnerabilityReport, facts: VulnerabilitiesFacts, found: Iterable[Vulnerability]
) -> Origin:
    """Return the origin of scans with what is not understood of them."""
    ledger, file = Ledger(PLACES), report.origin.file
    for scan in report.scans:
        if not facts.scans:
            message = f"nothing shows at what {scan.scanner} looked; add the report of a dependency scanner"
            ledger.note("tool", message, file=file)
        if scan.left_out:
            words = ", ".join(str(severity) for severity in sorted(scan.left_out))
            touches = {severity.name.lower() for severity in scan.left_out} | {"findings"}
            ledger.note("filter", f"a filter left out: {words}", file=file, touches=touches)
        for place in scan.unknown:
            ledger.add("list", place)
    for one in found:
        if one.severity is Severity.UNKNOWN and one.closed is None:
            ledger.add("severity", one.finding)
        if one.contradiction:
            ledger.add("contradiction", one.finding._replace(message=one.contradiction))
    return ledger.told_by(report.origin)


def _facts(scans: Sequence[Scan], vulnerabilities: Iterable[Vulnerability]) -> VulnerabilitiesFacts:
    ordered = sorted(vulnerabilities, key=lambda vulnerability: vulnerability.severity)
    open_ = [vulnerability for vulnerability in ordered if vulnerability.closed is None]
    number = dict.fromkeys(Severity, 0)
    for vulnerability in open_:
        number[vulnerability.severity] += 1
    critical, high, unknown, medium, low = (number[severity] for severity in Severity)
    return VulnerabilitiesFacts(
        critical=critical,
        high=high + unknown,
        medium=medium,
        low=low,
        findings=tuple(vulnerability.finding for vulnerability in open_),
        scanner=", ".join(sorted({scan.scanner for scan in scans})),
        scans=tuple(sorted({kind for scan in scans for kind in scan.kinds})),
        closed=tuple(
            found.finding._replace(message=f"{found.finding.message} ({found.closed})")
            for found in ordered
            if found.closed is not None
        ),
    )
