"""Services over all milestones: the content of a site's index and of its pages about services."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from gatekeeper.model.action import Action
from gatekeeper.model.overview import Exit, Overview
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Service
from gatekeeper.model.trend import Trend
from gatekeeper.model.verdict import GROUP_SIGN_OFFS, ServiceResult, Standing
from gatekeeper.reporters.pages.grids import LevelRow, level_grid
from gatekeeper.reporters.pages.sparkline import sparkline

MOST_CRITERIA = 10
"""How many criteria the index lists that are open in most services."""
_RANKS = {standing: rank for rank, standing in enumerate(Standing)}


class ServiceAtMilestone(NamedTuple):
    """A service's result at one milestone."""

    exit: Exit
    result: ServiceResult

    @property
    def has_exited(self) -> bool:
        """Whether the milestone has exited."""
        return self.exit.milestone.exited_by(self.exit.result.as_of) is not None

    @property
    def actions(self) -> list[Action]:
        """The actions of this service, the most helpful first."""
        found = (action.of([self.result.service.service]) for action in self.exit.result.actions)
        return [action for action in found if action]


class ListedService(NamedTuple):
    """A service in the list of the index."""

    service: Service
    now: ServiceAtMilestone | None
    """At its next milestone; without one, at the last that has exited."""
    levels: LevelRow
    history: Markup
    """A sparkline of its progress at that milestone; empty without history."""

    @property
    def open(self) -> list[tuple[str, int]]:
        """How many criteria are open, by gate and other groups in words."""
        groups = self.now.result.open_by_group if self.now else {}
        return [(group.removeprefix("."), count) for group, count in groups.items()]

    @property
    def open_ids(self) -> list[str]:
        """What the search finds it by besides its names: open criteria, and the sign-off of its target."""
        if self.now is None:
            return []
        result = self.now.result
        missing = [f"sign-off:{result.cell.level.id}"] if GROUP_SIGN_OFFS in result.open_by_group else []
        return [*(of.rule.id for of in result.open_criteria), *missing]


class OpenCriterion(NamedTuple):
    """A criterion, and in how many services it is open."""

    rule: Rule
    services: int


def by_service(overview: Overview) -> Mapping[str, list[ServiceAtMilestone]]:
    """Return every service's results, in the order of the roadmap."""
    found: dict[str, list[ServiceAtMilestone]] = {name: [] for name in overview.services}
    for exit_ in overview.exits.values():
        for result in exit_.result.services:
            found[result.service.service].append(ServiceAtMilestone(exit_, result))
    return found


def now(at: Sequence[ServiceAtMilestone]) -> ServiceAtMilestone | None:
    """Return the first milestone that has not exited; without one, the last exited milestone."""
    ahead = [sight for sight in at if not sight.has_exited]
    return next(iter((*ahead, *at[::-1])), None)


def listed(
    overview: Overview, at: Mapping[str, Sequence[ServiceAtMilestone]], trend: Trend | None
) -> list[ListedService]:
    """Return every service for the index: the worst standing first, then the most open."""
    levels = {row.service: row for row in level_grid(overview)}
    found = [
        ListedService(service, now(at[name]), levels[name], history(service, now(at[name]), trend))
        for name, service in overview.services.items()
    ]
    return sorted(found, key=_harm)


def _harm(of: ListedService) -> tuple[int, int]:
    rank = _RANKS[of.now.result.standing] if of.now else len(_RANKS)
    return rank, -sum(count for _, count in of.open)


def history(service: Service, at: ServiceAtMilestone | None, trend: Trend | None) -> Markup:
    """Return a sparkline of a service at a milestone; empty if there is no history."""
    if not (trend and at):
        return Markup("")
    milestone = at.result.cell.milestone
    names = (service.service, *service.identity.formerly)
    return sparkline(f"{service.service} at {milestone}", trend.of_service(names, milestone))


def most_open(services: Iterable[ListedService]) -> list[OpenCriterion]:
    """Return the criteria that are open in most services, each at the next milestone of the service."""
    rules: dict[str, Rule] = {}
    counts: dict[str, int] = {}
    for of in services:
        for result in of.now.result.open_criteria if of.now else ():
            rules[result.rule.id] = result.rule
            counts[result.rule.id] = counts.get(result.rule.id, 0) + 1
    ranked = sorted(counts, key=lambda id_: (-counts[id_], id_))
    return [OpenCriterion(rules[id_], counts[id_]) for id_ in ranked[:MOST_CRITERIA]]


def dependants(overview: Overview) -> Mapping[str, list[str]]:
    """Return the services that depend on each service, sorted by name."""
    found: dict[str, list[str]] = {name: [] for name in overview.services}
    for name in sorted(overview.services):
        for needed in overview.services[name].depends_on:
            found[needed].append(name)
    return found
