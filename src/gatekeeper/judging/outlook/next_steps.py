"""Find the least work that unblocks an exit: one step per owner and remedy, the most helpful first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.judging.outlook.needs import Need, Work, needs
from gatekeeper.model.status import Effort, ServiceVerdict
from gatekeeper.model.verdict import NextStep, Option, ServiceResult, Way

_EFFORTS = tuple(Effort)


class Outlook(NamedTuple):
    """The milestones around the one that is judged."""

    milestones: Sequence[str] = ()
    """All milestones in order, if known."""
    others: Mapping[str, Sequence[ServiceResult]] = {}
    """Verdicts at further milestones that a step may also help."""
    is_partial: bool = False
    """Some services were filtered out, so no step can promise to unblock a milestone."""

    def may_except(self, milestone: str) -> bool:
        """Whether an exception may be opened in a milestone: not in the last one."""
        return not self.milestones or milestone != self.milestones[-1]


_ALONE = Outlook()


class _Step:
    """A step under construction. Keeps only the service fields that the report shows."""

    def __init__(self) -> None:
        self.services: list[str] = []
        self.finishes: list[str] = []
        self.excusable = True
        self.recovers = False
        self.questions: set[object] = set()
        self.open_to: dict[tuple[Way, str | None], list[str]] = defaultdict(list)

    def add(self, service: str, need: Need, *, finishes: bool) -> None:
        self.services.append(service)
        if finishes:
            self.finishes.append(service)
        self.excusable = self.excusable and need.excusable
        self.recovers = self.recovers or need.recovers
        self.questions.update((service, question) for question in need.questions)
        for option in need.options:
            self.open_to[option].append(service)

    def options(self) -> tuple[Option, ...]:
        return tuple(Option(way, by, tuple(services)) for (way, by), services in self.open_to.items())


class _Other:
    """The needs of another milestone's blocked services, and whether each has only one left."""

    def __init__(self, services: Iterable[tuple[str, tuple[Need, ...]]]) -> None:
        self.asked: set[object] = set()
        self.is_nearly_done = True
        for service, found in services:
            self.asked.update((service, question) for need in found for question in need.questions)
            self.is_nearly_done = self.is_nearly_done and len(found) == 1

    def is_helped(self, step: _Step) -> bool:
        return not step.questions.isdisjoint(self.asked)

    def is_unblocked(self, step: _Step) -> bool:
        return self.is_nearly_done and bool(self.asked) and self.asked <= step.questions


def next_steps(
    milestone: str, services: Iterable[ServiceResult], outlook: Outlook = _ALONE
) -> tuple[NextStep, ...]:
    """Return the steps of all blocked services: regressions first, then the most helpful and easiest."""
    others = {name: _Other(_blocked(name, results, outlook)) for name, results in outlook.others.items()}
    steps: dict[Work, _Step] = defaultdict(_Step)
    blocked = 0
    for service, found in _blocked(milestone, services, outlook):
        blocked += 1
        for need in found:
            steps[need.work].add(service, need, finishes=len(found) == 1)
    order = outlook.milestones or (milestone, *others)
    finished = []
    for work, step in steps.items():
        helped = {milestone, *(name for name, other in others.items() if other.is_helped(step))}
        unblocked = {name for name, other in others.items() if other.is_unblocked(step)}
        if len(step.finishes) == blocked:
            unblocked.add(milestone)
        promised = () if outlook.is_partial else tuple(name for name in order if name in unblocked)
        finished.append(
            (work, _finished(work, step, tuple(name for name in order if name in helped), promised))
        )
    return tuple(step for _, step in sorted(finished, key=_order))


def _blocked(
    milestone: str, services: Iterable[ServiceResult], outlook: Outlook
) -> Iterator[tuple[str, tuple[Need, ...]]]:
    """Yield the blocked services of a milestone with their needs, one at a time to save memory."""
    may_except, compares = outlook.may_except(milestone), bool(outlook.others)
    for result in services:
        if result.verdict is ServiceVerdict.BLOCKED:
            yield result.service.service, needs(result, may_except=may_except, compares=compares)


def _finished(work: Work, step: _Step, helped: tuple[str, ...], unblocked: tuple[str, ...]) -> NextStep:
    return NextStep(
        step=work.step,
        owner=work.owner,
        effort=work.effort,
        services=tuple(step.services),
        criteria=work.criteria,
        unblocks_services=tuple(step.finishes),
        unblocks_milestones=unblocked,
        excusable=step.excusable,
        milestones=helped,
        options=step.options(),
        recovers=step.recovers,
    )


def _order(ranked: tuple[Work, NextStep]) -> tuple[object, ...]:
    """Return the sort key of a step; ties keep the order of the rulebook because sorting is stable."""
    work, step = ranked
    return (
        work.comes_last,
        not step.recovers,
        -len(step.unblocks_services),
        -len(step.services),
        -len(step.milestones),
        _EFFORTS.index(step.effort),
    )
