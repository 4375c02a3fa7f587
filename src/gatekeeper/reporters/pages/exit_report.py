"""The content of an exit report, as data for HTML and Markdown; `grids` has its grids."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from gatekeeper.model.action import Action, ActionKind
from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.level import Level
from gatekeeper.model.moment import utc_day
from gatekeeper.model.overview import Exit, Overview
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import CAPABILITY_PREFIX, SignOff
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.status import Basis, MilestoneVerdict, ServiceVerdict, Status
from gatekeeper.model.verdict import (
    GROUP_CAPABILITIES,
    GROUP_LEVELS,
    GROUP_SIGN_OFFS,
    CriterionResult,
    Reason,
    ServiceResult,
    Standing,
    group_of,
    to_show,
)
from gatekeeper.reporters.pages import grids
from gatekeeper.reporters.wording import changes, outcomes
from gatekeeper.reporters.wording.actions import named, remaining
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.provenance import compared, known_about
from gatekeeper.reporters.wording.reasons import is_critical, is_reported
from gatekeeper.reporters.wording.verdict import count_with

MOST_FIRST = 5
"""How many actions the first screen shows."""
MOST_LOSSES = 4
"""How many of what is lost, or claimed without its signatures, the first screen shows."""
_UNSIGNED = "sign-offs-missing"
_Row = TypeVar("_Row")
SERVICE = ".service"
"""The group of a service's own marks, besides gates and the groups of `model/verdict`."""


class HeldLevel(NamedTuple):
    """A level, and how many of the services that need it have it."""

    level: Level
    held: int
    needed: int


class Loss(NamedTuple):
    """What a service has lost, claims without signatures, or has not delivered in time."""

    result: ServiceResult
    reason: Reason


class Group(NamedTuple):
    """The criteria of one gate, or of the levels or capabilities, of a service; or its sign-offs."""

    group: str
    """The id of a gate, or a group of `model/verdict`."""
    title: str
    tally: str
    """How many are met."""
    met: tuple[CriterionResult, ...] = ()
    unmet: tuple[CriterionResult, ...] = ()
    """All others, and tightened versions: open or excepted."""
    note: str = ""


class Alike(NamedTuple):
    """Criteria of which the same is said."""

    result: CriterionResult
    """The first of them."""
    criteria: tuple[str, ...]


class SharedGroups:
    """The groups of criteria of which the same is said for several services, so that it is said once."""

    def __init__(self, services: Iterable[ServiceResult]) -> None:
        self._known: dict[tuple[int, ...], object] = {}
        found: dict[object, list[Group]] = {}
        for result in services:
            for group in groups(result):
                found.setdefault(self._said(group), []).append(group)
        several = {said: of for said, of in found.items() if said and len(of) > 1}
        self._places = {said: place for place, said in enumerate(several, 1)}
        self.all = [(place, of[0], len(of)) for place, of in enumerate(several.values(), 1)]
        """Each with its number, the first one, and the number of services."""

    def place(self, group: Group) -> int | None:
        """Return the number of a group; None if it is that of one service only."""
        return self._places.get(self._said(group))

    def _said(self, group: Group) -> object:
        """Return what is said of a group; None if nothing is open, or something needs more words."""
        if not group.unmet:
            return None
        # Services without evidence share their results.
        key = tuple(map(id, group.unmet))
        if key not in self._known:
            at_length = any(map(needs_more_words, group.unmet))
            self._known[key] = None if at_length else tuple((of.rule.id, _said(of)) for of in group.unmet)
        return self._known[key]


class Lapsing(NamedTuple):
    """What lapses on a day for the same reason, in one or many services."""

    lapse: Lapse
    """Its service is a number of services if there are many."""
    services: tuple[str, ...]
    owners: tuple[str, ...]


