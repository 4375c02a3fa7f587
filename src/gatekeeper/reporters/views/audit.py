"""`audit`: contradictions in the plan."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from gatekeeper.model.audit import AuditFinding
from gatekeeper.model.report import Screen
from gatekeeper.reporters.text.screen import draw, indented, item, shown
from gatekeeper.reporters.wording.counts import counted


def as_json(findings: Sequence[AuditFinding]) -> str:
    """Return the findings as JSON."""
    keys = ("rule", "milestone", "service", "message", "severity")
    listed: list[dict[str, Any]] = [{key: getattr(finding, key) for key in keys} for finding in findings]
    return to_json({"schema_version": 1, "findings": listed}, indent=2).decode() + "\n"


def as_table(findings: Sequence[AuditFinding], screen: Screen) -> str:
    """Return the findings by rule, for a terminal."""
    if not findings:
        return draw(["The plan does not contradict itself."], screen)
    parts = []
    for rule in dict.fromkeys(finding.rule for finding in findings):
        of_rule = [finding for finding in findings if finding.rule == rule]
        parts.append(indented(f"[bold]{rule}[/]  {len(of_rule)}", 0))
        for finding in of_rule:
            where = f"{shown(finding.service)}: " if finding.service else ""
            parts.append(item(shown(finding.milestone or "-"), f"{where}{shown(finding.message)}", 2))
    parts.append(indented(f"{counted(len(findings), 'finding')}; findings never block an exit.", 0))
    return draw(parts, screen)
