"""Compare the services that a service depends on: by their signed levels alone, so that cycles are fine."""

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.sign_offs import signed_level
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rule
from gatekeeper.model.status import Basis, Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult, Dependency


def judge_dependencies(rule: Rule, case: Case, level: Level) -> CriterionResult:
    """Return whether every service that this one depends on is signed off for a level."""
    seen = tuple(_seen(case, name, level) for name in case.service.depends_on)
    reasons = tuple(CriterionReason(Status.FAIL, one.describe()) for one in seen if one.is_low)
    if not reasons:
        return CriterionResult(rule, Status.PASS, basis=Basis.ATTESTATION, dependencies=seen)
    said = "; ".join(reason.message for reason in reasons)
    return CriterionResult(rule, Status.FAIL, said, reasons=reasons, dependencies=seen)


def _seen(case: Case, name: str, required: Level) -> Dependency:
    """Return a service as it is seen; one that a compared state does not have holds no level."""
    of, governance = case.neighbours.get(name), case.rulebook.governance
    signed = signed_level(case.of_neighbour(of)) if of else case.rulebook.scale.lowest
    owner = of.service.owner if of else None
    return Dependency(name, owner, signed, required, is_claimed=not governance.upgrade_sign_offs)