class SignOffs(NamedTuple):
    """The sign-offs of a level of a service, and the roles whose sign-off is missing."""

    result: ServiceResult
    level: Level
    given: Mapping[str, SignOff]
    missing: frozenset[str]
    changed: frozenset[str]
    """The roles that signed something else than what is asked today."""

    def how(self, role: str) -> str:
        """Return how the sign-off of a role was made: `signed`, `typed`, `grandfathered`."""
        keys = "sign_offs", self.level.id, role
        found = (one.seen.state for one in self.result.statements if one.statement.keys == keys)
        return next(found, SignatureState.TYPED)


class Exhibit(NamedTuple):
    """An artefact that was read for a service."""

    service: str
    owner: str
    evidence: Evidence
    days_old: int | None
    known: str
    """What is known about it, in words."""

    @property
    def age(self) -> str:
        """Return the age: `12 d`."""
        return "not dated" if self.days_old is None else f"{self.days_old} d"


def outlook(exit_: Exit) -> str:
    """Return how many services are ready, and how much work remains."""
    result = exit_.result
    ready, excepted = (count_with(result, of) for of in (ServiceVerdict.READY, ServiceVerdict.EXCEPTED))
    verb = "is" if 1 in (ready, len(result.services)) else "are"
    outlook = f"{ready:,} of {counted(len(result.services), 'service')} {verb} ready"
    if excepted:
        outlook += f", {excepted:,} by exception"
    if result.verdict is not MilestoneVerdict.BLOCKED:
        return f"{outlook}; nothing is left to do."
    return f"{outlook}; {remaining(result.actions)}."


def with_verdict(exit_: Exit, verdict: ServiceVerdict) -> list[ServiceResult]:
    """Return the services with a verdict."""
    return [of for of in exit_.result.services if of.verdict is verdict]


def losses(exit_: Exit) -> list[Loss]:
    """Return what was lost, is claimed without its signatures, or is overdue, the worst first."""
    found = [Loss(of, reason) for of in exit_.result.services for reason in of.reasons if is_critical(reason)]
    ranks = list(Standing)
    return sorted(found, key=lambda one: ranks.index(one.result.standing))


def held_levels(exit_: Exit) -> list[HeldLevel]:
    """Return how many services have each level that the milestone needs, the lowest level first."""
    services = exit_.result.services
    targets = sorted({of.cell.level for of in services if of.cell.level.rank})
    return [
        HeldLevel(
            level,
            sum(of.effective_level >= level for of in services if of.cell.level >= level),
            sum(of.cell.level >= level for of in services),
        )
        for level in targets
    ]


def reasons(result: ServiceResult) -> list[Reason]:
    """Return the reasons that are reported besides the open criteria and the missing sign-offs."""
    return [reason for reason in result.reasons if is_reported(reason) and reason.code != _UNSIGNED]


def groups(result: ServiceResult) -> Iterator[Group]:
    """Yield what is asked of a service by gate, level and capability, without groups that do not apply."""
    titles = {
        gate.gate: f"{gate.title} ({gate.scope})" if gate.scope else gate.title for gate in result.gates
    }
    titles |= {GROUP_LEVELS: "Levels", GROUP_CAPABILITIES: "Capabilities"}
    asked: dict[str, list[CriterionResult]] = {group: [] for group in titles}
    for gate in result.gates:
        asked[gate.gate] += gate.criteria
    asked[GROUP_LEVELS] += result.level_criteria
    asked[GROUP_CAPABILITIES] += result.capabilities
    for of in result.held_up_by:  # of other cells of the plan
        here = asked.setdefault(group_of(of.rule), [])
        if all(one.rule.id != of.rule.id for one in here):
            here.append(of)
    for group, results in asked.items():
        if any(of.status is not Status.NOT_APPLICABLE for of in results):
            met = tuple(of for of in results if of.status is Status.PASS)
            tally, title = (
                outcomes.met_of(results),
                titles.get(group, f"{group} (an earlier cell of the plan)"),
            )
            yield Group(group, title, tally, met, tuple(to_show(results)))
    if missing := ", ".join(result.missing_sign_offs):
        covered = f"{result.cell.level} is not signed off: {missing}; an exception covers that"
        note = next((reason.message for reason in result.reasons if reason.code == _UNSIGNED), covered)
        yield Group(GROUP_SIGN_OFFS, "Sign-offs", "", note=f"{note}.")


