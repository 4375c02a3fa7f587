"""Resolve a service's plan: carry gates, scopes and demands from cell to cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from gatekeeper.model.level import Level, Scale
from gatekeeper.model.plan import Cell
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.service import Effect, Scope, Service


def resolve(service: Service, scale: Scale) -> dict[str, Cell]:
    """Return the cells of a service's plan by milestone, in the order of the roadmap."""
    cells: dict[str, Cell] = {}
    gates: Mapping[str, Scope | None] = {}
    has_risen, listed_at = False, scale.lowest
    demands: dict[str, tuple[str, ...]] = {}
    for milestone, planned in service.plan.items():
        level = scale[planned.level]
        if planned.gates is not None:
            gates, listed_at, has_risen = planned.gates, level, False
            demands |= _demands(gates, demands)
        has_risen = has_risen or level > listed_at
        cells[milestone] = Cell(
            milestone=milestone,
            level=level,
            gates=gates,
            narrowing={} if has_risen else _narrowing(gates),
            demands={gate: notes for gate, notes in demands.items() if gate in gates},
            adds=planned.adds,
        )
    return cells


def _narrowing(gates: Mapping[str, Scope | None]) -> dict[str, Scope]:
    return {gate: scope for gate, scope in gates.items() if scope and scope.effect is Effect.NARROWS}


def _demands(
    gates: Mapping[str, Scope | None], before: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return all demands so far by gate; a gate that is dropped and listed again keeps its demands."""
    demands = {}
    for gate, scope in gates.items():
        new = (scope.scope,) if scope and scope.effect is Effect.DEMANDS else ()
        if notes := tuple(dict.fromkeys((*before.get(gate, ()), *new))):
            demands[gate] = notes
    return demands


def cell_for_level(cells: Sequence[Cell], level: Level) -> Cell:
    """Return the cell whose gates decide a level: the first that targets it or more, else the last."""
    return cells_up_to_level(cells, level)[-1]


def cells_up_to_level(cells: Sequence[Cell], level: Level) -> Sequence[Cell]:
    """Return the cells up to the one that decides a level."""
    place = next((i for i, cell in enumerate(cells) if cell.level >= level), len(cells) - 1)
    return cells[: place + 1]


def has_gates(level: Level, cell: Cell) -> bool:
    """Whether a level asks for the gates of the cell that decides it.

    If every cell of a plan is above the first level that requires anything, that level has no gates
    of its own.
    """
    return level.rank > 1 or cell.level == level


def current_target(cells: Iterable[Cell], scale: Scale, roadmap: Roadmap, as_of: date) -> Level:
    """Return the highest target up to the first milestone that had not exited by a day."""
    current = roadmap.current(as_of)
    until = roadmap if current is None else roadmap.until(current)
    return max((cell.level for cell in cells if cell.milestone in until), default=scale.lowest)


def cells_until(cells: Mapping[str, Cell], milestone: str) -> list[Cell]:
    """Return the cells up to and including a milestone."""
    names = list(cells)
    return [cells[name] for name in names[: names.index(milestone) + 1]]


def latest_cell(cells: Mapping[str, Cell], roadmap: Roadmap, milestone: str) -> Cell | None:
    """Return the cell at a milestone, else the last one before it; None if the plan starts later."""
    until = roadmap.until(milestone)
    return next((cells[name] for name in reversed(until) if name in cells), None)
