"""Read evidence of the kind `vulnerabilities`."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading.files import each, opened
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _vex, grype, npm_audit, osv, sarif, trivy
from gatekeeper.collectors.vulnerabilities._scan import Scan, Vulnerability
from gatekeeper.collectors.vulnerabilities._statement import Statement
from gatekeeper.collectors.vulnerabilities.facts import VulnerabilitiesFacts
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Finding, Options, Unreadable
from gatekeeper.syntax import json


class _Read(NamedTuple):
    """What one file holds: scans, or statements."""

    format: str
    scans: Sequence[Scan] = ()
    statements: Sequence[Statement] = ()


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact, close what VEX closes, and sum the scans."""
    read = each(artefact, _read)
    scans = [scan for part in read for scan in part.scans]
    if not scans:
        raise Absent(f"{artefact.path} is a VEX document: a statement, not a scan")
    statements = [statement for part in read for statement in part.statements]
    return Collected(
        format=", ".join(sorted({part.format for part in read})),
        facts=_facts(scans, _judged(scans, statements)),
        # The oldest scan tells how old the evidence is; a newer statement does not make it younger.
        produced_at=min((scan.produced_at for scan in scans if scan.produced_at), default=None),
    )


def _read(file: ArtefactFile) -> _Read:
    with opened(file) as data:
        return _parsed(Structured(file.name, "json", json.load(data), data, None))


def _parsed(document: Structured) -> _Read:
    value = document.value
    if value in (None, [], {}):
        raise Absent("the document is empty: nothing was scanned")
    if isinstance(value, dict) and sarif.recognises(value):
        return _of_scans(*sarif.read(value, document.file))
    for format_ in (trivy, grype, npm_audit):
        if format_.recognises(value):
            return _of_scans(format_.read(document))
    if vex := _vex.recognise(value):
        return _Read(vex, statements=_vex.read(document.object, document.file))
    if osv.recognises(value):
        return _of_scans(osv.read(document))
    raise Unreadable(_unknown(value))


def _of_scans(*scans: Scan) -> _Read:
    return _Read(scans[0].format, scans)


def _unknown(document: Any) -> str:
    if isinstance(document, dict) and {"results", "errors"} <= document.keys():
        return "Semgrep's own JSON, which does not say what it left out: write SARIF with `--sarif`"
    return "JSON, but neither a scan (SARIF, Trivy, Grype, npm audit, OSV-Scanner) nor a VEX document"


def _judged(scans: Sequence[Scan], statements: Sequence[Statement]) -> list[Vulnerability]:
    """Return what all scans found, with what the statements close."""
    if not statements:
        return [vulnerability for scan in scans for vulnerability in scan.vulnerabilities]
    book = _vex.Book(statements)
    return [vulnerability for scan in scans for vulnerability in _vex.close(scan.vulnerabilities, book)]


def _facts(scans: Sequence[Scan], found: Iterable[Vulnerability]) -> VulnerabilitiesFacts:
    ordered = sorted(found, key=lambda vulnerability: vulnerability.severity)
    open_ = [vulnerability for vulnerability in ordered if vulnerability.closed is None]
    number = dict.fromkeys(Severity, 0)
    for vulnerability in open_:
        number[vulnerability.severity] += 1
    apart = [scan.uncounted for scan in scans if scan.uncounted is not None]
    return VulnerabilitiesFacts(
        critical=number[Severity.CRITICAL],
        high=number[Severity.HIGH] + number[Severity.UNKNOWN],
        medium=number[Severity.MEDIUM],
        low=number[Severity.LOW],
        findings=tuple(vulnerability.finding for vulnerability in open_),
        scanner=", ".join(sorted({scan.scanner for scan in scans})),
        closed=tuple(_closed(vulnerability) for vulnerability in ordered if vulnerability.closed is not None),
        uncounted=tuple(finding for findings in apart for finding in findings) if apart else None,
    )


def _closed(vulnerability: Vulnerability) -> Finding:
    finding = vulnerability.finding
    return finding._replace(message=f"{finding.message} ({vulnerability.closed})")
