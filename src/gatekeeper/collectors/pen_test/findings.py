"""A list of findings: your own, or in the format that DefectDojo imports as "Generic Findings Import".

Your own, as YAML or JSON: `{engagement, date, service, milestone, findings: [{id, title, severity, status,
file, line}]}`; either `id` or `title` is required. An empty list needs an `engagement` that names a test. The
format of DefectDojo (`dojo/tools/generic/json_parser.py`, and the fields of its findings) has flags instead
of `status`, and may name the test under `name`.
"""

from collections.abc import Iterator

from gatekeeper.collectors.pen_test.read import PenTestReport, Weakness
from gatekeeper.collectors.reading import instants, subjects
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.fields import check_keys
from gatekeeper.collectors.reading.figures import count, flag, objects, text
from gatekeeper.collectors.reading.node import InvalidNode, Node
from gatekeeper.collectors.reading.placeholders import is_unwritten
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, Finding, Origin, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool='people, or DefectDojo\'s "Generic Findings Import"',
    seen="by its source, DefectDojo 2.50",
    source="https://docs.defectdojo.com/en/connecting_your_tools/parsers/generic_findings_import/",
    command=None,
    recognised="the key `findings`, with an `id` or `title` in it, or `engagement` or `name` beside it",
    models="each finding with severity, status and place; the test, its date, service and milestone",
    not_modelled="other fields of DefectDojo",
)
_CLOSED = frozenset({
    "closed", "fixed", "mitigated", "remediated", "resolved", "duplicate", "false positive", "out of scope",
})  # fmt: skip
"""Any other status leaves a finding open, including `accepted` and unknown words."""
_CLOSING_FLAGS = ("is_mitigated", "false_p", "duplicate", "out_of_scope")
_OF_CODE = "pipeline_scan"
"""What Veracode's static scan of code has beside its findings."""
_DEFECTDOJO_FLAGS = (*_CLOSING_FLAGS, "active", "verified", "risk_accepted", "under_review")
_FIELDS = frozenset({
    "id", "title", "severity", "status", "file", "line", "description", "date", "cwe", "cve", "cvss",
    "cvssv3",
    "vulnerability_ids", "endpoints", "file_path", "component_name", "component_version", "impact",
    "mitigation", "references", "steps_to_reproduce", "service", "owner", "tags", "notes",
    "fix_available", "fix_version", "epss_score", "epss_percentile", "publish_date", "known_exploited",
    "cvssv3_score", "cvssv4", "cvssv4_score", "cwes", "files", "severity_justification", "kev_date",
})  # fmt: skip


def recognises(content: Content) -> bool:
    """Return whether the file has `findings`, and one has an id or a title or the file names the test."""
    # A large table, or a log, is not parsed as YAML.
    may_be = content.is_json or b"findings" in content.head
    if content.is_lines or not may_be or _OF_CODE in content.fields:
        return False
    findings, keys = content.fields.get("findings"), content.fields.keys()
    rows = findings if isinstance(findings, list) else ()
    named = any(isinstance(row, dict) and ("id" in row or "title" in row) for row in rows)
    return "findings" in keys and (named or not keys.isdisjoint({"engagement", "name"}))


def is_distinct(content: Content) -> bool:
    """Return whether the test is named, or a finding is written as here: scanners list `findings`, too."""
    findings = content.fields["findings"]
    rows = [row for row in findings if isinstance(row, dict)] if isinstance(findings, list) else []
    flagged = any(not row.keys().isdisjoint(_DEFECTDOJO_FLAGS) for row in rows)
    return "engagement" in content.fields or flagged or any(row.keys() <= _FIELDS for row in rows)


def read(content: Content) -> PenTestReport:
    """Return the findings of a list."""
    document, report = content.document, content.document.object
    entries = list(objects(report["findings"], "findings"))
    engagement = _name(report, "engagement")
    if not entries and engagement is None:
        raise Absent("no finding, and no `engagement` to show that a test took place")
    has_flags = any(name in entry for entry in entries for name in _DEFECTDOJO_FLAGS)
    format_ = "defectdojo" if has_flags else "findings"
    origin = Origin(
        format_,
        produced_at=instants.from_text(report.get("date")),
        subjects=subjects.services(report.get("service")),
        items=len(entries),
    )
    weaknesses = [
        Weakness(_finding(document, index, entry), _is_closed(entry)) for index, entry in enumerate(entries)
    ]
    named = engagement or _name(report, "name")
    return PenTestReport(origin, weaknesses, named, _name(report, "milestone"), [*_unknown(document)])


def _unknown(document: Structured) -> Iterator[tuple[str, Finding]]:
    """Yield a list under another key: findings may be in it."""
    try:
        check_keys(Node.of(document), "findings")
    except InvalidNode as flaw:
        yield "list", flaw.node.finding(f"{flaw.node.name} {flaw.message}")


def _name(report: Object, key: str) -> str | None:
    name = None if report.get(key) is None else text(report[key], key).strip()
    return None if name is None or is_unwritten(name) else name


def _is_closed(entry: Object) -> bool:
    status = entry.get("status")
    flags = {
        name: None if entry.get(name) is None else flag(entry[name], f"{name} of a finding")
        for name in _DEFECTDOJO_FLAGS
    }
    if flags["active"]:
        return False
    is_unresolved = flags["risk_accepted"] or flags["under_review"]
    if status is not None:
        return _normal(text(status, "the status of a finding")) in _CLOSED and not is_unresolved
    return any(flags[name] for name in _CLOSING_FLAGS) or (flags["active"] is False and not is_unresolved)


def _normal(status: str) -> str:
    return " ".join(status.lower().replace("-", " ").replace("_", " ").split())


def _finding(document: Structured, index: int, entry: Object) -> Finding:
    severity = entry.get("severity")
    prefix = "" if severity is None else f"{text(severity, 'the severity of a finding').lower()}: "
    message = f"{prefix}{_title(entry, index)}{_note(entry)}"
    file = entry.get("file", entry.get("file_path"))
    if file is None:
        return document.finding(message, "findings", index)
    line = entry.get("line")
    return Finding(
        message,
        text(file, f"the file of findings[{index}]"),
        None if line is None else count(line, f"the line of findings[{index}]") or None,
    )


def _title(entry: Object, index: int) -> str:
    number, title = entry.get("id"), entry.get("title")
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number)
    where = f"the id or title of findings[{index}]"
    words = " ".join(" ".join(text(part, where) for part in (number, title) if part is not None).split())
    if not words:
        raise Unreadable(f"findings[{index}] has neither id nor title")
    return words


def _note(entry: Object) -> str:
    status = _normal(text(entry.get("status") or "open", "the status of a finding"))
    notes = [name.replace("_", " ") for name in ("risk_accepted", "under_review") if entry.get(name)]
    if status not in ("", "open"):
        notes.append(status)
    return f" ({', '.join(notes)})" if notes else ""