def alike(results: Sequence[CriterionResult]) -> list[Alike]:
    """Return criteria together of which the same is said: their status, the reason and what was seen."""
    found: dict[object, list[CriterionResult]] = {}
    for of in results:
        found.setdefault(_said(of), []).append(of)
    return [Alike(of[0], tuple(one.rule.id for one in of)) for of in found.values()]


def _said(result: CriterionResult) -> tuple[str, ...]:
    return outcomes.status_words(result), *outcomes.seen(result)


def needs_more_words(result: CriterionResult) -> bool:
    """Return whether a criterion has more to say than its status and reason, however short the report is."""
    is_doubtful = result.status in (Status.UNREADABLE, Status.UNPROVEN)
    return bool(result.findings or result.exception or is_doubtful)


def lapsing(lapses: Iterable[Lapse]) -> list[Lapsing]:
    """Return what lapses; the same criterion on the same day in many services is one entry."""
    found: dict[object, list[Lapse]] = {}
    for lapse in lapses:
        alone = lapse.service if lapse.rests_on is Rests.EXCEPTION else ""
        key = lapse.rests_on, lapse.id, lapse.lapses_on, lapse.remedy, alone
        found.setdefault(key, []).append(lapse)
    entries = []
    for of in found.values():
        services = tuple(lapse.service for lapse in of)
        lapse = of[0]._replace(service=named(services, "service"))
        entries.append(Lapsing(lapse, services, tuple(dict.fromkeys(one.owner for one in of))))
    return entries


def rests_on(result: ServiceResult) -> dict[Basis, int]:
    """Return how many criteria are met by each basis: artefact, record, attestation."""
    met = {of.rule.id: of.basis for of in result.criteria if of.status is Status.PASS}
    return {basis: sum(of is basis for of in met.values()) for basis in Basis}


def bases(results: Iterable[ServiceResult]) -> list[Basis]:
    """Return what some criterion rests on, the strongest first."""
    counts = [rests_on(of) for of in results]
    return [basis for basis in Basis if any(of[basis] for of in counts)]


def marks(result: ServiceResult) -> list[str]:
    """Return the marks that the filter finds a service by, such as `G1:fail`, once each."""
    of_criteria = {
        mark(of) for of in (*result.criteria, *result.held_up_by) if of.status is not Status.NOT_APPLICABLE
    }
    return sorted({*of_criteria, f"{SERVICE}:{result.verdict}", f"{SERVICE}:{result.standing}"})


def mark(result: CriterionResult) -> str:
    """Return the mark by which the filter finds a criterion: its group and its status."""
    return f"{group_of(result.rule)}:{result.status}"


def groups_of_action(action: Action, gates: Collection[str]) -> list[str]:
    """Return the groups of the criteria that an action answers."""
    if not action.criteria:
        return [GROUP_SIGN_OFFS if action.kind is ActionKind.SIGN else GROUP_LEVELS]
    return sorted({_group_of_id(criterion, gates) for criterion in action.criteria})


def _group_of_id(criterion: str, gates: Collection[str]) -> str:
    if criterion.startswith(CAPABILITY_PREFIX):
        return GROUP_CAPABILITIES
    gate = criterion.partition(".")[0]
    return gate if gate in gates else GROUP_LEVELS


def sign_offs(services: Iterable[ServiceResult]) -> list[SignOffs]:
    """Return each service's sign-offs for its target level, or for a higher level that is signed off."""
    found = []
    for result in services:
        level = max(result.cell.level, result.signed_level)
        given = result.service.sign_offs.get(level.id, {})
        changed = {one.role for one in result.changed_since_signed if one.level == level}
        found.append(SignOffs(result, level, given, frozenset(result.missing_sign_offs), frozenset(changed)))
    return found


