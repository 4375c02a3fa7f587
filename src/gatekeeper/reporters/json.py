"""`--format json`: the JSON contract, schema version 1, described in docs/json.md."""

from collections.abc import Sequence
from typing import Any

from gatekeeper.model.evidence import Evidence
from gatekeeper.model.milestone import Exited
from gatekeeper.model.report import Report, Screen
from gatekeeper.model.verdict import CriterionResult, NextStep, ServiceResult
from gatekeeper.reporters.text import as_json
from gatekeeper.reporters.views import diff
from gatekeeper.reporters.wording import outcomes


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as one JSON document."""
    return as_json(document(report))


def document(report: Report) -> dict[str, Any]:
    """Return the verdict as plain data."""
    result = report.result
    shown = report.filter.gates
    described: dict[int, dict[str, Any]] = {}
    return {
        "milestone": result.milestone,
        "milestone_name": result.name,
        "as_of": result.as_of.isoformat(),
        "exited": exit_record(result.exit),
        "verdict": result.verdict,
        "rulebook_digest": report.rulebook.digest,
        "tool_version": report.tool_version,
        "commit": report.commit,
        "strict": report.strict,
        "fail_on": report.fail_on,
        "filter": {
            "services": report.filter.services,
            "owners": report.filter.owners,
            "gates": report.filter.gates,
        },
        "exit_code": int(report.exit_code),
        "level_names": {level.id: level.name for level in report.rulebook.levels},
        "services": [_service(service, shown, described) for service in result.services],
        "blocked_by": result.blocked_by,
        "next_steps": [step(one) for one in result.next_steps],
        "warnings": [warning._asdict() for warning in report.warnings],
        **({"comparison": diff.data(report.comparison)} if report.comparison else {}),
    }


def _service(
    result: ServiceResult, shown: tuple[str, ...], described: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    """Return a service; its criteria are described once, because services without evidence share them."""
    owner = result.service.owner

    def criteria(of: Sequence[CriterionResult]) -> list[dict[str, Any]]:
        # By identity: the report keeps all results alive, and comparing them would cost more than it saves.
        described.update({id(one): criterion(one, owner="") for one in of if id(one) not in described})
        return [{**described[id(one)], "owner": owner} for one in of]

    return {
        "service": result.service.service,
        "owner": owner,
        "declared_level": str(result.claimed_level),
        "verified_level": str(result.verified_level),
        "signed_level": str(result.signed_level),
        "effective_level": str(result.effective_level),
        "target_level": str(result.cell.level),
        "missing_sign_offs": result.missing_sign_offs,
        "changed_since_signed": [
            {**signed._asdict(), "level": str(signed.level)} for signed in result.changed_since_signed
        ],
        "verdict": result.verdict,
        "reasons": [reason._asdict() for reason in result.reasons],
        "gates": [
            {
                "gate": gate.gate,
                "name": gate.name,
                "status": gate.status,
                "scope": gate.scope,
                "criteria": criteria(gate.criteria),
            }
            for gate in result.gates
            if not shown or gate.gate in shown
        ],
        "level_criteria": criteria(result.level_criteria),
        "capabilities": criteria(result.capabilities),
        "held_up_by": criteria(result.held_up_by),
        "exceptions": [exception._asdict() for exception in result.exceptions],
    }


def criterion(result: CriterionResult, owner: str) -> dict[str, Any]:
    """Return one criterion's result as plain data."""
    rule = result.rule
    return {
        "criterion": rule.id,
        "status": result.status,
        "basis": result.basis,
        "reason": result.reason,
        "question": rule.question,
        "remedy": result.remedy,
        "effort": rule.effort,
        "owner": owner,
        "binding": result.binding,
        "binding_from": _when(result),
        "expected": outcomes.expected(result),
        "actual": outcomes.actual(result),
        "distance": result.distance,
        "findings": [found._asdict() for found in result.findings],
        "evidence": [_evidence(seen) for seen in result.evidence if seen.path],
        "attestation": result.attestation.model_dump(mode="json") if result.attestation else None,
        "exception": result.exception,
        "upcoming": _upcoming(result.upcoming) if result.upcoming else None,
    }


def _upcoming(result: CriterionResult) -> dict[str, Any]:
    return {
        "binding_from": _when(result),
        "status": result.status,
        "reason": result.reason,
        "expected": outcomes.expected(result),
        "actual": outcomes.actual(result),
        "distance": result.distance,
    }


def _when(result: CriterionResult) -> str | None:
    effective = result.rule.effective
    return None if effective is None else str(effective)


def _evidence(seen: Evidence) -> dict[str, Any]:
    return {
        "slot": seen.slot,
        "path": seen.path,
        "status": seen.status,
        "format": seen.format,
        "sha256": seen.sha256,
        "collected_at": seen.produced_at.isoformat() if seen.produced_at else None,
        "commit": seen.commit,
    }


def step(one: NextStep) -> dict[str, Any]:
    """Return a step as plain data."""
    return {
        "step": one.step,
        "owner": one.owner,
        "effort": one.effort,
        "services": one.services,
        "criteria": one.criteria,
        "milestones": one.milestones,
        "unblocks": {"services": one.unblocks_services, "milestones": one.unblocks_milestones},
        "excusable": one.excusable,
        "options": [option._asdict() for option in one.options],
        "recovers": one.recovers,
    }


def exit_record(last: Exited | None) -> dict[str, str] | None:
    """Return the last record of a milestone's exit as plain data."""
    return {"on": last.on.isoformat(), "by": last.by, "state": last.state} if last else None
