"""`npm audit --json`: the report of npm 7 and later (2), and that of npm 6, pnpm and yarn 2 (1).

https://docs.npmjs.com/cli/commands/npm-audit and `workspaces/arborist/lib/audit-report.js`. Version 2 lists
packages: a package is vulnerable by its own advisories, or through packages that it depends on; `via` mixes
the two. Version 1 lists advisories. The severity is the most severe of the package's, of its advisories'
and of their CVSS scores and vectors. The counters must not exceed the list. An audit that did not run is
also valid JSON: `{"error": ...}`, or the response of the registry with its `statusCode`.
"""

from collections import Counter
from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import Severity, by_word, from_name, rated
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    count,
    entries,
    first_text,
    listing,
    mapping,
    section,
    shown,
)
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _npm_advisory, _purl, _report, composer_audit
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="npm, pnpm, Yarn",
    seen="npm 6, 7 and 10, pnpm 9.15; Yarn 2 and 3 by their source",
    source="https://github.com/npm/cli/blob/v10.8.2/workspaces/arborist/lib/audit-report.js",
    command="npm audit --json > npm-audit.json",
    recognised="`auditReportVersion`, `advisories` that name modules, or the error of an audit",
    models="the packages with advisories, or the advisories, with severities and CVSS, against the counters",
    not_modelled="what `--omit` left out, which leaves no trace",
)
_LISTED_IN = {1: "advisories", 2: "vulnerabilities"}
_MODELLED = {*_LISTED_IN.values(), "metadata", "actions", "muted"}
_MOST_UNLISTED = 5


def recognises(content: Content) -> bool:
    """Return whether the file is an audit, or says why the audit did not run."""
    report = content.object
    if "auditReportVersion" in report:
        return True
    if "advisories" in report:
        return not composer_audit.recognises(content)
    error = report.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    failed = isinstance(code, str) and code.startswith("E")
    return failed or {"message", "method", "statusCode"} <= report.keys()


def is_distinct(content: Content) -> bool:
    """Return whether an error is one of npm: answers of services have errors with codes, too."""
    error = content.object.get("error")
    is_error = "uri" in content.object or (isinstance(error, dict) and "summary" in error)
    return is_error or not {"auditReportVersion", "advisories"}.isdisjoint(content.object)


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
        stated = ": ".join(part for part in parts if part) or first_text(report, "message")
        return one_line(stated or "no reason given")
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
        of_own = (reading for one in own for reading in _npm_advisory.readings(one))
        title = _report.joined([*(one.get("title") for one in own), *(f"through {name}" for name in through)])
        found = _report.vulnerability(
            (document, ("vulnerabilities", name)),
            rated(by_word(package.get("severity"), "severity"), *of_own),
            tuple(_npm_advisory.names(advisory) for advisory in own),
            # The range is vulnerable; the installed version is unknown.
            Package(name, first_text(package, "range"), _purl.of_package("npm", name)),
            title=title,
        )
        yield found._replace(through=through)


def _advisories(document: Structured, advisories: Object) -> Iterator[Vulnerability]:
    for key, entry in advisories.items():
        advisory = mapping(entry, f"the advisory {key}")
        yield _npm_advisory.vulnerability((document, ("advisories", key)), advisory)


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
        # The root is one of `prod`, and not one of `total`.
        numbers = {"total": numbers["total"]} if "total" in numbers else numbers
        return max((count(number, f"dependencies.{name}") for name, number in numbers.items()), default=0)
    kinds = ("totalDependencies", "dependencies", "devDependencies", "optionalDependencies")
    return max(count(metadata[kind], kind) if kind in metadata else 0 for kind in kinds)
