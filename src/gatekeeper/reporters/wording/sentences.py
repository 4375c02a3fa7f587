"""Words for conditions and values, the same in every format."""

from typing import assert_never

from gatekeeper.model.evidence import Finding
from gatekeeper.model.rule import Operator
from gatekeeper.model.status import Status
from gatekeeper.model.values import describe_value
from gatekeeper.model.verdict import CriterionResult, Outcome


def expected(result: CriterionResult) -> str | None:
    """Say what was asked: the conditions that decided, or all where nothing could be compared."""
    conditions = [outcome.condition for outcome in result.telling] or list(result.rule.conditions)
    if conditions:
        return "; ".join(condition.describe() for condition in conditions)
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


def outcome_words(outcome: Outcome) -> str:
    """Say what was seen: `lines_pct is 91.2`."""
    return f"{'.'.join(outcome.condition.path)} is {describe_value(outcome.actual)}"


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
            return f"{count} not among {outcome.condition.operand.describe()}"
        case Operator.INCLUDES | Operator.MENTIONS:
            return f"{count} to come"
        case Operator.EQUALS | Operator.ONE_OF:
            return f"it has to be {describe_value(outcome.operand)}"
        case unknown:
            assert_never(unknown)


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
