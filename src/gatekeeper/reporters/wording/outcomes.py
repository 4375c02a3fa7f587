"""What a criterion asked and what was seen, in words: conditions, outcomes, values and places."""

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
MOST_FINDINGS = 5
"""How many findings of a criterion a screen or page lists."""


def expected(result: CriterionResult) -> str | None:
    """Return what was asked: the conditions that decided, or all if none could be compared."""
    conditions = [outcome.condition for outcome in result.telling] or list(result.rule.conditions)
    if conditions:
        return "; ".join(map(condition_words, conditions))
    role = result.rule.attested_by
    return f"attested by {role}" if role else None


def actual(result: CriterionResult) -> str | None:
    """Return what was seen; None if nothing could be compared."""
    seen = [outcome_words(outcome) for outcome in result.telling if outcome.actual is not None]
    if seen:
        return "; ".join(seen)
    if result.attestation and result.status is Status.PASS:
        return f"attested by {result.attestation.by}, {result.attestation.role}, on {result.attestation.on}"
    return None


def seen(result: CriterionResult) -> list[str]:
    """Return sentences about the status: the exception, the reason, what was seen and asked."""
    told = [f"excepted by {result.exception}"] if result.exception else []
    if result.reason:
        told.append(result.reason)
    if result.status is Status.FAIL and (found := actual(result)):
        told.append(f"{found}; asked: {asked(result)}")
    return told


def asked(result: CriterionResult) -> str:
    """Return what was asked, and how far each condition is from holding."""
    return "; ".join(map(_asked, result.telling)) or expected(result) or ""


def _asked(outcome: Outcome) -> str:
    words = condition_words(outcome.condition)
    return words if outcome.distance is None else f"{words}{_distance(outcome)}"


def _distance(outcome: Outcome) -> str:
    count = figure(outcome.distance or 0)
    match outcome.condition.operator:
        case Operator.AT_LEAST:
            return f", {count} below the threshold"
        case Operator.AT_MOST:
            return f", {count} above the threshold"
        case Operator.INCLUDES | Operator.MENTIONS:
            return f", {count} missing"
        case Operator.WITHIN:
            return f", {count} not among them"
        case _:
            return ""  # the list that was seen shows it


def figure(number: float) -> str:
    """Return a number for people, with two decimals at most; a tiny one keeps one significant digit."""
    if 0 < abs(number) < 0.005:
        return f"{number:.1g}"
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def condition_words(condition: Condition) -> str:
    """Return a condition in words: `lines_pct at least 95`."""
    fact = ".".join(condition.path)
    if condition.operator is Operator.EMPTY:
        is_empty = isinstance(condition.operand, Literal) and condition.operand.value
        return f"{fact} empty" if is_empty else f"{fact} not empty"
    return f"{fact} {_WORDS[condition.operator]} {operand_words(condition)}"


def operand_words(condition: Condition) -> str:
    """Return an operand as the rulebook writes it."""
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
    """Return what was seen of a fact: `lines_pct is 91.2`."""
    return f"{'.'.join(outcome.condition.path)} is {value_words(outcome.actual)}"


def change_words(outcome: Outcome) -> str | None:
    """Return what must change so that a failed condition holds: `it has to rise by 3.8`."""
    if outcome.status is not Status.FAIL:
        return None
    count = figure(outcome.distance) if outcome.distance else "some"
    match outcome.condition.operator:
        case Operator.AT_LEAST:
            return f"it has to rise by {count}"
        case Operator.AT_MOST:
            return f"it has to fall by {count}"
        case Operator.EMPTY:
            return f"{count} to remove" if outcome.operand else "it must not be empty"
        case Operator.WITHIN:
            return f"{count} not among {operand_words(outcome.condition)}"
        case Operator.INCLUDES | Operator.MENTIONS:
            return f"{count} missing"
        case Operator.EQUALS | Operator.ONE_OF:
            return f"it has to be {value_words(outcome.operand)}"
        case unknown:
            assert_never(unknown)


def value_words(value: Any) -> str:
    """Return a value in short: of a list the first few items and how many more there are."""
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


def location(finding: Finding) -> str | None:
    """Return the place of a finding: `src/a.ts:12`, or a JSON pointer after `#`."""
    where = finding.file or ""
    if finding.line:
        where += f":{finding.line}"
    if finding.pointer:
        where += f"#{finding.pointer}"
    return where or None
