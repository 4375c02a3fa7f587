"""The grids of a report as data, for HTML and Markdown: levels by milestone (the heat map), and gates."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.overview import Exit, Overview
from gatekeeper.model.status import GateStatus, ServiceVerdict
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.wording.legends import names_of_levels, names_of_milestones
from gatekeeper.reporters.wording.levels import reached
from gatekeeper.reporters.wording.verdict import count_with

GATES_LEGEND = "✓ green; ~ green with exceptions; ✗ red, with the number of open criteria; · not required"


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


class GateCell(NamedTuple):
    """The status of one gate for one service, and how many of its criteria block."""

    status: GateStatus
    open: int


class MilestoneRow(NamedTuple):
    """The verdict on one milestone, in numbers of services."""

    exit: Exit
    services: int
    ready: int
    excepted: int
    blocked: int


def level_grid(overview: Overview) -> list[LevelRow]:
    """Return a row for each service of the plan, with a cell for each milestone of the roadmap."""
    return [
        LevelRow(
            name, overview.services[name].owner, overview.earned[name], tuple(_level_cells(overview, name))
        )
        for name in overview.plan
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


def gate_cells(result: ServiceResult) -> list[GateCell]:
    """Return a cell for each gate of the rulebook."""
    return [GateCell(gate.status, sum(of.blocks for of in gate.criteria)) for gate in result.gates]


def milestone_rows(overview: Overview) -> list[MilestoneRow]:
    """Return a row for each milestone."""
    verdicts = (ServiceVerdict.READY, ServiceVerdict.EXCEPTED, ServiceVerdict.BLOCKED)
    return [
        MilestoneRow(exit_, len(exit_.result.services), *(count_with(exit_.result, of) for of in verdicts))
        for exit_ in overview.exits.values()
    ]
