"""The grids of a report as data, for HTML and Markdown: the heat map of gates, and levels by milestone."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.overview import Overview
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import GateStatus, Status
from gatekeeper.model.verdict import (
    GROUP_CAPABILITIES,
    GROUP_LEVELS,
    GROUP_SIGN_OFFS,
    ServiceResult,
    Standing,
    group_of,
)
from gatekeeper.reporters.text.screen import SYMBOLS
from gatekeeper.reporters.wording.legends import names_of_gates, names_of_levels, names_of_milestones
from gatekeeper.reporters.wording.levels import reached

MOST_LISTED = 2_000
"""How many services a page lists, the worst first, while its figures count all: a browser opens 13 MB."""


class LevelCell(NamedTuple):
    """The target of one service at one milestone."""

    milestone: str
    target: Level | None
    """None: the service is not in scope."""
    gap: int
    """How many levels are missing."""

    @property
    def shade(self) -> int:
        """Return the shade of the cell, from 0 to 3."""
        return min(self.gap, 3)

    @property
    def label(self) -> str:
        """Return the text of the cell: `L2 +1`."""
        if self.target is None:
            return "-"
        return f"{self.target} +{self.gap}" if self.gap else f"{self.target} ✓"


class LevelRow(NamedTuple):
    """The targets of one service, against its effective level."""

    service: str
    owner: str
    effective: Level
    cells: tuple[LevelCell, ...]


class Column(NamedTuple):
    """A gate, the levels, the capabilities or the sign-offs: what is asked of all services together."""

    group: str
    """The id of a gate, or a group of `model/verdict`."""
    label: str
    name: str | None
    """What the label means, if that is not obvious."""
    met: int
    due: int


class CellState(StrEnum):
    """The state of a service in a column, the worst first."""

    LOST = "lost"
    OPEN = "open"
    EXCEPTED = "excepted"
    MET = "met"
    NOT_ASKED = "not asked"

    @property
    def sign(self) -> str:
        """Return its sign."""
        return SYMBOLS[_LIKE[self]][0]


class GateCell(NamedTuple):
    """What is open of one service in one column."""

    group: str
    state: CellState
    open: int


class GridRow(NamedTuple):
    """A service in the heat map of gates."""

    result: ServiceResult
    cells: tuple[GateCell, ...]


class GateMap(NamedTuple):
    """The heat map of gates and services, those with the worst standing first."""

    columns: tuple[Column, ...]
    """Only what is asked of some service; they count the services that have no row, too."""
    standings: Mapping[Standing, Sequence[GridRow]]
    """The rows, at most `MOST_LISTED`."""
    services: int
    """How many services there are."""

    @property
    def listed(self) -> list[ServiceResult]:
        """The services that have a row, in order."""
        return [row.result for rows in self.standings.values() for row in rows]

    @property
    def has_long_ids(self) -> bool:
        """Whether ids of gates or levels need more room than `G1` and `L1`."""
        levels = (of.cell.level.id for of in self.listed)
        return max(map(len, (*(column.label for column in self.columns), *levels)), default=0) > _SHORT_ID

    @property
    def is_long(self) -> bool:
        """Whether a browser should lay out only the rows that are visible."""
        return len(self.listed) > _MANY


_MANY = 100
_SHORT_ID = 4
_LIKE = {
    CellState.LOST: Standing.REGRESSED,
    CellState.OPEN: Standing.OPEN,
    CellState.EXCEPTED: Standing.EXCEPTED,
    CellState.MET: Status.PASS,
    CellState.NOT_ASKED: Status.NOT_APPLICABLE,
}
_RANKS = {standing: rank for rank, standing in enumerate(Standing)}
_LOSSES = frozenset({"regression", "lapsed"})
_OTHERS: Mapping[str, tuple[str, str | None]] = {
    GROUP_LEVELS: ("lvl", "Levels"),
    GROUP_CAPABILITIES: ("cap", "Capabilities"),
    GROUP_SIGN_OFFS: ("sign", "Sign-offs"),
}


def level_grid(overview: Overview, listed: Iterable[str] | None = None) -> list[LevelRow]:
    """Return a row for each service of the plan, with a cell for each milestone of the roadmap.

    Args:
        overview: What was judged.
        listed: The services that a page lists; it has as many others as fit. None: all have a row.
    """
    most = None if listed is None else MOST_LISTED
    kept = set([*dict.fromkeys((*(listed or ()), *overview.plan))][:most])
    return [
        LevelRow(
            name, overview.services[name].owner, overview.earned[name], tuple(_level_cells(overview, name))
        )
        for name in overview.plan
        if name in kept
    ]


def level_legend(overview: Overview) -> list[str]:
    """Return what the signs mean, and the names of the milestones and levels."""
    signs = f"✓ reached: {reached(overview.rulebook.governance)}; +1: one level missing; - not in scope"
    named = names_of_milestones(overview.roadmap.values()), names_of_levels(overview.rulebook.levels)
    return [signs, *filter(None, named)]


def _level_cells(overview: Overview, service: str) -> Iterator[LevelCell]:
    for milestone in overview.roadmap:
        cell = overview.plan[service].get(milestone)
        gap = max(0, cell.level.rank - overview.earned[service].rank) if cell else 0
        yield LevelCell(milestone, cell.level if cell else None, gap)


def gate_map(overview: Overview, services: Sequence[ServiceResult]) -> GateMap:
    """Return what is open of services: by standing, then those with the most open first."""
    columns, rows = gate_rows(overview.rulebook, _by_harm(services))
    found: dict[Standing, list[GridRow]] = {}
    for row in rows[:MOST_LISTED]:
        found.setdefault(row.result.standing, []).append(row)
    return GateMap(columns, found, len(services))


def listed(services: Sequence[ServiceResult]) -> Collection[str]:
    """Return the names of the services that have a row in the heat map."""
    return {of.service.service for of in _by_harm(services)[:MOST_LISTED]}


def _by_harm(services: Iterable[ServiceResult]) -> list[ServiceResult]:
    return sorted(services, key=lambda of: (_RANKS[of.standing], -sum(of.open_by_group.values())))


def gate_rows(
    rulebook: Rulebook, results: Sequence[ServiceResult]
) -> tuple[tuple[Column, ...], list[GridRow]]:
    """Return a row for each result in order, and the columns of what is asked in any of them."""
    asked = [_due(result, rulebook) for result in results]
    columns = tuple(_columns(rulebook, asked))
    groups = [column.group for column in columns]
    rows = zip(results, asked, strict=True)
    return columns, [GridRow(result, tuple(_cells(result, groups, due))) for result, due in rows]


def gate_map_legend(found: GateMap, overview: Overview) -> list[str]:
    """Return what the signs mean, which gates are not asked, and the names of the others."""
    shown = {cell.state for rows in found.standings.values() for row in rows for cell in row.cells}
    signs = ", ".join(f"{state.sign} {state}" for state in CellState if state in shown)
    groups = {column.group for column in found.columns}
    left_out = [gate for gate in overview.rulebook.gates if gate not in groups]
    gates = (gate for name, gate in overview.rulebook.gates.items() if name in groups)
    besides = (f"{of.label}: {of.name}" for of in found.columns if of.group not in overview.rulebook.gates)
    lines = [
        f"{signs}; the figure is the number of open criteria",
        "; ".join(("level: held→target", *besides)),
        *([f"asked of no service: {', '.join(left_out)}"] if left_out else []),
        *filter(None, [names_of_gates(gates)]),
    ]
    return [f"{line[0].upper()}{line[1:]}" for line in lines]


def _cells(
    result: ServiceResult, groups: Sequence[str], due: Mapping[str, Sequence[Status]]
) -> Iterator[GateCell]:
    """Yield a cell for each group."""
    open_, lost = result.open_by_group, _lost(result)
    red = {gate.gate for gate in result.gates if gate.status is GateStatus.RED}
    for group in groups:
        count, statuses = open_.get(group, 0), due.get(group, ())
        if group in lost and count:
            state = CellState.LOST
        elif count or group in red:
            state = CellState.OPEN
        elif Status.EXCEPTED in statuses:
            state = CellState.EXCEPTED
        else:
            state = CellState.MET if statuses else CellState.NOT_ASKED
        yield GateCell(group, state, count)


def _columns(rulebook: Rulebook, asked: Iterable[Mapping[str, Sequence[Status]]]) -> Iterator[Column]:
    statuses: dict[str, list[Status]] = {}
    for of in asked:
        for group, found in of.items():
            statuses.setdefault(group, []).extend(found)
    named = {**{gate.gate: (gate.gate, gate.name) for gate in rulebook.gates.values()}, **_OTHERS}
    for group, (label, name) in named.items():
        if group in statuses:
            met = statuses[group].count(Status.PASS)
            yield Column(group, label, name if name != label else None, met, len(statuses[group]))


def _due(result: ServiceResult, rulebook: Rulebook) -> Mapping[str, Sequence[Status]]:
    """Return the statuses of what is due of a service, and of what is open besides, by group."""
    found: dict[str, list[Status]] = {}
    for of in result.due_criteria:
        found.setdefault(group_of(of.rule), []).append(of.status)
    for group in (
        *result.open_by_group,
        *(gate.gate for gate in result.gates if gate.status is GateStatus.RED),
    ):
        found.setdefault(group, [])
    if roles := rulebook.governance.upgrade_sign_offs:
        missing = result.missing_sign_offs
        state = Status.MISSING if GROUP_SIGN_OFFS in result.open_by_group else Status.EXCEPTED
        found[GROUP_SIGN_OFFS] = [state if role in missing else Status.PASS for role in roles]
    return found


def _lost(result: ServiceResult) -> set[str]:
    """Return the groups of criteria that were earned and no longer hold."""
    lost = {id_ for reason in result.reasons if reason.code in _LOSSES for id_ in reason.criteria}
    return {group_of(of.rule) for of in result.open_criteria if of.rule.id in lost}
