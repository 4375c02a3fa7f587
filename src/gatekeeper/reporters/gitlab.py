"""GitLab's Code Quality report: an array of issues, each with a fingerprint of its own.

Source: GitLab, "Code Quality report format" (docs.gitlab.com/ci/testing/code_quality).
"""

from typing import Any

from pydantic_core import to_json

from gatekeeper.model.report import Report, Screen
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.reasons import RemarkSeverity
from gatekeeper.reporters.wording.remarks import Remark, remarks

_SEVERITIES = {
    RemarkSeverity.LOST: "blocker",
    RemarkSeverity.ERROR: "critical",
    RemarkSeverity.WARNING: "major",
    RemarkSeverity.NOTE: "info",
}


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return what is open as Code Quality issues; an empty array where nothing is."""
    return to_json([_issue(remark) for remark in remarks(report)], indent=2).decode() + "\n"


def _issue(remark: Remark) -> dict[str, Any]:
    # The merge request shows the description alone, so that it says whose it is and what to do.
    told = (
        f"{remark.service}: {remark.what} {remark.asks} → {remark.helps}" if remark.service else remark.what
    )
    return {
        "description": visible(told),
        "check_name": visible(remark.rule),
        "fingerprint": remark.fingerprint,
        "severity": _SEVERITIES[remark.severity],
        "location": {"path": visible(remark.where.file), "lines": {"begin": remark.where.line}},
    }
