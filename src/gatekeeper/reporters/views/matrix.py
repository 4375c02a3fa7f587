"""`matrix`: the target level of every service at every milestone, and the level it has earned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from rich.text import Text

from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.plan import Cell
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text import markdown
from gatekeeper.reporters.text.screen import Part, Parts, flowing, grid, shown, visible
from gatekeeper.reporters.wording.legends import exit_of, names_of_levels, names_of_milestones
from gatekeeper.reporters.wording.levels import reached

Rows = Mapping[str, Mapping[str, Cell]]


class Matrix(NamedTuple):
    """The plan, and what its services have earned."""

    rows: Rows
    earned: Mapping[str, Level]
    roadmap: Roadmap
    rulebook: Rulebook

    as_of: date

    def facts(self, milestone: Milestone) -> Iterator[str]:
        """Yield how many targets of a milestone are reached, and when it exits or exited."""
        id_ = milestone.milestone
        targets = {name: cells[id_].level for name, cells in self.rows.items() if id_ in cells}
        yield f"{sum(self.earned[name] >= of for name, of in targets.items()):,} of {len(targets):,} reached"
        if words := exit_of(milestone, self.as_of):
            yield words


Targets = Mapping[str, Sequence[str]]
"""By service, one text for each milestone."""
_GAP = 3
"""Characters between two columns."""


def data(matrix: Matrix) -> dict[str, Any]:
    """Return every cell: its level, its gates with their scopes, and the capabilities it adds."""
    return {
        "services": {
            service: {
                milestone: {
                    "level": str(cell.level),
                    "gates": {gate: scope.scope if scope else None for gate, scope in cell.gates.items()},
                    "adds": [added.capability for added in cell.adds],
                }
                for milestone, cell in cells.items()
            }
            for service, cells in matrix.rows.items()
        },
        "earned": {service: str(level) for service, level in matrix.earned.items()},
        "milestone_names": matrix.roadmap.names,
        "level_names": {level.id: level.name for level in matrix.rulebook.levels},
    }


def parts(matrix: Matrix, screen: Screen) -> Parts:
    """Yield the target levels by milestone, `*` after those that are reached, and the earned level.

    Milestones that do not fit beside each other follow in further tables.
    """
    targets = dict(_targets(matrix))
    for i, block in enumerate(_blocks(matrix, targets, screen.width)):
        if i:
            yield ""
        yield _table(matrix, targets, block, screen)
    yield f"* reached: {reached(matrix.rulebook.governance)}   - not in scope"
    yield ""
    for milestone in matrix.roadmap.values():
        title = Text(visible(milestone.title), "bold")
        yield from flowing([title, *map(Text, matrix.facts(milestone))], screen, 0, hanging=4)
    if levels := [level.title for level in matrix.rulebook.levels if level.title != level.id]:
        yield ""
        yield from flowing([Text(visible(title)) for title in levels], screen, 0)


def _table(matrix: Matrix, targets: Targets, block: Sequence[int], screen: Screen) -> Part:
    milestones = list(matrix.roadmap)
    table = grid(screen, pad_edge=False)
    for title in ("service", *(milestones[i] for i in block), "earned"):
        table.add_column(title, overflow="fold")
    for service, of_service in targets.items():
        table.add_row(shown(service), *(of_service[i] for i in block), str(matrix.earned[service]))
    return table


def _blocks(matrix: Matrix, targets: Targets, width: int) -> list[list[int]]:
    """Return the places of milestones whose columns fit beside each other, one list for each table."""
    taken = _widest("service", targets) + _widest("earned", map(str, matrix.earned.values())) + _GAP
    blocks: list[list[int]] = [[]]
    left = room = max(width - taken, 0)
    for i, milestone in enumerate(matrix.roadmap):
        needed = _widest(milestone, (of_service[i] for of_service in targets.values())) + _GAP
        if needed > left and blocks[-1]:
            blocks.append([])
            left = room
        blocks[-1].append(i)
        left -= needed
    return blocks


def _widest(title: str, texts: Iterable[str]) -> int:
    return max(len(title), *map(len, texts), 0)


def as_markdown(matrix: Matrix) -> str:
    """Return the matrix as a Markdown table."""
    lines = [markdown.table("service", *map(markdown.text, matrix.roadmap), "earned")]
    for service, targets in _targets(matrix):
        cells = (target if target == "-" else markdown.text(target) for target in targets)
        lines.append(markdown.row(markdown.text(service), *cells, markdown.text(matrix.earned[service].id)))
    legend = names_of_milestones(matrix.roadmap.values()), names_of_levels(matrix.rulebook.levels)
    lines += (f"\n{markdown.text(line)}\n" for line in filter(None, legend))
    return "".join(lines)


def _targets(matrix: Matrix) -> Iterator[tuple[str, list[str]]]:
    """Yield each service with its targets, one for each milestone."""
    for service, cells in matrix.rows.items():
        earned, targets = matrix.earned[service], map(cells.get, matrix.roadmap)
        yield service, [f"{of.level}{'*' * (earned >= of.level)}" if of else "-" for of in targets]
