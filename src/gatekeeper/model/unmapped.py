"""A criterion for which a service has no evidence."""

from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.rule import Rule
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult


def unmapped(slot: str) -> Evidence:
    """Return the evidence of a slot to which nothing is mapped."""
    return Evidence(slot, EvidenceStatus.MISSING, f"no artefact is mapped to `{slot}`")


def needs_attestation(rule: Rule) -> str:
    """Return why a criterion without conditions is missing."""
    if rule.attested_by:
        return f"needs an attestation by {rule.attested_by}"
    return "the rulebook has no slot for its tests, and no role may attest it"


def without_evidence(rule: Rule) -> CriterionResult:
    """Return the result of a criterion if nothing is mapped to its slots and nobody attests it."""
    evidence = tuple(map(unmapped, rule.slots))
    slots = dict.fromkeys(condition.slot for condition in rule.conditions)
    reasons = tuple(CriterionReason(Status.MISSING, unmapped(slot).reason or "", slot=slot) for slot in slots)
    if not rule.conditions:
        reasons = (CriterionReason(Status.MISSING, needs_attestation(rule)),)
    return CriterionResult(rule, Status.MISSING, reasons[0].message, evidence=evidence, reasons=reasons)
