"""`--format json`: the JSON contract, schema version 2, described in docs/json.md.

Texts of the rulebook are written once, under `rulebook.criteria`, and evidence once a service.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gatekeeper.model.action import Action
from gatekeeper.model.evidence import Attempt, Evidence, Part
from gatekeeper.model.milestone import Exited
from gatekeeper.model.moment import as_written
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Report, Screen
from gatekeeper.model.rule import Rule
from gatekeeper.model.signature import StatementSeen
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult, Dependency, ServiceResult
from gatekeeper.reporters.text import as_json
from gatekeeper.reporters.views import diff
from gatekeeper.reporters.wording import outcomes


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as one JSON document."""
    return as_json(document(report))


def document(report: Report) -> dict[str, Any]:
    """Return the verdict as plain data."""
    result = report.result
    shared: dict[int, dict[str, Any]] = {}
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
        "rulebook": {"criteria": texts(report.rulebook.by_id.values())},
        "services": [_service(service, report.filter.gates, shared) for service in result.services],
        "blocked_by": result.blocked_by,
        "actions": [action(one) for one in result.actions],
        "warnings": [warning._asdict() for warning in report.warnings],
        **({"comparison": diff.data(report.comparison)} if report.comparison else {}),
    }


def texts(rules: Iterable[Rule]) -> dict[str, dict[str, Any]]:
    """Return the texts of criteria by id."""
    return {
        rule.id: {
            "gate": rule.gate,
            "level": rule.level.id,
            "question": rule.question,
            "why": rule.why,
            "requires": requires(rule),
            "limits": rule.limits,
            "remedy": rule.remedy,
            "effort": rule.effort,
            "cites": [citation.text for citation in rule.source.cites] if rule.source else [],
        }
        for rule in rules
    }


def requires(rule: Rule) -> list[str]:
    """Return the conditions of a criterion, each with its slot."""
    of_others = [f"depends_on: {outcomes.OF_DEPENDENCIES}"] if rule.compares_dependencies else []
    return [*(f"{of.slot}: {of.describe()}" for of in rule.conditions), *of_others]


def _service(
    result: ServiceResult, shown: tuple[str, ...], shared: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    rows = Rows(shared)
    return {
        "service": result.service.service,
        "owner": result.service.owner,
        "declared_level": str(result.claimed_level),
        "verified_level": str(result.verified_level),
        "signed_level": str(result.signed_level),
        "effective_level": str(result.effective_level),
        "target_level": str(result.cell.level),
        "missing_sign_offs": result.missing_sign_offs,
        "changed_since_signed": [
            {**signed._asdict(), "level": str(signed.level)} for signed in result.changed_since_signed
        ],
        **({"depends_on": result.service.depends_on} if result.service.depends_on else {}),
        "verdict": result.verdict,
        "reasons": [reason._asdict() for reason in result.reasons],
        "gates": [
            {
                "gate": gate.gate,
                "name": gate.name,
                "status": gate.status,
                "scope": gate.scope,
                "criteria": rows.of(gate.criteria),
            }
            for gate in result.gates
            if not shown or gate.gate in shown
        ],
        "level_criteria": rows.of(result.level_criteria),
        "capabilities": rows.of(result.capabilities),
        "held_up_by": rows.of(result.held_up_by),
        "exceptions": [exception._asdict() for exception in result.exceptions],
        "statements": list(map(statement, result.statements)),
        "evidence": rows.evidence,
    }


class Rows:
    """The criteria of one service as plain data, and the evidence that they name.

    Services without evidence share results: `shared` keeps the row of each. It is by identity, because the
    report keeps all results alive, and comparing them would cost more than it saves.
    """

    def __init__(self, shared: dict[int, dict[str, Any]] | None = None) -> None:
        self.evidence: dict[str, dict[str, Any]] = {}
        """By slot; where the plan narrows a slot to something else, also by `slot#2`."""
        self._shared = {} if shared is None else shared
        self._keys: dict[int, str] = {}

    def of(self, results: Iterable[CriterionResult]) -> list[dict[str, Any]]:
        """Return the rows of criteria."""
        return list(map(self.row, results))

    def row(self, result: CriterionResult) -> dict[str, Any]:
        """Return the row of a criterion."""
        row = self._shared.get(id(result))
        if row is None:
            row = self._shared[id(result)] = {
                "criterion": result.rule.id,
                "status": result.status,
                "reason_code": result.reason_code,
                "binding": result.binding,
                "basis": result.basis,
                "reason": result.reason,
                "reasons": [_reason(reason) for reason in result.reasons],
                "findings": [found._asdict() for found in result.findings],
                "evidence": [self._key(one) for one in result.evidence if one.path],
                **_known(_if_any(result)),
            }
        return row

    def _key(self, seen: Evidence) -> str:
        """Return the key of evidence among that of the service, and keep it."""
        if known := self._keys.get(id(seen)):
            return known
        data = _evidence(seen)
        key, number = seen.slot, 1
        while self.evidence.setdefault(key, data) != data:
            number += 1
            key = f"{seen.slot}#{number}"
        self._keys[id(seen)] = key
        return key


def _if_any(result: CriterionResult) -> dict[str, Any]:
    """Return what a row has only if it applies."""
    attestation = result.attestation
    return {
        "question": None if result.rule.source else result.rule.question,
        "binding_from": _when(result),
        **_compared(result),
        "dependencies": [_dependency(one) for one in result.dependencies],
        "remedy": remedy_of(result) if result.is_open else None,
        "attestation": attestation.model_dump(mode="json", exclude={"signature"}) if attestation else None,
        "signature": result.signature._asdict() if result.signature else None,
        "changed_since_attested": result.changed_since_attested or None,
        "exception": result.exception,
        "upcoming": _upcoming(result.upcoming) if result.upcoming else None,
    }


def _dependency(one: Dependency) -> dict[str, str | None]:
    levels = {"signed_level": str(one.signed), "required_level": str(one.required)}
    return {"service": one.service, "owner": one.owner, **levels}


def statement(one: StatementSeen) -> dict[str, Any]:
    """Return a statement and how it was made as plain data."""
    of = one.statement
    return {
        "act": of.act,
        "about": of.about,
        "by": of.by,
        "role": of.role,
        "on": of.on.isoformat(),
        "signature": one.seen._asdict(),
    }


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, (), [])}


