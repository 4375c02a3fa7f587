"""Words for conditions and values, the same in every format."""

from collections.abc import Mapping
from typing import Any, assert_never

from gatekeeper.model.evidence import Finding
from gatekeeper.model.rule import Condition, FactOf, Literal, MilestoneContext, Operator, TargetOperand
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, Outcome

_WORDS = {
    Operator.EQUALS: "equals",
    Operator.ONE_OF: "one of",
    Operator.AT_LEAST: "at least",
    Operator.AT_MOST: "at most",
    Operator.INCLUDES: "includes",
    Operator.WITHIN: "within",
    Operator.MENTIONS: "mentions",
}
_FEW = 3


def expected(result: CriterionResult) -> str | None:
    """Say what was asked: the conditions that decided, or all where nothing could be compared."""
    conditions = [outcome.condition for outcome in result.telling] or list(result.rule.conditions)
    if conditions:
        return "; ".join(map(condition_words, conditions))
    role = result.rule.attested_by
    return f"attested by {role}" if role else None


def actual(result: CriterionResult) -> str | None:
    """Say what was seen of that; None where there was nothing to see."""
    seen = [outcome_words(outcome) for outcome in result.telling if outcome.actual is not None]
    if seen:
        return "; ".join(seen)
    if result.attestation and result.status is Status.PASS:
        return f"attested by {result.attestation.by}, {result.attestation.role}, on {result.attestation.on}"
    return None


def seen(result: CriterionResult) -> list[str]:
    """Say in sentences what became of a criterion: who excuses it, why, and what was seen."""
    told = [f"excepted by {result.exception}"] if result.exception else []
    if result.reason:
        told.append(result.reason)
    if result.status is Status.FAIL and (found := actual(result)):
        by = f", {result.distance:g} off" if result.distance is not None else ""
        told.append(f"{found}; asked: {expected(result) or ''}{by}")
    return told


def condition_words(condition: Condition) -> str:
    """Say one condition: `lines_pct at least 95`."""
    fact = ".".join(condition.path)
    if condition.operator is Operator.EMPTY:
        is_empty = isinstance(condition.operand, Literal) and condition.operand.value
        return f"{fact} empty" if is_empty else f"{fact} not empty"
    return f"{fact} {_WORDS[condition.operator]} {operand_words(condition)}"


def operand_words(condition: Condition) -> str:
    """Say an operand as the rulebook means it."""
    match condition.operand:
        case Literal(value):
            return value_words(value)
        case FactOf(slot, path):
            return ".".join((slot, *path))
        case TargetOperand(name):
            return f"targets.{name}"
        case MilestoneContext():
            return "the milestone"
        case unknown:
            assert_never(unknown)


def outcome_words(outcome: Outcome) -> str:
    """Say what was seen: `lines_pct is 91.2`."""
    return f"{'.'.join(outcome.condition.path)} is {value_words(outcome.actual)}"


def change_words(outcome: Outcome) -> str | None:
    """Say what would have to change for a condition that does not hold: `it has to rise by 3.8`."""
    if outcome.status is not Status.FAIL:
        return None
    count = f"{outcome.distance:,.0f}" if outcome.distance else "some"
    match outcome.condition.operator:
        case Operator.AT_LEAST:
            return f"it has to rise by {outcome.distance:g}"
        case Operator.AT_MOST:
            return f"it has to fall by {outcome.distance:g}"
        case Operator.EMPTY:
            return f"{count} to go" if outcome.operand else "it has to name something"
        case Operator.WITHIN:
            return f"{count} not among {operand_words(outcome.condition)}"
        case Operator.INCLUDES | Operator.MENTIONS:
            return f"{count} to come"
        case Operator.EQUALS | Operator.ONE_OF:
            return f"it has to be {value_words(outcome.operand)}"
        case unknown:
            assert_never(unknown)


def value_words(value: Any) -> str:
    """Say a value shortly: of lists the first few and how many there are."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}" if abs(value) < 1e6 else f"{value:,.0f}"
        case str():
            return value
        case Mapping():
            return value_words(tuple(value))
        case () | []:
            return "empty"
        case [*items]:
            few = ", ".join(item.message if isinstance(item, Finding) else str(item) for item in items[:_FEW])
            return few if len(items) <= _FEW else f"{few} and {len(items) - _FEW} more"
        case _:
            return str(value)


def services(count: int) -> str:
    """Say how many services: `1 service`, `1,000 services`."""
    return f"{count:,} service{'' if count == 1 else 's'}"


def criteria(count: int) -> str:
    """Say how many criteria: `1 criterion`, `12 criteria`."""
    return "1 criterion" if count == 1 else f"{count:,} criteria"


def location(finding: Finding) -> str | None:
    """Say where a finding is: `src/a.ts:12`, or a JSON pointer behind `#`."""
    where = finding.file or ""
    if finding.line:
        where += f":{finding.line}"
    if finding.pointer:
        where += f"#{finding.pointer}"
    return where or None
