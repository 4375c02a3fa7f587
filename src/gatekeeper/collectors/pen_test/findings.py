"""A list of findings: your own, or in the format that DefectDojo imports as "Generic Findings Import".

Your own, as YAML or JSON: `{engagement, date, findings: [{id, title, severity, status, file, line}]}`; either
`id` or `title` is required. The format of DefectDojo (`dojo/tools/generic/json_parser.py`, and the fields of
its findings) has flags instead of `status`, and may name the test under `name`.
"""

from gatekeeper.collectors.pen_test._report import PenTestReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, listing, mapping, shown, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, Finding, Unreadable
from gatekeeper.syntax.json import Object

_CLOSED = frozenset(
    {
        *("closed", "fixed", "mitigated", "remediated", "resolved"),
        *("duplicate", "false positive", "out of scope"),
    }
)
"""Any other status leaves a finding open, including `accepted` and unknown words."""
_CLOSING_FLAGS = ("is_mitigated", "false_p", "duplicate", "out_of_scope")
_DEFECTDOJO_FLAGS = (*_CLOSING_FLAGS, "active", "verified", "risk_accepted", "under_review")


def recognises(content: Content) -> bool:
    """Return whether the file has `findings`."""
    return "findings" in content.fields


def read(content: Content) -> PenTestReport:
    """Return the findings of a list.

    Raises:
        Unreadable: A finding has neither id nor title, or a value has another type than the format demands.
        Absent: The list is empty and does not name the test.
    """
    document, report = content.document, content.document.object
    entries = [mapping(it, f"findings[{i}]") for i, it in enumerate(listing(report["findings"], "findings"))]
    engagement = _name(report, "engagement")
    if not entries and engagement is None:
        raise Absent("no finding, and no `engagement` to show that a test took place")
    date = report.get("date")
    return PenTestReport(
        "defectdojo" if any(flag in entry for entry in entries for flag in _DEFECTDOJO_FLAGS) else "findings",
        open=tuple(_finding(document, index) for index, entry in enumerate(entries) if not _is_closed(entry)),
        closed=sum(map(_is_closed, entries)),
        engagement=engagement or _name(report, "name"),
        produced_at=instants.from_text(date) if isinstance(date, str) else None,
    )


def _name(report: Object, key: str) -> str | None:
    return None if report.get(key) is None else text(report[key], key).strip() or None


def _is_closed(entry: Object) -> bool:
    status = entry.get("status")
    if status is not None:
        return _normal(text(status, "the status of a finding")) in _CLOSED
    flags = {flag: _flag(entry, flag) for flag in _DEFECTDOJO_FLAGS}
    if flags["active"]:
        return False
    if any(flags[flag] for flag in _CLOSING_FLAGS):
        return True
    return flags["active"] is False and not flags["risk_accepted"] and not flags["under_review"]


def _normal(status: str) -> str:
    return " ".join(status.lower().replace("-", " ").replace("_", " ").split())


def _flag(entry: Object, flag: str) -> bool | None:
    value = entry.get(flag)
    if value is None or isinstance(value, bool):
        return value
    raise Unreadable(f"{flag} of a finding is {shown(value)}, neither true nor false")


def _finding(document: Structured, index: int) -> Finding:
    entry = mapping(listing(document.object["findings"], "findings")[index], f"findings[{index}]")
    message = f"{_severity(entry)}{_title(entry, index)}{_note(entry)}"
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
    parts = [
        text(part, f"the id or title of findings[{index}]") for part in (number, title) if part is not None
    ]
    words = " ".join(" ".join(parts).split())
    if not words:
        raise Unreadable(f"findings[{index}] has neither id nor title")
    return words


def _severity(entry: Object) -> str:
    severity = entry.get("severity")
    return "" if severity is None else f"{text(severity, 'the severity of a finding').lower()}: "


def _note(entry: Object) -> str:
    status = _normal(text(entry.get("status") or "open", "the status of a finding"))
    notes = [flag.replace("_", " ") for flag in ("risk_accepted", "under_review") if entry.get(flag)]
    if status not in ("", "open"):
        notes.append(status)
    return f" ({', '.join(notes)})" if notes else ""
