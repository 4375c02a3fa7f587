"""`--format ndjson`: the JSON contract in lines: the head, then services, actions and the end."""

from collections.abc import Iterator
from typing import Any

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.json import action, head, services
from gatekeeper.reporters.text import SCHEMA_VERSION, json_line
from gatekeeper.reporters.views import diff


def render(report: Report, screen: Screen) -> str:
    """Return the verdict as JSON, one object a line."""
    return "".join(pieces(report, screen))


def pieces(report: Report, screen: Screen) -> Iterator[str]:  # noqa: ARG001 - every format takes both
    """Yield the lines."""
    return (f"{json_line(line)}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[dict[str, Any]]:
    """Yield what the lines hold; without the last one, the text was cut off."""
    warnings = [warning._asdict() for warning in report.warnings]
    yield {"type": "head", "schema_version": SCHEMA_VERSION, **head(report), "warnings": warnings}
    if report.comparison:
        yield {"type": "comparison", **diff.data(report.comparison)}
    for service in services(report):
        yield {"type": "service", **service}
    for one in report.result.actions:
        yield {"type": "action", **action(one)}
    counts = {"services": len(report.result.services), "actions": len(report.result.actions)}
    yield {"type": "end", **counts, "blocked": len(report.result.blocked_by)}
