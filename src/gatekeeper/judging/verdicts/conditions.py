"""Judge one condition: a fact, an operator and an operand."""

from collections.abc import Iterator, Sized
from typing import Any, assert_never

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.rules.operators import NotComparable, compare, is_any_named, stays_violated
from gatekeeper.judging.verdicts.guards import without_ids
from gatekeeper.judging.verdicts.lookup import Lookup, NoValue
from gatekeeper.model.evidence import Finding
from gatekeeper.model.rule import Condition, FactOf, Literal, MilestoneContext, Operator, Rule, TargetOperand
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.verdict import Outcome


def outcome(condition: Condition, rule: Rule, lookup: Lookup, span: MilestoneSpan) -> Outcome:
    """Return the outcome of a condition: its status, the compared values and the distance between them."""
    if lack := lookup.lack(condition.slot):
        return _without_value(condition, lack)
    try:
        actual, doubt = lookup.found(condition.slot, condition.path)
        if isinstance(condition.operand, MilestoneContext):
            return _milestone_outcome(condition, actual, span)
        both_empty = condition.operator is Operator.WITHIN and is_nothing(actual)
        operand = _operand(condition.operand, lookup, may_be_empty=both_empty)
        comparison = compare(condition.operator, _compared(condition, actual, rule), operand)
        if doubt and (comparison.holds or not stays_violated(condition.operator, actual, operand)):
            raise doubt
    except NoValue as lack:
        return _without_value(condition, lack)
    except NotComparable as error:
        return Outcome(condition, Status.UNREADABLE, f"`{condition.fact}`: {error}", actual, operand)
    if comparison.holds:
        return Outcome(condition, Status.PASS, None, actual, operand)
    findings = tuple(_findings(condition, actual, comparison.offenders, lookup))
    if rule.source is None and not _is_mentioned_by_a_failure(condition, operand, lookup):
        reason = f"no passed test of `{condition.slot}` mentions {', '.join(comparison.offenders)}"
        return Outcome(condition, Status.MISSING, reason, actual, operand, comparison.distance)
    return Outcome(condition, Status.FAIL, None, actual, operand, comparison.distance, findings)


def _without_value(condition: Condition, lack: NoValue) -> Outcome:
    return Outcome(condition, lack.status, lack.reason, findings=lack.places, code=lack.code)


def _compared(condition: Condition, actual: Any, rule: Rule) -> Any:
    """Return a fact as it is compared: the id that a test carries does not mention what the test shows."""
    if condition.operator is not Operator.MENTIONS or rule.source is None or not isinstance(actual, tuple):
        return actual
    return without_ids(actual, rule) if all(isinstance(name, str) for name in actual) else actual


def _operand(operand: Literal | FactOf | TargetOperand, lookup: Lookup, *, may_be_empty: bool) -> Any:
    match operand:
        case Literal(value):
            return value
        case TargetOperand(name):
            if (target := lookup.case.service.targets.get(name)) is None:
                raise NoValue(Status.MISSING, f"no target is set: add targets.{name}")
            return target
        case FactOf(slot, path):
            fact = lookup.fact(slot, path)
            if is_nothing(fact) and not isinstance(fact, int | float) and not may_be_empty:
                # Otherwise a condition that compares with an empty register would always hold.
                raise NoValue(Status.MISSING, f"`{slot}` names no {path[-1].replace('_', ' ')}")
            return fact
        case _:
            assert_never(operand)


def _milestone_outcome(condition: Condition, actual: Any, span: MilestoneSpan) -> Outcome:
    if span.accepts(actual):
        return Outcome(condition, Status.PASS, None, actual, span.first)
    reason, code = f"made for {actual}, not for {span.first}", ReasonCode.OTHER_MILESTONE
    return Outcome(condition, Status.STALE, reason, actual, span.first, code=code)


def _findings(
    condition: Condition, actual: Any, offenders: tuple[str, ...], lookup: Lookup
) -> Iterator[Finding]:
    """Yield the findings of the fact; without any, the names at fault, or for a number all findings."""
    if isinstance(actual, tuple) and any(isinstance(item, Finding) for item in actual):
        yield from actual
    elif offenders:
        evidence = lookup.evidence(condition.slot)
        yield from (Finding(name, evidence.path) for name in offenders)
    elif condition.operator in (Operator.AT_LEAST, Operator.AT_MOST):
        facts = lookup.evidence(condition.slot).facts
        for value in facts if isinstance(facts, tuple) else ():
            if isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Finding))


def _is_mentioned_by_a_failure(condition: Condition, operand: tuple[str, ...], lookup: Lookup) -> bool:
    """Whether a failed test mentions a phrase: then the condition fails; otherwise, evidence is missing."""
    failed = getattr(lookup.evidence(condition.slot).facts, "failed", None) or ()
    named = tuple(finding.message for finding in failed)
    return is_any_named(operand, named)


def is_nothing(value: Any) -> bool:
    """Whether a number is 0, or a list or a text is empty."""
    return value == 0 if isinstance(value, int | float) else isinstance(value, Sized) and len(value) == 0
