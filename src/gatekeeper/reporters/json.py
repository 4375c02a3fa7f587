"""`--format json`: the JSON contract, schema version 2, described in docs/json.md.

Texts of the rulebook are written once, under `rulebook.criteria`, and evidence once a service. Services and
rows leave out what is null, empty or the default. Each service is one line, and is written before the next
one is turned into data.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gatekeeper.model.action import Action, Instruction, Option
from gatekeeper.model.evidence import Attempt, Evidence, Finding, Part
from gatekeeper.model.milestone import Exited
from gatekeeper.model.moment import as_written
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.report import Report
from gatekeeper.model.rule import Rule
from gatekeeper.model.screen import Screen
from gatekeeper.model.service import Attestation
from gatekeeper.model.signature import StatementSeen
from gatekeeper.model.status import Status
from gatekeeper.model.unmapped import without_evidence
from gatekeeper.model.verdict import CriterionReason, CriterionResult, Dependency, ServiceResult
from gatekeeper.reporters.text import json_pieces
from gatekeeper.reporters.views import diff
from gatekeeper.reporters.wording import outcomes


def render(report: Report, screen: Screen) -> str:
    """Return the verdict as one JSON document."""
    return "".join(pieces(report, screen))


def pieces(report: Report, screen: Screen) -> Iterator[str]:  # noqa: ARG001 - every format takes both
    """Yield the document piece by piece, a service or an action at a time."""
    result = report.result
    return json_pieces(
        {
            **head(report),
            "services": services(report),
            "blocked_by": result.blocked_by,
            "actions": map(action, result.actions),
            "warnings": [warning._asdict() for warning in report.warnings],
            **({"comparison": diff.data(report.comparison)} if report.comparison else {}),
        }
    )


def head(report: Report) -> dict[str, Any]:
    """Return what the document says besides its services and actions."""
    result = report.result
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
    }


def services(report: Report) -> Iterator[dict[str, Any]]:
    """Yield each service with its rows."""
    defaults = Defaults(report.rulebook.by_id)
    return (_service(service, report.filter.gates, defaults) for service in report.result.services)


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
            **({} if rule.compares_dependencies else {"without_evidence": _without_evidence(rule)}),
            "effort": rule.effort,
            "cites": [citation.text for citation in rule.source.cites] if rule.source else [],
        }
        for rule in rules
    }


def _without_evidence(rule: Rule) -> dict[str, Any]:
    """Return the reasons and the remedy of every row of a criterion for which nothing is mapped."""
    result = without_evidence(rule)
    return {"reasons": [_reason(reason, result) for reason in result.reasons], "remedy": remedy_of(result)}


def requires(rule: Rule) -> list[str]:
    """Return the conditions of a criterion, each with its slot."""
    of_others = [f"depends_on: {outcomes.OF_DEPENDENCIES}"] if rule.compares_dependencies else []
    return [*(f"{of.slot}: {of.describe()}" for of in rule.conditions), *of_others]


def _service(result: ServiceResult, shown: tuple[str, ...], defaults: "Defaults") -> dict[str, Any]:
    rows = Rows(defaults)
    return {
        "service": result.service.service,
        "owner": result.service.owner,
        "declared_level": str(result.claimed_level),
        "verified_level": str(result.verified_level),
        "signed_level": str(result.signed_level),
        "effective_level": str(result.effective_level),
        "target_level": str(result.cell.level),
        "verdict": result.verdict,
        "reasons": [_known(reason._asdict()) for reason in result.reasons],
        **_known(
            {
                "missing_sign_offs": result.missing_sign_offs,
                "changed_since_signed": [
                    {**signed._asdict(), "level": str(signed.level)} for signed in result.changed_since_signed
                ],
                "depends_on": result.service.depends_on,
            }
        ),
        "gates": [
            _known(
                {
                    "gate": gate.gate,
                    "name": gate.name,
                    "status": gate.status,
                    "scope": gate.scope,
                    "criteria": rows.of(gate.criteria),
                }
            )
            for gate in result.gates
            if not shown or gate.gate in shown
        ],
        **_known(
            {
                "level_criteria": rows.of(result.level_criteria),
                "capabilities": rows.of(result.capabilities),
                "held_up_by": rows.of(result.held_up_by),
                "exceptions": [exception._asdict() for exception in result.exceptions],
                "statements": list(map(statement, result.statements)),
                "evidence": rows.evidence,
            }
        ),
    }


class Defaults:
    """What rows leave out because `texts` says it, and rows that services share.

    Services without evidence share results, and so their rows. They are kept by identity, because comparing
    results would cost more than it saves; keeping the result, too, keeps its identity.
    """

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._without: dict[str, CriterionResult] = {}
        self._rules = rules
        self.shared: dict[int, tuple[CriterionResult, dict[str, Any]]] = {}

    def remedy(self, result: CriterionResult) -> str | None:
        """Return what to do about an open criterion; None if its texts say it."""
        remedy = remedy_of(result) if result.is_open else None
        said = self.of(result)
        if said is None or remedy is None:
            return remedy
        known = remedy_of(said) if self.lacks_evidence(result) else said.rule.remedy
        return None if remedy == known else remedy

    def of(self, result: CriterionResult) -> CriterionResult | None:
        """Return the result of a criterion without evidence; None if it has no texts in the rulebook."""
        rule = self._rules.get(result.rule.id)
        if rule is None or rule.compares_dependencies:
            return None
        if rule.id not in self._without:
            self._without[rule.id] = without_evidence(rule)
        return self._without[rule.id]

    def lacks_evidence(self, result: CriterionResult) -> bool:
        """Return whether a result says what its criterion says without evidence."""
        said = self.of(result)
        return said is not None and all(
            getattr(said, name) == getattr(result, name) for name in ("status", "reason", "reasons")
        )


class Rows:
    """The criteria of one service as plain data, and the evidence that they name."""

    def __init__(self, defaults: Defaults) -> None:
        self.evidence: dict[str, dict[str, Any]] = {}
        """By slot; where the plan narrows a slot to something else, also by `slot#2`."""
        self._defaults = defaults
        self._rows: dict[int, dict[str, Any]] = {}
        self._keys: dict[int, str] = {}

    def of(self, results: Iterable[CriterionResult]) -> list[dict[str, Any]]:
        """Return the rows of criteria."""
        return list(map(self.row, results))

    def row(self, result: CriterionResult) -> dict[str, Any]:
        """Return the row of a criterion."""
        if found := self._defaults.shared.get(id(result)):
            return found[1]
        row = self._rows.get(id(result))
        if row is None:
            row = self._rows[id(result)] = self._row(result)
            if not (result.attestation or any(one.path for one in result.evidence)):
                self._defaults.shared[id(result)] = result, row
        return row

    def _row(self, result: CriterionResult) -> dict[str, Any]:
        row = {
            "criterion": result.rule.id,
            "status": result.status,
            "reason_code": result.reason_code,
            "binding": None if result.binding else False,
            "basis": result.basis,
            **self._why(result),
            "findings": _places(result.findings),
            "evidence": [self._key(one) for one in result.evidence if one.path],
            **_if_any(result),
            "remedy": self._defaults.remedy(result),
        }
        return _known(row)

    def _why(self, result: CriterionResult) -> dict[str, Any]:
        """Return why a criterion is open; nothing if its texts say it."""
        if self._defaults.lacks_evidence(result):
            return {}
        return {"reason": result.reason, "reasons": [_reason(of, result) for of in result.reasons]}

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
        "attestation": _attestation(attestation) if attestation else None,
        "signature": _known(result.signature._asdict()) if result.signature else None,
        "changed_since_attested": result.changed_since_attested or None,
        "exception": result.exception,
        "upcoming": _upcoming(result.upcoming) if result.upcoming else None,
    }


def _attestation(given: Attestation) -> dict[str, Any]:
    return _known(given.model_dump(mode="json", exclude={"signature"}))


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
        "signature": _known(one.seen._asdict()),
    }


_NOTHING: tuple[object, ...] = (None, (), [], {})


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in _NOTHING}


def _compared(result: CriterionResult) -> dict[str, Any]:
    return {
        "expected": outcomes.expected(result) if result.status is Status.FAIL else None,
        "actual": outcomes.actual(result),
        "distance": result.distance,
    }


def _reason(reason: CriterionReason, of: CriterionResult) -> dict[str, Any]:
    status = None if reason.status is of.status else reason.status
    places = () if reason.places == of.findings else reason.places
    return _known(reason._asdict() | {"status": status, "places": _places(places)})


def _places(found: Iterable[Finding]) -> list[dict[str, Any]]:
    return [_known(one._asdict()) for one in found]


def _upcoming(result: CriterionResult) -> dict[str, Any]:
    rule, compared = result.rule, _known(_compared(result))
    return {"binding_from": _when(result), "requires": requires(rule), "status": result.status, **compared}


def _when(result: CriterionResult) -> str | None:
    effective = result.rule.effective
    return None if effective is None else str(effective)


def _evidence(seen: Evidence) -> dict[str, Any]:
    """Return evidence as plain data; a part leaves out the path and the digest of the whole."""
    whole = {"path": seen.path, "sha256": seen.sha256}
    return _known(
        {
            "status": seen.status,
            "reason": seen.reason,
            "basis": seen.basis,
            "pipeline": seen.pipeline,
            **whole,
            "attempts": [_attempt(one) for one in seen.attempts],
            "parts": [
                {key: value for key, value in part(of).items() if whole.get(key) != value}
                for of in seen.parts
            ],
        }
    )


def _attempt(of: Attempt) -> dict[str, Any]:
    return _known(of._asdict() | {"collected_at": as_written(of.collected_at)})


def part(of: Part) -> dict[str, Any]:
    """Return what is known about a part, as a record writes it; what is not known is left out."""
    times = {name: as_written(at) for name in ("produced_at", "committed_at") if (at := getattr(of, name))}
    places = [{"place": one.place._asdict(), "touches": sorted(one.touches)} for one in of.not_understood]
    subjects = [subject._asdict() for subject in of.subjects]
    return _known(of._asdict() | times | {"subjects": subjects, "not_understood": places})


def action(one: Action) -> dict[str, Any]:
    """Return an action as plain data; instructions and options for all of its services do not list them."""
    services = one.services

    def of(what: Instruction | Option) -> dict[str, Any]:
        return _known(what._asdict() | {"services": None if what.services == services else what.services})

    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "instructions": list(map(of, one.instructions)),
        "effort": one.effort,
        "services": services,
        "owners": one.owners,
        "roles": one.roles,
        "criteria": one.criteria,
        "answers": one.answers,
        "milestones": one.milestones,
        "unblocks": {"services": one.unblocks_services, "milestones": one.unblocks_milestones},
        "excusable": one.excusable,
        "options": list(map(of, one.options)),
        "recovers": one.recovers,
    }


def exit_record(last: Exited | None) -> dict[str, str] | None:
    """Return the last record of a milestone's exit as plain data."""
    return {"on": last.on.isoformat(), "by": last.by, "state": last.state} if last else None
