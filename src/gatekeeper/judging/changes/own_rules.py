"""Find what the own rules of a change would give: criteria that ask for more, and other verdicts."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.changes.causes import Side, Verdicts
from gatekeeper.judging.changes.shifts import blocking
from gatekeeper.judging.obligations.expand import place
from gatekeeper.judging.obligations.strictness import losses, slot_losses
from gatekeeper.judging.obligations.terms import terms_of_rule
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.model.changes import OwnRules, TightenedRule
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import CAPABILITY_SLOT, SCOPE_SLOT, BoundSlot, Rule, Rulebook
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult


class Rules(NamedTuple):
    """The two rulebooks by which the services of the head are judged."""

    base: Rulebook
    own: Rulebook


Answers = Mapping[tuple[str, str], CriterionResult]
"""By the family in which a criterion is asked, and its id."""


class Judged(NamedTuple):
    """One service by two rulebooks."""

    side: Side
    answers: tuple[Answers, Answers]
    """To the criteria that differ, by either rulebook."""
    by_base: Verdicts
    """Empty if the verdicts of both cannot differ; likewise `by_own`."""
    by_own: Verdicts


Found = tuple[tuple[OwnRules, ...], tuple[TightenedRule, ...]]


def compare_own_rules(
    services: Iterable[tuple[Side, Side]],
    rules: Rules,
    milestones: Roadmap,
    exited: Container[str],
    as_of: date,
) -> Found:
    """Return the verdicts that the own rules change, and the criteria of which they ask more.

    Args:
        services: Each service with its evidence as the rules of the base read it, and as the own rules do.
        rules: Both rulebooks.
        milestones: All milestones of the head.
        exited: The milestones that are history.
        as_of: The day; after the milestone that is pending on it, a new rule could bind.
    """
    current = milestones.current(as_of)
    effective = milestones.after(current) if current else None
    verdicts: list[OwnRules] = []
    red: dict[str, list[str]] = {}
    for side, _, judged, own in judged_by_both(services, rules):
        verdicts += _other_verdicts(side.service.service, judged, own)
        for name in _turned_red(judged, own, exited):
            red.setdefault(name, []).append(side.service.service)
    tightened = (
        TightenedRule(name, is_new, tuple(red.get(name, ())), _staged(rules.own.by_id[name], effective))
        for name, is_new in tightened_rules(rules, list(milestones))
    )
    return tuple(verdicts), tuple(sorted(tightened, key=lambda rule: -len(rule.services)))


def judged_by_both(services: Iterable[tuple[Side, Side]], rules: Rules) -> Iterator[Judged]:
    """Yield each service, with the verdicts of both rulebooks if they may differ.

    Args:
        services: Each service with its evidence as either rulebook reads it.
        rules: Both rulebooks.
    """
    differing = differing_criteria(rules)
    shared, shared_own = SharedResults(), SharedResults()
    for by_base, by_own in services:
        answers = _answers(by_base.case(rules.base), differing or ())
        own = _answers(by_own.case(rules.own), differing or ())
        if differing is not None and _outcomes(answers) == _outcomes(own):
            yield Judged(by_base, (answers, own), {}, {})
        else:
            judged = by_base.judged(rules.base, shared), by_own.judged(rules.own, shared_own)
            yield Judged(by_base, (answers, own), *judged)


def _staged(rule: Rule, effective: str | None) -> str | None:
    """Return the milestone from which a rule could bind; None if it has a time already."""
    return None if rule.effective or rule.advisory or rule.upcoming else effective


def tightened_rules(rules: Rules, milestones: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each criterion of which the own rules ask more, by itself or by a slot, and whether it is new."""
    base, own = rules
    slots = {
        name for name, slot in own.slots.items() if name in base.slots and _shows_more(slot, base.slots[name])
    }
    for rule in own.by_id.values():
        before = base.by_id.get(rule.id)
        if before is None:
            yield rule.id, True
        elif not slots.isdisjoint(rule.slots) or next(
            losses(terms_of_rule(rule), terms_of_rule(before), base.scale, milestones), None
        ):
            yield rule.id, False


def _shows_more(own: BoundSlot, base: BoundSlot) -> bool:
    definitions = ({"kind": slot.kind, "options": slot.options} for slot in (own, base))
    return next(slot_losses(own.name, *definitions), None) is not None


def differing_criteria(rules: Rules) -> frozenset[str] | None:
    """Return the criteria that may have another status; None if more than criteria differs."""
    base, own = rules
    if _besides_criteria(base) != _besides_criteria(own):
        return None
    slots = {name for name in {**base.slots, **own.slots} if base.slots.get(name) != own.slots.get(name)}
    if slots & {SCOPE_SLOT, CAPABILITY_SLOT}:
        return None  # these decide demands and capabilities of the plan
    return frozenset(
        name
        for name, rule in {**base.by_id, **own.by_id}.items()
        if base.by_id.get(name) != own.by_id.get(name)
        or any(not slots.isdisjoint(version.slots) for version in rule.versions)
    )


def _besides_criteria(rulebook: Rulebook) -> object:
    levels = [(level, rules.ships_to) for level, rules in rulebook.levels.items()]
    people = rulebook.governance.model_copy(update={"weakenings": (), "policy": {}, "prose": ()})
    return levels, people, [(gate.gate, gate.role) for gate in rulebook.gates.values()], rulebook.exceptions


def _answers(case: Case, ids: Collection[str]) -> Answers:
    """Return the results of these criteria in each family in which they are asked."""
    if not ids:
        return {}
    judge = ServiceJudge(case, resolve(case.service, case.rulebook.scale), SharedResults())
    placed = place(case.service, case.rulebook, case.roadmap, case.as_of, ids)
    return {(one.family, one.id): judge.answer(one.asked) for one in placed if one.asked}


def _outcomes(answers: Answers) -> Mapping[tuple[str, str], tuple[Status, bool, str | None]]:
    # While its twin blocks, a criterion needs no further work: another twin makes a difference.
    return {where: (of.status, of.binding, of.rule.twin) for where, of in answers.items()}


def _other_verdicts(service: str, judged: Verdicts, own: Verdicts) -> Iterator[OwnRules]:
    for milestone, result in judged.items():
        if own[milestone].verdict != result.verdict:
            yield OwnRules(service, milestone, result.verdict, own[milestone].verdict)


def _turned_red(judged: Verdicts, own: Verdicts, exited: Container[str]) -> set[str]:
    """Return the criteria that block at a pending milestone by the own rules alone."""
    return {
        name
        for milestone in own
        if milestone not in exited
        for name in blocking(own[milestone]) - blocking(judged[milestone])
    }
