"""Compare what a case expects with the result of judging it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.judging.verdicts.services import Findings
from gatekeeper.manifests.fragments import flow
from gatekeeper.model.case_result import Difference
from gatekeeper.model.cases import Expected, ServiceExpected
from gatekeeper.model.changes import Change, ChangeKind
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.verdict import CriterionResult, GateResult, MilestoneResult, ServiceResult
from gatekeeper.reporters.wording import outcomes

NOT_ASKED = "not_asked"


class Answer(NamedTuple):
    """The result of judging, by the fields in which a case expects it."""

    values: Mapping[str, Any]
    reasons: Callable[[], Iterable[str]] = tuple
    """Returns the reasons behind what the case is about, as a screen shows them."""
    criteria: Mapping[str, CriterionResult] = {}
    gates: Mapping[str, GateResult] = {}
    services: "Mapping[str, Answer]" = {}  # noqa: RUF012 - never changed

    @property
    def why(self) -> str:
        """The reasons as one text."""
        return "; ".join(self.reasons())


def of_service(result: ServiceResult, rulebook: Rulebook) -> Answer:
    """Return the result of a service."""
    effective = result.effective_level
    values = {
        "verified": result.verified_level.id,
        "signed": result.signed_level.id,
        "effective": effective.id,
        "ships_to": list(rulebook.levels[effective].ships_to),
        "verdict": result.verdict.value,
        "reasons": list(dict.fromkeys(reason.code for reason in result.reasons)),
    }
    answer = of_findings(Findings(result.gates, result.level_criteria, result.capabilities))
    return answer._replace(values=values, reasons=lambda: [reason.message for reason in result.reasons])


def of_findings(found: Findings) -> Answer:
    """Return the results of the criteria and gates that a milestone asks; it has no other values."""
    return Answer(
        {}, criteria=found.by_id(), gates={gate.gate: gate for gate in found.gates if gate.criteria}
    )


def needs_levels(expected: Expected) -> bool:
    """Return whether a case expects more than `of_findings` returns."""
    return not expected.model_fields_set <= {
        "status",
        "reason_code",
        "reason",
        "basis",
        "binding",
        "criteria",
        "gates",
    }


def of_milestone(result: MilestoneResult, rulebook: Rulebook) -> Answer:
    """Return the result of a milestone."""
    services = {one.service.service: of_service(one, rulebook) for one in result.services}
    codes = dict.fromkeys(reason.code for one in result.services for reason in one.reasons)
    values = {"verdict": result.verdict.value, "reasons": list(codes)}
    return Answer(values, lambda: _blocked(services), services=services)


def _blocked(services: Mapping[str, Answer]) -> Iterator[str]:
    if not services:
        yield "no service is in scope"
    for name, answer in services.items():
        yield from (f"{name}: {reason}" for reason in answer.reasons())


def of_changes(changes: Iterable[Change]) -> Answer:
    """Return what a change does; improvements and notes are not listed."""
    found = [change for change in changes if change.kind not in (ChangeKind.IMPROVEMENT, ChangeKind.NOTE)]
    values = {
        "blocks": any(change.blocks for change in found),
        "changes": [f"{change.kind} {change.id.partition(':sha256:')[0]}" for change in found],
    }
    return Answer(values, lambda: [change.message for change in found])


def of_criterion(id_: str, answer: Answer) -> Answer:
    """Return the result of a criterion, which is found in that of its service."""
    found = answer.criteria.get(id_)
    if found is None:
        return answer._replace(values={**answer.values, "status": NOT_ASKED}, reasons=tuple)
    own = {
        "status": found.status.value,
        "reason_code": found.reason_code.value if found.reason_code else None,
        "basis": found.basis.value if found.basis else None,
        "binding": found.binding,
    }
    return answer._replace(values={**answer.values, **own}, reasons=lambda: _seen(found))


def of_gate(gate: str, answer: Answer) -> Answer:
    """Return the result of a gate, which is found in that of its service."""
    found = answer.gates.get(gate)
    if found is None:
        return answer._replace(values={**answer.values, "status": NOT_ASKED}, reasons=tuple)
    return answer._replace(
        values={**answer.values, "status": found.status.value}, reasons=lambda: map(_open, found.criteria)
    )


def _seen(result: CriterionResult) -> Iterable[str]:
    return outcomes.seen(result) or filter(None, [outcomes.actual(result)])


def _open(result: CriterionResult) -> str:
    return f"{result.rule.id} is {'; '.join([result.status, *outcomes.seen(result)])}"


def differences(expected: Expected, answer: Answer) -> tuple[Difference, ...]:
    """Return everything that is not as expected; only what is named is compared."""
    wanted, actual = _named(expected), as_it_is(expected, answer)
    return tuple(
        Difference(" ".join(path), flow(value), flow(is_now))
        for (path, value), (_, is_now) in zip(_leaves(wanted), _leaves(actual), strict=True)
        if _in_any_order(value) != _in_any_order(is_now)
    )


def as_it_is(expected: Expected, answer: Answer) -> dict[str, Any]:
    """Return what a case would have to expect, in the fields that it names."""
    return {name: _as_it_is(name, wanted, answer) for name, wanted in _named(expected).items()}


def _as_it_is(name: str, wanted: Any, answer: Answer) -> Any:
    match name:
        case "reason":
            return wanted if wanted in answer.why else answer.why or None
        case "criteria":
            return {id_: of_criterion(id_, answer).values["status"] for id_ in wanted}
        case "gates":
            return {gate: of_gate(gate, answer).values["status"] for gate in wanted}
        case "services":
            known = {service: answer.services.get(service, _NOT_IN_SCOPE) for service in wanted}
            return {
                service: {field: _as_it_is(field, of[field], known[service]) for field in of}
                for service, of in wanted.items()
            }
        case _:
            return answer.values.get(name)


_NOT_IN_SCOPE = Answer({"verdict": "not in scope"})


def _named(expected: Expected) -> dict[str, Any]:
    """Return the fields that a case names: its own, then the reason, then those of the service."""
    written = expected.model_dump(mode="json", exclude_unset=True)
    order = sorted(written, key=lambda name: (name in ServiceExpected.model_fields, name != "reason"))
    return {name: written[name] for name in order}


def _leaves(written: Mapping[str, Any], *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in written.items():
        if isinstance(value, dict):
            yield from _leaves(value, *path, name)
        else:
            yield (*path, name), value


def _in_any_order(value: Any) -> Any:
    """Return a value to compare: codes and destinations are in no order."""
    return sorted(value) if isinstance(value, list) else value


def suggestion(expected: Expected, answer: Answer, short: str) -> str:
    """Return the line that expects what is: short if the case names nothing but its first field."""
    actual = as_it_is(expected, answer)
    stated = {name: value for name, value in actual.items() if value is not None}
    return f"expect: {flow(actual[short] if actual.keys() == {short} else stated)}"
