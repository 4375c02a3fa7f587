"""`matrix`: the target level of every service at every milestone, and the level it has earned."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.report import Screen
from gatekeeper.model.rulebook import Governance
from gatekeeper.reporters.text.screen import draw, shown
from gatekeeper.reporters.wording.levels import reached

Rows = Mapping[str, Mapping[str, Cell]]


def as_json(rows: Rows, earned: Mapping[str, Level]) -> str:
    """Return every cell as JSON: its level, its gates with their scopes, and the capabilities it adds."""
    document = {
        "schema_version": 1,
        "services": {
            service: {milestone: _cell(cell) for milestone, cell in cells.items()}
            for service, cells in rows.items()
        },
        "earned": {service: str(level) for service, level in earned.items()},
    }
    return to_json(document, indent=2).decode() + "\n"


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "level": str(cell.level),
        "gates": {gate: scope.scope if scope else None for gate, scope in cell.gates.items()},
        "adds": [added.capability for added in cell.adds],
    }


def as_table(
    rows: Rows, earned: Mapping[str, Level], milestones: list[str], governance: Governance, screen: Screen
) -> str:
    """Return the target levels by milestone, `*` after those that are reached, and the earned level."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD if screen.unicode else box.ASCII2, show_edge=False, pad_edge=False)
    table.add_column("service", overflow="fold")
    for milestone in milestones:
        table.add_column(milestone, no_wrap=True)
    table.add_column("earned", no_wrap=True)
    for service, cells in rows.items():
        targets = [_target(cells.get(milestone), earned[service]) for milestone in milestones]
        table.add_row(shown(service), *targets, str(earned[service]))
    return draw([table, f"* reached: {reached(governance)}   - not in scope"], screen)


def as_markdown(rows: Rows, earned: Mapping[str, Level], milestones: list[str]) -> str:
    """Return the matrix as a Markdown table."""
    lines = [
        f"| service | {' | '.join(milestones)} | earned |",
        f"|---|{'---|' * len(milestones)}---|",
    ]
    for service, cells in rows.items():
        targets = " | ".join(_target(cells.get(milestone), earned[service]) for milestone in milestones)
        lines.append(f"| {service} | {targets} | {earned[service]} |")
    return "\n".join(lines).replace("*", "\\*") + "\n"


def _target(cell: Cell | None, earned: Level) -> str:
    if cell is None:
        return "-"
    return f"{cell.level}*" if earned >= cell.level else str(cell.level)
