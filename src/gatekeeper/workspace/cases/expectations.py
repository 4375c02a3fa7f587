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
    return not expected.model_fields_set <= {"status", "reason", "basis", "binding", "criteria", "gates"}


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


def differences(expected: Expected, answer: Answer) -> Iterator[Difference]:
    """Yield everything that is not as expected; only what is named is compared."""
    for name in _named(expected):
        wanted = getattr(expected, name)
        match name:
            case "reason":
                if wanted not in answer.why:
                    yield Difference(name, wanted, answer.why or "none")
            case "criteria":
                for id_, status in wanted.items():
                    yield from _compared(f"criterion {id_}", "status", status, of_criterion(id_, answer))
            case "gates":
                for gate, status in wanted.items():
                    yield from _compared(f"gate {gate}", "status", status, of_gate(gate, answer))
            case "services":
                for service, of in wanted.items():
                    yield from _of_service(service, of, answer)
            case _:
                yield from _compared(name, name, wanted, answer)


def _of_service(service: str, wanted: ServiceExpected, answer: Answer) -> Iterator[Difference]:
    of = answer.services.get(service)
    if of is None:
        yield Difference(service, "a service in scope", f"in scope: {', '.join(answer.services) or 'none'}")
        return
    for one in differences(wanted, of):
        yield one._replace(what=f"{service} {one.what}")


def _compared(what: str, field: str, wanted: Any, answer: Answer) -> Iterator[Difference]:
    actual = answer.values.get(field)
    if _plain(wanted) != _plain(actual):
        yield Difference(what, flow(wanted), flow(actual), answer.why or None)


def _plain(value: Any) -> Any:
    """Return a value to compare: codes and destinations are in no order."""
    return sorted(value) if isinstance(value, list | tuple) else value


def _named(expected: Expected) -> Iterable[str]:
    """Return the fields that a case names: its own, then the reason, then those of the service."""
    fields = [name for name in type(expected).model_fields if name in expected.model_fields_set]
    return sorted(fields, key=lambda name: (name in ServiceExpected.model_fields, name != "reason"))


def suggestion(expected: Expected, answer: Answer, short: str) -> str:
    """Return the line that expects what is: short if the case names nothing but its first field."""
    return f"expect: {flow(_as_is(expected, answer, short))}"


def _as_is(expected: Expected, answer: Answer, short: str) -> Any:
    if expected.model_fields_set == {short}:
        return answer.values[short]
    return {name: value for name, value in _fields_as_they_are(expected, answer) if value is not None}


def _fields_as_they_are(expected: Expected, answer: Answer) -> Iterator[tuple[str, Any]]:
    for name in _named(expected):
        wanted = getattr(expected, name)
        match name:
            case "reason":
                yield name, wanted if wanted in answer.why else next(iter(answer.reasons()), None)
            case "criteria":
                yield name, {id_: of_criterion(id_, answer).values["status"] for id_ in wanted}
            case "gates":
                yield name, {gate: of_gate(gate, answer).values["status"] for gate in wanted}
            case "services":
                known = answer.services
                yield name, {of: _as_is(wanted[of], known[of], "verdict") for of in wanted if of in known}
            case _:
                yield name, answer.values.get(name)
