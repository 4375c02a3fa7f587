"""`--format gitlab`: GitLab's Code Quality report, an array of issues, each with a fingerprint.

Source: GitLab, "Code Quality report format" (docs.gitlab.com/ci/testing/code_quality). For reports in merge
requests, docs.gitlab.com/administration/instance_limits states 20 MB; it does not name Code Quality. An
artefact may have 100 MB by default.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any, NamedTuple

from pydantic_core import to_json

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.diagnostic import Diagnostic
from gatekeeper.reporters.wording.diagnostics import diagnostics
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity

MOST_BYTES = 19_000_000
"""GitLab does not load other reports of more than 20 MB into a merge request."""
_FOR_THE_NOTE = 1_000
"""Bytes reserved for the issue that counts what was omitted."""

_SEVERITIES = {
    DiagnosticSeverity.CRITICAL: "blocker",
    DiagnosticSeverity.ERROR: "critical",
    DiagnosticSeverity.WARNING: "major",
    DiagnosticSeverity.NOTE: "info",
}


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the open criteria as Code Quality issues; of too many, the most severe and a note."""
    kept, total = _most_severe(diagnostics(report))
    texts = [one.text for one in sorted(kept, key=lambda one: -one.weight[-1])]
    if len(kept) < total:
        texts.append(_text(_omitted(total - len(kept), report.places.milestone)))
    return "[\n" + ",\n".join(texts) + "\n]\n" if texts else "[]\n"


class _Kept(NamedTuple):
    """The text of an issue; that of the least weight is omitted first."""

    weight: tuple[int, int, int]
    """By its severity, its rank, and its place in the report."""
    text: str


def _most_severe(found: Iterable[Diagnostic]) -> tuple[Sequence[_Kept], int]:
    """Return the issues that fit, and how many there are; what does not fit is not kept in memory."""
    kept: list[_Kept] = []
    total, size = 0, _FOR_THE_NOTE
    omitted = -len(_SEVERITIES), 0, 0  # the weight of the most severe that is
    for total, one in enumerate(found, 1):
        weight = -list(_SEVERITIES).index(one.severity), -one.rank, -total
        if weight > omitted:
            text = _text(_issue(one))
            heappush(kept, _Kept(weight, text))
            size += _size(text)
        while size > MOST_BYTES:
            omitted, text = heappop(kept)
            size -= _size(text)
    return kept, total


def _size(text: str) -> int:
    return len(text.encode()) + len(",\n")


def _text(issue: dict[str, Any]) -> str:
    return to_json([issue], indent=2).decode().removeprefix("[\n").removesuffix("\n]")


def _omitted(issues: int, path: str) -> dict[str, Any]:
    said = f"{issues:,} of the least severe issues are omitted: the report may have {MOST_BYTES:,} bytes."
    return {
        "description": f"{said} `gatekeeper check --format ndjson` has all.",
        "check_name": "omitted",
        "fingerprint": "omitted",
        "severity": "info",
        "location": {"path": visible(path), "lines": {"begin": 1}},
    }


def _issue(diagnostic: Diagnostic) -> dict[str, Any]:
    # The merge request shows nothing but the description, so it includes the service and the remedy.
    said = diagnostic.sentence().rstrip(".")
    return {
        "description": visible(f"{said}. {diagnostic.remedy}"),
        "check_name": visible(diagnostic.rule),
        "fingerprint": diagnostic.fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {"path": visible(diagnostic.where.file), "lines": {"begin": diagnostic.where.line}},
    }
