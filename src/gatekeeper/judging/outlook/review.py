"""Review the rulebook by its history: criteria that never failed, never passed, or flap."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from gatekeeper.judging.obligations.terms import terms_of_rule
from gatekeeper.model.evidence import stated
from gatekeeper.model.obligation import Terms
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import Status
from gatekeeper.model.trend import Changes, CriterionHistory, Point, Review, RuleVersion, Trend

_NO_CHANGE = frozenset({Status.STALE, Status.EXCEPTED})
"""Statuses that say nothing about whether the evidence changed: time passed, or the register covers it."""


class _Answer(NamedTuple):
    point: Point
    milestone: str
    service: str
    status: Status


def rule_digests(rulebook: Rulebook) -> dict[RuleVersion, str]:
    """Return a digest of everything by which the rulebook decides each criterion, for both versions.

    Texts, and when a rule binds, decide no status. A criterion that is the same as another has no entry.
    """
    found = {}
    for rule in rulebook.by_id.values():
        for version in rule.versions if rule.twin is None else ():
            timeless = version._replace(advisory=False, effective=None, upcoming=None)
            slots = {name: rulebook.slots[name] for name in version.slots}
            reads = {name: [slot.kind, stated(slot.options)] for name, slot in slots.items()}
            terms = Terms(terms_of_rule(timeless) | {"slots": reads})
            found[RuleVersion(rule.id, version.is_tightened)] = terms.digest
    return found


def review(trend: Trend) -> Review:
    """Return the history of every criterion since its rule last changed."""
    judged = [point for point in trend.points if not point.gap]
    if not judged:
        return Review((), ())
    newest = judged[-1]
    since: dict[RuleVersion, Point] = {}
    answers: dict[RuleVersion, list[_Answer]] = defaultdict(list)
    unchanged = newest.rules
    for point in reversed(judged):
        unchanged = {rule: digest for rule, digest in unchanged.items() if point.rules.get(rule) == digest}
        since.update(dict.fromkeys(unchanged, point))
        for rule, answer in _answers(point, trend.milestones):
            if rule in unchanged:
                answers[rule].append(answer)
    # The first answer is one of the newest point, if that asks the criterion.
    asked = [rule for rule in newest.rules if answers[rule] and answers[rule][0].point is newest]
    of_any_version = {rule.criterion for rule in asked}
    not_asked = dict.fromkeys(rule.criterion for rule in newest.rules if rule.criterion not in of_any_version)
    return Review(tuple(_history(rule, since[rule], answers[rule]) for rule in asked), tuple(not_asked))


def _answers(point: Point, milestones: Sequence[str]) -> Iterator[tuple[RuleVersion, _Answer]]:
    for milestone in milestones:
        for service, of in point.tallies.get(milestone, {}).items():
            for rule, status in of.statuses.items():
                yield rule, _Answer(point, milestone, service, status)


def _history(rule: RuleVersion, since: Point, answers: Sequence[_Answer]) -> CriterionHistory:
    """Return the history of a criterion from its answers, the newest point first."""
    return CriterionHistory(
        version=rule,
        since=since,
        commits=len({answer.point.commit for answer in answers}),
        services=tuple(sorted({answer.service for answer in answers})),
        milestone=answers[0].milestone,
        answers=Counter(answer.status for answer in answers),
        changes=tuple(_changes(answers)),
    )


def _changes(answers: Sequence[_Answer]) -> list[Changes]:
    """Return the changes of each service that fell, at the milestone with the most."""
    series: Mapping[tuple[str, str], list[_Answer]] = defaultdict(list)
    for answer in reversed(answers):
        if answer.status not in _NO_CHANGE:
            series[answer.service, answer.milestone].append(answer)
    found: dict[str, Changes] = {}
    for (service, milestone), of in series.items():
        runs = [(passes, next(run)) for passes, run in groupby(of, lambda one: one.status is Status.PASS)]
        steps = [now for (was, _), (now, _) in pairwise(runs)]
        falls = steps.count(False)
        returns = max(0, [passes for passes, _ in runs].count(True) - 1)
        if falls and (service not in found or returns >= found[service].returns):
            found[service] = Changes(service, milestone, falls, returns, runs[-1][1].point)
    return sorted(found.values(), key=lambda of: (-of.returns, -of.falls, of.service))
