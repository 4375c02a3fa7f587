"""The least work that unblocks an exit: one step per owner and remedy, the most helpful first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.judging.needs import Need, Work, needs
from gatekeeper.model.status import Effort, ServiceVerdict
from gatekeeper.model.verdict import NextStep, Option, ServiceResult, Way

_EFFORTS = tuple(Effort)


class Roadmap(NamedTuple):
    """What lies around the milestone that is looked at."""

    milestones: Sequence[str] = ()
    """All, in order, as far as they are known."""
    others: Mapping[str, Sequence[ServiceResult]] = {}
    """Verdicts at further milestones, which a step may help as well."""
    is_partial: bool = False
    """Services were left out: of no milestone can be said that a step unblocks it."""

    def may_except(self, milestone: str) -> bool:
        """Whether an exception may open in a milestone: not in the last."""
        return not self.milestones or milestone != self.milestones[-1]


_ALONE = Roadmap()


class _Step:
    """A step while it is put together from the needs of the services that share it."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.needs: dict[str, Need] = {}
        self.finishes: list[str] = []

    def questions(self) -> set[object]:
        return {(service, need.question) for service, need in self.needs.items()}

    def options(self) -> tuple[Option, ...]:
        open_to: dict[tuple[Way, str | None], list[str]] = defaultdict(list)
        for service, need in self.needs.items():
            for option in need.options:
                open_to[option].append(service)
        return tuple(Option(way, by, tuple(services)) for (way, by), services in open_to.items())


class _Blocked(NamedTuple):
    """What the blocked services of one milestone lack, by service."""

    milestone: str
    needs: Mapping[str, tuple[Need, ...]]

    def asked(self) -> set[object]:
        return {(service, need.question) for service, found in self.needs.items() for need in found}

    def last_questions(self) -> set[object] | None:
        """Return the one question left of each service; None where a service has more than one."""
        if not self.needs or any(len(found) != 1 for found in self.needs.values()):
            return None
        return self.asked()


def next_steps(
    milestone: str, services: Iterable[ServiceResult], roadmap: Roadmap = _ALONE
) -> tuple[NextStep, ...]:
    """Return the steps of all blocked services: lost ground first, then what helps most, then the easiest."""
    blocked = [_blocked(milestone, services, roadmap)]
    blocked += [_blocked(name, results, roadmap) for name, results in roadmap.others.items()]
    asked = {of.milestone: of.asked() for of in blocked}
    last = {} if roadmap.is_partial else {of.milestone: of.last_questions() for of in blocked}
    finished = [
        _finished(step, roadmap.milestones or tuple(asked), asked, last) for step in _steps(blocked[0])
    ]
    return tuple(step for _, step in sorted(finished, key=_order))


def _blocked(milestone: str, services: Iterable[ServiceResult], roadmap: Roadmap) -> _Blocked:
    may_except = roadmap.may_except(milestone)
    return _Blocked(
        milestone,
        {
            result.service.service: needs(result, may_except=may_except)
            for result in services
            if result.verdict is ServiceVerdict.BLOCKED
        },
    )


def _steps(blocked: _Blocked) -> Iterable[_Step]:
    steps: dict[Work, _Step] = {}
    for service, found in blocked.needs.items():
        for need in found:
            step = steps.setdefault(need.work, _Step(need.work))
            step.needs[service] = need
            if len(found) == 1:
                step.finishes.append(service)
    return steps.values()


def _finished(
    step: _Step,
    order: Sequence[str],
    asked: Mapping[str, set[object]],
    last: Mapping[str, set[object] | None],
) -> tuple[Work, NextStep]:
    questions = step.questions()
    work = step.work
    unblocked = [name for name in order if (left := last.get(name)) is not None and left <= questions]
    return work, NextStep(
        step=work.step,
        owner=work.owner,
        effort=work.effort,
        services=tuple(step.needs),
        criteria=work.criteria,
        unblocks_services=tuple(step.finishes),
        unblocks_milestones=tuple(unblocked),
        excusable=all(need.excusable for need in step.needs.values()),
        milestones=tuple(name for name in order if not questions.isdisjoint(asked.get(name, ()))),
        options=step.options(),
        recovers=any(need.recovers for need in step.needs.values()),
    )


def _order(ranked: tuple[Work, NextStep]) -> tuple[object, ...]:
    """Ties keep the order of the rulebook, because sorting is stable."""
    work, step = ranked
    return (
        work.comes_last,
        not step.recovers,
        -len(step.unblocks_services),
        -len(step.services),
        -len(step.milestones),
        _EFFORTS.index(step.effort),
    )
