"""Lists of findings: of `audit` in the plan, and of `validate` in the manifests."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from gatekeeper.errors import Problem
from gatekeeper.model.audit import AuditFinding
from gatekeeper.model.report import Screen
from gatekeeper.reporters.text.screen import draw, indented, item, shown


def audit_as_json(findings: Sequence[AuditFinding]) -> str:
    """Return the audit's findings."""
    keys = ("rule", "milestone", "service", "message", "severity")
    listed: list[dict[str, Any]] = [{key: getattr(finding, key) for key in keys} for finding in findings]
    return to_json({"schema_version": 1, "findings": listed}, indent=2).decode() + "\n"


def audit_as_table(findings: Sequence[AuditFinding], screen: Screen) -> str:
    """Return the audit's findings by rule."""
    if not findings:
        return draw(["The plan does not contradict itself."], screen)
    parts = []
    for rule in dict.fromkeys(finding.rule for finding in findings):
        of_rule = [finding for finding in findings if finding.rule == rule]
        parts.append(indented(f"[bold]{rule}[/]  {len(of_rule)}", 0))
        for finding in of_rule:
            where = f"{shown(finding.service)}: " if finding.service else ""
            parts.append(item(shown(finding.milestone or "-"), f"{where}{shown(finding.message)}", 2))
    parts.append(indented(f"{len(findings)} findings; none of them blocks an exit.", 0))
    return draw(parts, screen)


def problems_as_json(problems: Sequence[Problem]) -> str:
    """Return the mistakes in a workspace."""
    listed = [problem._asdict() for problem in problems]
    return to_json({"schema_version": 1, "errors": listed}, indent=2).decode() + "\n"