def _compared(result: CriterionResult) -> dict[str, Any]:
    return {
        "expected": outcomes.expected(result) if result.status is Status.FAIL else None,
        "actual": outcomes.actual(result),
        "distance": result.distance,
    }


def _reason(reason: CriterionReason) -> dict[str, Any]:
    return _known(reason._asdict() | {"places": [place._asdict() for place in reason.places]})


def _upcoming(result: CriterionResult) -> dict[str, Any]:
    rule, compared = result.rule, _known(_compared(result))
    return {"binding_from": _when(result), "requires": requires(rule), "status": result.status, **compared}


def _when(result: CriterionResult) -> str | None:
    effective = result.rule.effective
    return None if effective is None else str(effective)


def _evidence(seen: Evidence) -> dict[str, Any]:
    return {
        "slot": seen.slot,
        "path": seen.path,
        "status": seen.status,
        "reason": seen.reason,
        "basis": seen.basis,
        **_known({"pipeline": seen.pipeline}),
        "sha256": seen.sha256,
        **_known({"attempts": [_attempt(one) for one in seen.attempts]}),
        "parts": list(map(part, seen.parts)),
    }


def _attempt(of: Attempt) -> dict[str, Any]:
    return _known(of._asdict() | {"collected_at": as_written(of.collected_at)})


def part(of: Part) -> dict[str, Any]:
    """Return what is known about a part, as a record writes it; what is not known is left out."""
    times = {name: as_written(at) for name in ("produced_at", "committed_at") if (at := getattr(of, name))}
    places = [{"place": one.place._asdict(), "touches": sorted(one.touches)} for one in of.not_understood]
    subjects = [subject._asdict() for subject in of.subjects]
    return _known(of._asdict() | times | {"subjects": subjects, "not_understood": places})


def action(one: Action) -> dict[str, Any]:
    """Return an action as plain data."""
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "instructions": [instruction._asdict() for instruction in one.instructions],
        "effort": one.effort,
        "services": one.services,
        "owners": one.owners,
        "roles": one.roles,
        "criteria": one.criteria,
        "answers": one.answers,
        "milestones": one.milestones,
        "unblocks": {"services": one.unblocks_services, "milestones": one.unblocks_milestones},
        "excusable": one.excusable,
        "options": [option._asdict() for option in one.options],
        "recovers": one.recovers,
    }


def exit_record(last: Exited | None) -> dict[str, str] | None:
    """Return the last record of a milestone's exit as plain data."""
    return {"on": last.on.isoformat(), "by": last.by, "state": last.state} if last else None
