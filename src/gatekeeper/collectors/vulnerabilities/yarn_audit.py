"""`yarn audit --json` of Yarn 1: a line for each path to an advisory, then one with the counts.

https://github.com/yarnpkg/yarn/blob/v1.22.22/src/reporters/json-reporter.js and `src/cli/commands/audit.js`.
The summary counts paths, as the lines do, also those that `--level` leaves out. Without a summary the output
was cut short. An `error` line says why the audit did not run. Yarn warns and informs on other lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from gatekeeper.collectors.formats.severity import Severity, from_name
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, first_text, mapping, section, shown
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.vulnerabilities import _npm_advisory, _report
from gatekeeper.collectors.vulnerabilities._report import Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="Yarn 1",
    seen="1.22.22",
    source="https://github.com/yarnpkg/yarn/blob/v1.22.22/src/reporters/json-reporter.js",
    command="yarn audit --json > yarn-audit.jsonl",
    recognised="lines with `type` and `data`, one of them an advisory, a summary or an error",
    models="each path to an advisory, with its severity, CVSS score and fixed versions, against the summary",
    not_modelled="",
)
_TYPES = frozenset({"auditAdvisory", "auditSummary", "auditAction", "error", "warning", "info"})
_MOST_ERRORS = 5


def recognises(content: Content) -> bool:
    """Return whether the first line is one that Yarn writes."""
    first = content.first
    if not isinstance(first, dict) or first.keys() != {"type", "data"}:
        return False
    return isinstance(type_ := first["type"], str) and type_ in _TYPES


def read(content: Content) -> VulnerabilityReport:
    """Return the advisories of an audit that ran to its end."""
    found: list[Vulnerability] = []
    words: Counter[Severity] = Counter()
    summary: Object | None = None
    errors: list[str] = []
    for line in content.stream():
        match line.object.get("type"):
            case "auditAdvisory":
                advisory = mapping(section(line.object, "data").get("advisory"), "advisory")
                found.append(_npm_advisory.vulnerability((line, ("data", "advisory")), advisory))
                words[from_name(advisory.get("severity"), "severity")] += 1
            case "auditSummary":
                summary = mapping(line.object.get("data"), "data")
            case "error":
                errors.append(one_line(first_text(line.object, "data") or "no reason given"))
            case "auditAction" | "info" | "warning":
                pass
            case other:
                raise Unreadable(f"line {line.line(())}: Yarn writes no {shown(other)}")
    if summary is None:
        raise Absent(f"the audit did not run to its end: {next(iter(errors), 'it has no summary')}")
    if not found and not count(summary.get("totalDependencies", 0), "totalDependencies"):
        raise Absent("the audit checked no dependency")
    partial = [f"Yarn reports an error: {error}" for error in errors[:_MOST_ERRORS]]
    partial += _left_out(words, section(summary, "vulnerabilities"))
    return _report.scan_report(
        content, "yarn-audit", Scan("yarn audit", tuple(found)), partial=tuple(partial)
    )


def _left_out(listed: Mapping[Severity, int], counters: Object) -> Iterator[str]:
    """Yield what the summary counts and the lines do not have."""
    counted: Counter[Severity] = Counter()
    for name, number in counters.items():
        counted[from_name(name, "a severity")] += count(number, f"vulnerabilities.{name}")
    for severity, number in counted.items():
        if number > listed.get(severity, 0):
            yield f"Yarn counts {number} {severity}, and lists {listed.get(severity, 0)}"
