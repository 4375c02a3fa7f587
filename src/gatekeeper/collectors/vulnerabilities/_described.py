"""What a described format of this kind has: findings of a scanner, one a row."""

import re
from collections.abc import Collection, Mapping

from gatekeeper.collectors.formats.severity import Rating, by_cvss, by_word, rated
from gatekeeper.collectors.reading.described import Described, Field, Row
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.collectors.vulnerabilities.facts import PLACES
from gatekeeper.model.evidence import Finding

FIELDS = {
    "id": Field.TEXT,
    "aliases": Field.TEXTS,
    "package": Field.TEXT,
    "package_version": Field.TEXT,
    "purl": Field.TEXT,
    "ecosystem": Field.TEXT,
    "severity": Field.WORD,
    "cvss": Field.AMOUNT,
    "cvss_vector": Field.TEXT,
    "fixed_in": Field.TEXTS,
    "title": Field.TEXT,
    "at": Field.TEXT,
    "line": Field.LINE,
    "closed": Field.TEXT,
    "through": Field.TEXTS,
}
"""`at` is the file or manifest, and with `line` the place of the finding in the code; `closed` says why it
does not count; `through` names the packages that bring the vulnerability.
`severity`: critical, high, medium, moderate, low, negligible or informational; any other word is unknown."""
REQUIRED = frozenset({"id"})
FIGURES = {"findings": Field.COUNT}
"""How many findings the file counts itself: if it lists fewer, it is partial."""
DOUBTS = PLACES["list"]
WORDS: Mapping[str, Collection[str]] = {}
_ADVISORY = re.compile(r"GHSA(-[0-9a-z]{4}){3}|CVE-\d{4}-\d+")


def part(described: Described) -> VulnerabilityReport:
    """Return the report of one scan."""
    found = tuple(map(_vulnerability, described.rows))
    origin = described.origin(items=len(found))
    counted = described.figures.get("findings", 0)
    if counted > len(found):
        missing = f"{counted} findings are counted, but {len(found)} are listed"
        origin = origin._replace(partial=(*origin.partial, missing))
    scan = Scan(described.tool, found, origin.subjects, described.description.looks_at)
    return VulnerabilityReport(origin, (scan,))


def _vulnerability(row: Row) -> Vulnerability:
    stated = row.values.get
    name, version = stated("package"), stated("package_version")
    purl = stated("purl") or _purl.of_package(stated("ecosystem"), name, version)
    at, line, closed = stated("at"), stated("line"), stated("closed")
    found = _report.vulnerability(
        row.place,
        _rating(row),
        (_report.names(*map(_name, (stated("id"), *stated("aliases", ())))),),
        Package(name, version, purl),
        at=None if line else at,
        fixed_in=", ".join(stated("fixed_in", ())),
        title=stated("title"),
    )
    finding = found.finding
    if at and line:
        finding = Finding(finding.message, at, line)
    elif not row.is_placed:
        finding = row.finding(finding.message)
    elif not closed and "through" not in row.values:
        return found
    return found._replace(
        finding=finding, through=stated("through", ()), closed=one_line(closed) if closed else None
    )


def _name(advisory: str | None) -> str | None:
    """Return the id of an advisory that a tool states by its address."""
    found = _ADVISORY.search(advisory) if advisory and "://" in advisory else None
    return found[0] if found else advisory


def _rating(row: Row) -> Rating:
    """Return the severity by the word and by CVSS; a word that is not translated says nothing."""
    score, vector = row.values.get("cvss"), row.values.get("cvss_vector")
    of_cvss = by_cvss(score, vector) if score is not None or vector is not None else ()
    return rated(by_word(row.values.get("severity"), "severity"), *of_cvss)
