"""Judge a criterion whose evidence several pipelines recorded of one commit: the worst answer counts."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from math import inf, prod

from gatekeeper.model.evidence import Evidence
from gatekeeper.model.status import WORST_FIRST, Basis, Status, weakest
from gatekeeper.model.verdict import CriterionReason, CriterionResult, severity_of

MOST = 64
"""How many combinations of records are compared at most."""

Judged = Callable[[Mapping[str, Evidence]], CriterionResult]
"""Judges a criterion by a choice of records, by slot."""


def worst_record(
    result: CriterionResult, judged: Judged, admitted: Callable[[Evidence], Evidence]
) -> CriterionResult:
    """Return the worst result by any choice of records; the basis of a pass is the weakest.

    Args:
        result: The result by the newest record of each slot.
        judged: Judges by another choice.
        admitted: Returns evidence as it counts, by who recorded it.
    """
    several = {one.slot: _different(one.records, admitted) for one in result.evidence if one.others}
    if all(len(records) == 1 for records in several.values()):
        return result
    if prod(map(len, several.values())) > MOST:
        return _too_many(result, several)
    choices = (dict(zip(several, choice, strict=True)) for choice in product(*several.values()))
    results = list(map(judged, choices))
    worst = min(results, key=_severities)
    if not worst.is_open:
        return worst._replace(basis=weakest(one.basis for one in results if one.status is worst.status))
    agree = all(_severities(one) == _severities(worst) for one in results)
    return worst if agree else _attributed(worst)


def _different(records: Iterable[Evidence], admitted: Callable[[Evidence], Evidence]) -> tuple[Evidence, ...]:
    """Return the first of the records that say the same: every pipeline of a commit finds its definitions."""
    found: list[tuple[Evidence, Evidence]] = []
    for one in records:
        said = _said(admitted(one))
        if all(said != other for other, _ in found):
            found.append((said, one))
    return tuple(one for _, one in found)


def _said(evidence: Evidence) -> Evidence:
    """Return what a record says, without who recorded it, and when on the day."""
    parts = tuple(
        part._replace(produced_at=part.produced_at.replace(hour=0, minute=0, second=0, microsecond=0))
        if part.produced_at and part.produced_at_basis is Basis.RECORD
        else part
        for part in evidence.parts
    )
    return evidence._replace(
        parts=parts, signed=None, pipeline=None, age=None, recorded_in=None, others=(), attempts=()
    )


def _severities(result: CriterionResult) -> list[tuple[float, float]]:
    """Return a key that sorts the worst result first: by its worst reason, then by its further ones."""
    if result.status is Status.NOT_APPLICABLE:
        return [(inf, inf)]
    closed = (WORST_FIRST.index(Status.PASS), 0)
    return [*sorted({severity_of(reason) for reason in result.reasons}), closed]


def _attributed(result: CriterionResult) -> CriterionResult:
    """Return a result that says which pipelines recorded what decides, while others recorded better."""
    by = [f"`{one.slot}` as the pipeline {one.pipeline} recorded it" for one in result.evidence if one.others]
    told = f"the worst record of the commit counts: {', '.join(by)}"
    first, *more = result.reasons
    reasons = (first._replace(message=f"{first.message}; {told}"), *more)
    return result._replace(reason="; ".join(filter(None, (result.reason, told))), reasons=reasons)


def _too_many(result: CriterionResult, several: Mapping[str, tuple[Evidence, ...]]) -> CriterionResult:
    slots = ", ".join(f"`{slot}` ({len(records)})" for slot, records in several.items())
    why = f"too many pipelines recorded the same slots of one commit: {slots}; record a slot by one pipeline"
    reasons = (CriterionReason(Status.UNREADABLE, why),)
    return CriterionResult(
        result.rule, Status.UNREADABLE, why, None, (), evidence=result.evidence, reasons=reasons
    )