def exhibits(services: Iterable[ServiceResult], overview: Overview) -> list[Exhibit]:
    """Return every artefact that a criterion used, once each, sorted by service, slot and path."""
    found: dict[tuple[str, str, str], Exhibit] = {}
    for result in services:
        name = result.service.service
        types = compared(result.service, overview.rulebook.repository)
        for criterion in (*result.criteria, *result.held_up_by):
            for seen in criterion.evidence:
                if seen.path:
                    day = utc_day(seen.produced_at) if seen.produced_at else None
                    age = (overview.as_of - day).days if day else None
                    exhibit = Exhibit(name, result.service.owner, seen, age, known_about(seen, types))
                    found.setdefault((name, seen.slot, seen.path), exhibit)
    return [found[key] for key in sorted(found)]


def limited(services: Iterable[ServiceResult]) -> list[Rule]:
    """Return the criteria that are asked and say what their evidence cannot show, once each, sorted by id."""
    asked = (of for result in services for of in (*result.criteria, *result.held_up_by))
    rules = {of.rule.id: of.rule for of in asked if of.rule.limits and of.status is not Status.NOT_APPLICABLE}
    return [rules[id_] for id_ in sorted(rules)]


def of_listed(
    rows: Sequence[_Row], service: Callable[[_Row], str], listed: Collection[str]
) -> Sequence[_Row]:
    """Return rows about services; if they are too many for a page, those of the services that it lists."""
    return rows if len(rows) <= grids.MOST_LISTED else [row for row in rows if service(row) in listed]


def time_left(days: int | None, milestones: int | None) -> str:
    """Return the time that an exception has left: `21 days, 1 milestone`."""
    given = ((days, "day"), (milestones, "milestone"))
    left = [counted(count, noun) for count, noun in given if count is not None]
    return ", ".join(left) or "-"


def judged(overview: Overview) -> list[tuple[str, str]]:
    """Return what was judged and by which rulebook and version, as pairs of label and value."""
    return [
        ("As of", overview.as_of.isoformat()),
        (
            "Commit",
            overview.commit
            or "none: the workspace is not in a Git repository, or the repository has no commit",
        ),
        ("Rulebook", overview.rulebook.digest),
        ("Judged by", f"gatekeeper {overview.tool_version}"),
    ]


class SharedChange(NamedTuple):
    """The same change of one or many services."""

    message: str
    services: tuple[str, ...]
    seen: str | None


class Since(NamedTuple):
    """What has changed at a milestone since an earlier state."""

    lost: list[SharedChange]
    won: list[SharedChange]
    rules: list[SharedChange]
    """Weakenings of rules and plans, and criteria that ask for more."""
    others: list[SharedChange]

    def counts(self) -> str:
        """Return how much of each: `2 lost, 14 won, 1 change of rules or plan`."""
        lost, won = (sum(len(of.services) or 1 for of in part) for part in (self.lost, self.won))
        return f"{lost:,} lost, {won:,} won, {counted(len(self.rules), 'change')} of rules or plan"


def since(comparison: Comparison, milestone: str) -> Since:
    """Return what has changed at a milestone, alike changes of services together."""
    found = Since([], [], [], [])
    by_kind = {
        ChangeKind.REGRESSION: found.lost,
        ChangeKind.IMPROVEMENT: found.won,
        ChangeKind.RULE_WEAKENED: found.rules,
        ChangeKind.PLAN_WEAKENED: found.rules,
    }
    together: dict[tuple[ChangeKind, str, str | None], list[Change]] = {}
    for change in comparison.changes:
        if not change.milestones or milestone in change.milestones:
            together.setdefault((change.kind, change.message, changes.seen(change)), []).append(change)
    for (kind, message, seen), of in together.items():
        services = dict.fromkeys(change.service for change in of if change.service)
        by_kind.get(kind, found.others).append(SharedChange(message, tuple(services), seen))
    for rule in comparison.tightened:
        what = "is new" if rule.is_new else "asks for more"
        found.rules.append(SharedChange(f"{rule.criterion} {what}", rule.services, None))
    return found
