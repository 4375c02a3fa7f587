"""`npm audit --json`: the report of npm 7 and later (2), and that of npm 6, pnpm and yarn 2 (1).

https://docs.npmjs.com/cli/commands/npm-audit and `workspaces/arborist/lib/audit-report.js`. Version 2 lists
packages: a package is vulnerable by its own advisories, or through packages that it depends on; `via` mixes
the two. Version 1 lists advisories. The severity is the most severe of the package's, of its advisories'
and of their CVSS scores and vectors. The counters must not exceed the list. An audit that did not run is
also valid JSON: `{"error": ...}`, or the response of the registry with its `statusCode`.
"""

import re
from collections import Counter
from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Reading, Severity, by_cvss, by_word, from_name, rated
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    count,
    entries,
    first_text,
    listed,
    listing,
    mapping,
    section,
    shown,
)
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax.json import Object

_LISTED_IN = {1: "advisories", 2: "vulnerabilities"}
_MODELLED = {*_LISTED_IN.values(), "metadata", "actions", "muted"}
_MOST_UNLISTED = 5
_ADVISORY = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)


def recognises(content: Content) -> bool:
    """Return whether the file is an audit, or says why the audit did not run."""
    report = content.object
    if "auditReportVersion" in report or "advisories" in report:
        return True
    error = report.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    failed = isinstance(code, str) and code.startswith("E")
    return failed or {"message", "method", "statusCode"} <= report.keys()


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of an audit that ran."""
    document, report = content.json_document, content.object
    if failure := _failure(report):
        raise Absent(f"the audit did not run: {failure}")
    version = report.get("auditReportVersion", 1)
    if version not in (1, 2) or isinstance(version, bool):
        raise Unreadable(f"an audit report of the version {shown(version)}; supported are 1 and 2")
    by_key = mapping(report.get(_LISTED_IN[int(version)]), _LISTED_IN[int(version)])
    found = tuple((_packages if version == 2 else _advisories)(document, by_key))
    metadata = section(report, "metadata")
    _must_list_what_it_counts(metadata, by_key, exactly=version == 2)
    if not found and not _dependencies(metadata):
        raise Absent("the audit checked no dependency")
    unlisted = dict.fromkeys(name for one in found for name in one.through if name not in by_key)
    partial = [
        one_line(f"the package {name} makes others vulnerable, and is not listed") for name in unlisted
    ]
    if muted := entries(report.get("muted"), "muted"):
        partial.insert(0, f"the audit muted {len(muted):,} advisories")
    scan = Scan("npm audit", found, unknown=_report.unknown_lists(document, [((), report)], _MODELLED))
    return _report.scan_report(content, f"npm-audit-{version}", scan, partial=tuple(partial[:_MOST_UNLISTED]))


def _failure(report: Object) -> str | None:
    """Return why the audit did not run; None if it ran."""
    error = report.get("error")
    if isinstance(error, dict):
        parts = (first_text(error, key) for key in ("code", "summary"))
        return one_line(": ".join(part for part in parts if part) or "no reason given")
    if isinstance(error, str):
        return one_line(error)
    if "statusCode" in report and "message" in report:
        return one_line(f"{first_text(report, 'message')} (status {shown(report['statusCode'])})")
    return None


def _packages(document: Structured, packages: Object) -> Iterator[Vulnerability]:
    for name, entry in packages.items():
        package = mapping(entry, f"the package {name}")
        causes = listing(package.get("via"), f"{name}: via")
        own = [cause for cause in causes if isinstance(cause, dict)]
        through = tuple(cause for cause in causes if isinstance(cause, str))
        if len(own) + len(through) != len(causes):
            raise Unreadable(f"{name}: via contains a value that is neither an advisory nor a package")
        of_own = (reading for one in own for reading in _readings(one))
        title = _report.joined([*(one.get("title") for one in own), *(f"through {name}" for name in through)])
        found = _report.vulnerability(
            (document, ("vulnerabilities", name)),
            rated(by_word(package.get("severity"), "severity"), *of_own),
            tuple(_names(advisory) for advisory in own),
            # The range is vulnerable; the installed version is unknown.
            Package(name, first_text(package, "range"), _purl.of_package("npm", name)),
            title=title,
        )
        yield found._replace(through=through)


def _advisories(document: Structured, advisories: Object) -> Iterator[Vulnerability]:
    for key, entry in advisories.items():
        advisory = mapping(entry, f"the advisory {key}")
        installed = listed(advisory, "findings", "a finding")
        versions = _report.names(*(finding.get("version") for finding in installed))
        name, only = first_text(advisory, "module_name"), versions[0] if len(versions) == 1 else None
        yield _report.vulnerability(
            (document, ("advisories", key)),
            rated(*_readings(advisory)),
            (_names(advisory),),
            Package(name, _report.joined(versions), _purl.of_package("npm", name, only)),
            fixed_in=first_text(advisory, "patched_versions"),
            title=advisory.get("title"),
        )


def _readings(advisory: Object) -> Iterator[Reading]:
    _, severity = by_word(advisory.get("severity"), "severity")
    cvss = section(advisory, "cvss")
    yield "its advisory", severity
    yield from by_cvss(cvss.get("score"), cvss.get("vectorString"))


def _names(advisory: Object) -> tuple[str, ...]:
    """Return the names of an advisory; its URL ends with its id at GitHub."""
    url = first_text(advisory, "url") or ""
    cves = entries(advisory.get("cves"), "cves")
    return _report.names(advisory.get("github_advisory_id"), *_ADVISORY.findall(url[:300]), *cves)


def _must_list_what_it_counts(metadata: Object, found: Object, *, exactly: bool) -> None:
    """Raise `Unreadable` if the list was shortened. Version 1 counts paths, so more than it lists."""
    listed = Counter(from_name(section(found, key).get("severity"), "severity") for key in found)
    counted: Counter[Severity] = Counter()
    counters = section(metadata, "vulnerabilities", "metadata.vulnerabilities")
    total = count(counters.get("total", 0), "metadata.vulnerabilities.total")
    for name, number in counters.items():
        if name != "total":
            counted[from_name(name, "a severity")] += count(number, f"metadata.vulnerabilities.{name}")
    for severity, number in counted.items():
        if (listed[severity] < number) if exactly else (number and not listed[severity]):
            raise Unreadable(
                f"the counters report {number} {severity.name.lower()}, the list has {listed[severity]}"
            )
    if (len(found) < total) if exactly else (total and not found):
        raise Unreadable(f"the counters report {total}, the list has {len(found)}")


def _dependencies(metadata: Object) -> int:
    """Return how many dependencies were audited; 0 if the report does not state it."""
    numbers = metadata.get("dependencies")
    if isinstance(numbers, dict):
        return max((count(number, f"dependencies.{name}") for name, number in numbers.items()), default=0)
    kinds = ("totalDependencies", "dependencies", "devDependencies", "optionalDependencies")
    return max(count(metadata[kind], kind) if kind in metadata else 0 for kind in kinds)
