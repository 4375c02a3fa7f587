"""`audit`: contradictions in the plan."""

from collections.abc import Sequence
from typing import Any

from gatekeeper.model.audit import AuditFinding
from gatekeeper.reporters.text.screen import Parts, indented, item, shown
from gatekeeper.reporters.wording.counts import counted


def data(findings: Sequence[AuditFinding]) -> dict[str, Any]:
    """Return the findings as plain data."""
    keys = ("rule", "milestone", "service", "message", "severity")
    return {"findings": [{key: getattr(finding, key) for key in keys} for finding in findings]}


def parts(findings: Sequence[AuditFinding]) -> Parts:
    """Yield the findings by rule."""
    if not findings:
        yield "The plan does not contradict itself."
        return
    for rule in dict.fromkeys(finding.rule for finding in findings):
        of_rule = [finding for finding in findings if finding.rule == rule]
        yield indented(f"[bold]{rule}[/]  {len(of_rule)}", 0)
        for finding in of_rule:
            where = f"{shown(finding.service)}: " if finding.service else ""
            yield item(shown(finding.milestone or "-"), f"{where}{shown(finding.message)}", 2)
    yield indented(f"{counted(len(findings), 'finding')}; findings never block an exit.", 0)
