"""`matrix`: the target level of every service at every milestone, and the level it has earned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.report import Screen
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.reporters.text import markdown
from gatekeeper.reporters.text.screen import Part, Parts, grid, indented, shown
from gatekeeper.reporters.wording.legends import names_of_levels, names_of_milestones
from gatekeeper.reporters.wording.levels import reached

Rows = Mapping[str, Mapping[str, Cell]]


class Matrix(NamedTuple):
    """The plan, and what its services have earned."""

    rows: Rows
    earned: Mapping[str, Level]
    roadmap: Roadmap
    rulebook: Rulebook

    def legend(self) -> Iterator[str]:
        """Yield what the signs mean, and the names of milestones and levels."""
        yield f"* reached: {reached(self.rulebook.governance)}   - not in scope"
        yield from filter(
            None, (names_of_milestones(self.roadmap.values()), names_of_levels(self.rulebook.levels))
        )


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
    yield from (indented(shown(line), 0) for line in matrix.legend())


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
    lines += (f"\n{markdown.text(line)}\n" for line in list(matrix.legend())[1:])
    return "".join(lines)


def _targets(matrix: Matrix) -> Iterator[tuple[str, list[str]]]:
    """Yield each service with its targets, one for each milestone."""
    for service, cells in matrix.rows.items():
        earned, targets = matrix.earned[service], map(cells.get, matrix.roadmap)
        yield service, [f"{of.level}{'*' * (earned >= of.level)}" if of else "-" for of in targets]
