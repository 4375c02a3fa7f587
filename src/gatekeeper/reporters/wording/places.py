"""Where open criteria and reasons are fixed: the line of a finding, or of what a manifest says about it."""

from gatekeeper.model.evidence import Finding
from gatekeeper.model.report import Keys, Report, Where
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import CAPABILITY_PREFIX, Service
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult


def place_of_finding(
    finding: Finding, criterion: CriterionResult, service: ServiceResult, report: Report
) -> Where | None:
    """Return the line of a finding; None if it is in another repository, as the files of records are."""
    is_recorded = any(seen.is_recorded for seen in criterion.evidence)
    if finding.file is None or is_recorded:
        return None
    file = report.places.find(service.service.service, finding.file)
    return Where(file, finding.line or 1) if file else None


def place_in_manifest(criterion: CriterionResult, service: ServiceResult, report: Report) -> Where:
    """Return the line of the evidence slot, else of the attestation, else of the plan cell that asks."""
    keys = _keys(criterion, service.service, report.result.milestone)
    return report.places.of(service.service.service, keys)


def place_of_criterion(criterion: CriterionResult, service: ServiceResult, report: Report) -> Where:
    """Return the line of the first finding that is in the repository, else that of the manifest."""
    found = (place_of_finding(finding, criterion, service, report) for finding in criterion.findings)
    return next(filter(None, found), None) or place_in_manifest(criterion, service, report)


def place_of_reason(reason: Reason, service: ServiceResult, report: Report) -> Where:
    """Return the line of the level, of its sign-offs, or of the plan cell that a reason is about."""
    keys = _keys_of_reason(reason, service, report.result.milestone)
    return report.places.of(service.service.service, keys)


def _keys_of_reason(reason: Reason, result: ServiceResult, milestone: str) -> Keys:
    match reason.code:
        case "regression" | "lapsed" if str(result.signed_level) in result.service.sign_offs:
            return ("sign_offs", str(result.signed_level))
        case "regression" | "lapsed" | "unsigned-upgrade" | "level-not-claimed":
            return ("level",)
        case _:
            return ("plan", milestone, "level")


def _keys(result: CriterionResult, service: Service, milestone: str) -> Keys:
    rule = result.rule
    slots = [outcome.condition.slot for outcome in result.telling] + list(rule.slots)
    mapped = next((slot for slot in slots if slot in service.evidence), None)
    if mapped:
        return ("evidence", mapped)
    if rule.id in service.attestations:
        return ("attestations", rule.id)
    if rule.id.startswith(CAPABILITY_PREFIX):
        return _adding(rule, service) or ("plan", milestone)
    return ("plan", milestone, "gates", rule.gate) if rule.gate else ("plan", milestone, "level")


def _adding(rule: Rule, service: Service) -> Keys | None:
    """Return the keys of the plan cell that adds a capability, which may be an earlier one."""
    for milestone, cell in service.plan.items():
        for index, added in enumerate(cell.adds):
            if added.id == rule.id:
                return ("plan", milestone, "adds", index)
    return None
