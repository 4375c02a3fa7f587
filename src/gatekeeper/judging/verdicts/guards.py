"""Decide what evidence must show besides its facts: that it is whole, enough, fresh and of the commit."""

from collections.abc import Iterable, Iterator, Sized
from typing import Any

from gatekeeper.judging.plans.identity import other_subjects
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.sharing import alike
from gatekeeper.judging.verdicts.staleness import lapses
from gatekeeper.model.evidence import Evidence, touched
from gatekeeper.model.guards import Floor, SlotGuard
from gatekeeper.model.rule import Rule
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.tagging import carries, without_id
from gatekeeper.model.verdict import CriterionReason

OF_WHOLE = frozenset({ReasonCode.OTHER_SUBJECT, ReasonCode.SHARED, ReasonCode.TOO_LITTLE})
"""Why evidence supplies no facts, which is reported of it and not of each condition."""


def objections(rule: Rule, guard: SlotGuard, evidence: Evidence, case: Case) -> Iterator[CriterionReason]:
    """Yield why facts of the service's own do not show what a criterion asks, whatever they are."""
    if guard.by_id:
        yield from untagged(rule, evidence)
    yield from _incomplete(evidence, guard)
    if guard.floors:
        yield from _too_little(evidence, guard)
    yield from lapses(guard, evidence, case)


def of_another(guard: SlotGuard, evidence: Evidence, case: Case) -> Iterator[CriterionReason]:
    """Yield why evidence supplies no facts: it is about something else, or also serves something else."""
    slot = evidence.slot
    for part in evidence.parts:
        if part.subjects and (others := other_subjects(part, case.identities)):
            names = ", ".join(f"{subject.type} {subject.name}" for subject in others)
            message = f"`{slot}` is about {names}, not about {case.service.service}"
            yield CriterionReason(Status.UNPROVEN, message, ReasonCode.OTHER_SUBJECT, slot, part.path)
    for other in dict.fromkeys(name for group in guard.distinct for name in group.slots):
        known = case.evidence.get((other, ()))
        if known and any(alike(evidence, one) for one in (known, *known.others)):
            message = f"`{slot}` is the same measurement as `{other}`"
            yield CriterionReason(Status.UNPROVEN, message, ReasonCode.SHARED, slot)
    if slot in case.shared and not guard.shared:
        message = f"`{slot}` is the same measurement as that of {case.shared[slot]}"
        yield CriterionReason(Status.UNPROVEN, message, ReasonCode.SHARED, slot)


def _incomplete(evidence: Evidence, guard: SlotGuard) -> Iterator[CriterionReason]:
    if "partial" in guard.accepts:
        return
    slot = evidence.slot
    for part in evidence.parts:
        if part.partial:
            message = f"`{slot}` is not complete: {'; '.join(part.partial)}"
            yield CriterionReason(Status.UNPROVEN, message, ReasonCode.PARTIAL, slot, part.path)
    count = len(evidence.parts)
    if guard.parts is not None and count < guard.parts:
        message = f"`{slot}` has {count} of {guard.parts} parts"
        yield CriterionReason(Status.UNPROVEN, message, ReasonCode.PARTIAL, slot)


def _too_little(evidence: Evidence, guard: SlotGuard) -> Iterator[CriterionReason]:
    """Yield the floors that are not reached; what is not known whole reaches none."""
    doubted = touched(evidence.parts)
    for floor in guard.floors:
        amount = None if floor.fact in doubted else _amount(getattr(evidence.facts, floor.fact, None))
        if not _reaches(amount, floor):
            seen = "is not stated" if amount is None else f"is {amount:g}"
            slot, required = evidence.slot, floor.describe()
            message = f"`{slot}` proves too little: {floor.fact} {seen}; required: {required}"
            yield CriterionReason(Status.UNPROVEN, message, ReasonCode.TOO_LITTLE, slot)


def untagged(rule: Rule, evidence: Evidence) -> Iterator[CriterionReason]:
    """Yield why tests prove nothing where they count by id: none that passed carries it."""
    passed = None if "passed" in touched(evidence.parts) else evidence.facts.passed
    if passed is not None and not tagged(passed, rule):
        message = f"`{evidence.slot}` has no passed test with the id [{rule.twin or rule.id}]"
        yield CriterionReason(Status.UNPROVEN, message, ReasonCode.TOO_LITTLE, evidence.slot)


def tagged(names: Iterable[str], rule: Rule) -> tuple[str, ...]:
    """Return the names of the tests that carry the id of a criterion, or of its twin."""
    return tuple(name for name in names if any(carries(name, id_) for id_ in _ids(rule)))


def without_ids(names: Iterable[str], rule: Rule) -> tuple[str, ...]:
    """Return the names of tests without the id of a criterion, which says nothing about what a test shows."""
    first, second = _ids(rule)
    return tuple(without_id(without_id(name, first), second) for name in names)


def _ids(rule: Rule) -> tuple[str, str]:
    return rule.id, rule.twin or rule.id


def _reaches(amount: float | None, floor: Floor) -> bool:
    if amount is None:
        return False
    if floor.at_least is not None:
        return amount >= floor.at_least
    return floor.at_most is None or amount <= floor.at_most


def _amount(value: Any) -> float | None:
    """Return a number, or the length of a list."""
    return value if isinstance(value, int | float) else len(value) if isinstance(value, Sized) else None
