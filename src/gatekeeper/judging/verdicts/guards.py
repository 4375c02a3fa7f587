"""Decide what evidence must show besides its facts: that it is whole, fresh and of the right commit."""

from collections.abc import Iterable, Iterator

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.staleness import lapses
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.rule import Rule
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.verdict import CriterionReason


def objections(rule: Rule, evidence: Iterable[Evidence], case: Case) -> Iterator[CriterionReason]:
    """Yield why evidence that has facts does not show what a criterion asks, whatever the facts are."""
    for one in evidence:
        if one.status is EvidenceStatus.OK:
            yield from _incomplete(one)
            yield from lapses(rule, one, case)


def _incomplete(evidence: Evidence) -> Iterator[CriterionReason]:
    for part in evidence.parts:
        if part.partial:
            message = f"`{evidence.slot}` is not complete: {'; '.join(part.partial)}"
            yield CriterionReason(Status.UNPROVEN, message, ReasonCode.PARTIAL, evidence.slot, part.path)
