"""`--format gitlab`: GitLab's Code Quality report, an array of issues, each with a fingerprint.

Source: GitLab, "Code Quality report format" (docs.gitlab.com/ci/testing/code_quality).
"""

from typing import Any

from pydantic_core import to_json

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.diagnostic import Diagnostic
from gatekeeper.reporters.wording.diagnostics import diagnostics
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity

_SEVERITIES = {
    DiagnosticSeverity.CRITICAL: "blocker",
    DiagnosticSeverity.ERROR: "critical",
    DiagnosticSeverity.WARNING: "major",
    DiagnosticSeverity.NOTE: "info",
}


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the open criteria as Code Quality issues; an empty array if nothing is open."""
    return to_json([_issue(found) for found in diagnostics(report)], indent=2).decode() + "\n"


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
