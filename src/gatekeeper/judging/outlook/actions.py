"""Find the least work that unblocks an exit: each thing to do once, the most helpful first."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.judging.outlook.needs import Need, Wording, Work, needs
from gatekeeper.model.action import Action, Option, Share, Way
from gatekeeper.model.status import Effort, ServiceVerdict
from gatekeeper.model.verdict import ServiceResult

_EFFORTS = tuple(Effort)


class Outlook(NamedTuple):
    """The milestones around the one that is judged."""

    milestones: Sequence[str] = ()
    """All milestones in order, if known."""
    others: Mapping[str, Sequence[ServiceResult]] = {}
    """Verdicts at further milestones that an action may also help."""
    is_partial: bool = False
    """Some services were filtered out, so no action can promise to unblock a milestone."""

    def may_except(self, milestone: str) -> bool:
        """Whether an exception may be opened in a milestone: not in the last one."""
        return not self.milestones or milestone != self.milestones[-1]


_ALONE = Outlook()
Needy = tuple[str, tuple[Need, ...]]
"""A blocked service, and its needs."""


class _Building:
    """An action under construction. Keeps only the service fields that the report shows."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.effort = work.effort
        self.shares: list[Share] = []
        self.excusable = True
        self.questions: set[object] = set()
        self.open_to: dict[tuple[Way, str | None], list[str]] = defaultdict(list)

    def add(self, service: str, need: Need, *, finishes: bool) -> None:
        work = need.work
        if work.effort is not self.effort:
            self.effort = max(self.effort, work.effort, key=_EFFORTS.index)
        self.shares.append(work.share(service, finishes=finishes, recovers=need.recovers))
        self.excusable = self.excusable and need.excusable
        if need.questions:
            self.questions.update((service, question) for question in need.questions)
        for option in need.options:
            self.open_to[option].append(service)

    def options(self) -> tuple[Option, ...]:
        return tuple(Option(way, by, tuple(services)) for (way, by), services in self.open_to.items())


class _Other:
    """The needs of another milestone's blocked services, and whether each has only one left."""

    def __init__(self, services: Iterable[Needy]) -> None:
        self.asked: set[object] = set()
        self.is_nearly_done = True
        for service, found in services:
            self.asked.update((service, question) for need in found for question in need.questions)
            self.is_nearly_done = self.is_nearly_done and len(found) == 1

    def is_helped(self, action: _Building) -> bool:
        return not action.questions.isdisjoint(self.asked)

    def is_unblocked(self, action: _Building) -> bool:
        return self.is_nearly_done and bool(self.asked) and self.asked <= action.questions


def actions(
    milestone: str, services: Iterable[ServiceResult], outlook: Outlook = _ALONE
) -> tuple[Action, ...]:
    """Return the actions of all blocked services: regressions first, then the most helpful and easiest."""
    return actions_of(milestone, blocked(milestone, services, outlook), outlook)


def actions_of(milestone: str, services: Iterable[Needy], outlook: Outlook = _ALONE) -> tuple[Action, ...]:
    """Return the actions of blocked services whose needs are known, in the order of `actions`."""
    others = {name: _Other(blocked(name, results, outlook)) for name, results in outlook.others.items()}
    building: dict[Hashable, _Building] = {}
    of_work: dict[int, tuple[Work, _Building]] = {}
    number = 0
    for service, found in services:
        number += 1
        for need in found:
            work = need.work
            if (of := of_work.get(id(work))) is None:  # many services share a piece of work
                one = building.get(work.same) or building.setdefault(work.same, _Building(work))
                of = of_work[id(work)] = work, one
            of[1].add(service, need, finishes=len(found) == 1)
    order = outlook.milestones or (milestone, *others)
    done = []
    for one in building.values():
        helped = {milestone, *(name for name, other in others.items() if other.is_helped(one))}
        unblocked = {name for name, other in others.items() if other.is_unblocked(one)}
        if sum(share.finishes for share in one.shares) == number:
            unblocked.add(milestone)
        promised = () if outlook.is_partial else tuple(name for name in order if name in unblocked)
        done.append(_done(one, tuple(name for name in order if name in helped), promised))
    return tuple(sorted(done, key=_order))


def blocked(milestone: str, services: Iterable[ServiceResult], outlook: Outlook) -> Iterator[Needy]:
    """Yield the blocked services of a milestone with their needs, one at a time to save memory."""
    may_except, compares, wording = outlook.may_except(milestone), bool(outlook.others), Wording()
    for result in services:
        if result.verdict is ServiceVerdict.BLOCKED:
            found = needs(result, may_except=may_except, compares=compares, wording=wording)
            yield result.service.service, found


def _done(of: _Building, helped: tuple[str, ...], unblocked: tuple[str, ...]) -> Action:
    work = of.work
    return Action(
        work.kind,
        work.about,
        work.detail,
        work.comes_last,
        work.heading,
        of.effort,
        tuple(of.shares),
        of.excusable,
        unblocked,
        helped,
        of.options(),
    )


def _order(action: Action) -> tuple[object, ...]:
    """Return the sort key of an action; ties keep the order of the rulebook because sorting is stable."""
    return (
        action.comes_last,
        not action.recovers,
        -sum(share.finishes for share in action.shares),
        -action.answers,
        -len(action.shares),
        -len(action.milestones),
        _EFFORTS.index(action.effort),
    )
