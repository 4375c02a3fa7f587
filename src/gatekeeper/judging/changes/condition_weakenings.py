"""Whether the conditions of a criterion ask for less than before."""

from collections.abc import Iterator
from typing import Any, assert_never

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace
from gatekeeper.model.rule import (
    Condition,
    FactOf,
    Literal,
    MilestoneContext,
    Operand,
    Operator,
    Rule,
    TargetOperand,
)


def compare_conditions(base: Rule, head: Rule, where: ManifestPlace | None) -> Iterator[Change]:
    """Yield each condition that is gone or asks for less; what cannot be told apart counts as less."""
    becomes = {(condition.fact, condition.operator): condition.operand for condition in head.conditions}
    for condition in base.conditions:
        name = f"{condition.fact}.{condition.operator}"
        before = _told(condition.operand)
        after = becomes.get((condition.fact, condition.operator))
        if after is None:
            message = f"{base.id} no longer asks for {condition.fact} {_asked(condition)}"
            yield weakening(ChangeKind.RULE_WEAKENED, f"{base.id}:{name}", message, where, before, "dropped")
        elif condition.operand != after and not _is_as_strict(condition.operator, condition.operand, after):
            message = (
                f"{base.id}: {condition.fact} {condition.operator.replace('_', ' ')} "
                f"{_text(after)} instead of {_text(condition.operand)}"
            )
            yield weakening(
                ChangeKind.RULE_WEAKENED, f"{base.id}:{name}", message, where, before, _told(after)
            )


def _asked(condition: Condition) -> str:
    return f"{condition.operator.replace('_', ' ')} {_text(condition.operand)}"


def _text(operand: Operand) -> str:
    told = _told(operand)
    return ", ".join(map(str, told)) if isinstance(told, list) else str(told)


def _told(operand: Operand) -> Any:
    match operand:
        case Literal(value):
            return list(value) if isinstance(value, tuple | list) else value
        case FactOf(slot, path):
            return ".".join((slot, *path))
        case TargetOperand(name):
            return f"targets.{name}"
        case MilestoneContext():
            return "the milestone"
        case _:
            assert_never(operand)


def _is_as_strict(operator: Operator, base: Operand, head: Operand) -> bool:
    """Whether what meets the head's condition would have met the base's."""
    if not (isinstance(base, Literal) and isinstance(head, Literal)):
        return False
    before, after = base.value, head.value
    match operator:
        case Operator.AT_LEAST:
            return bool(after >= before)
        case Operator.AT_MOST:
            return bool(after <= before)
        case Operator.ONE_OF | Operator.WITHIN:
            return all(value in before for value in after)
        case Operator.INCLUDES | Operator.MENTIONS:
            return all(value in after for value in before)
        case Operator.EQUALS | Operator.EMPTY:
            return False
        case _:
            assert_never(operator)
