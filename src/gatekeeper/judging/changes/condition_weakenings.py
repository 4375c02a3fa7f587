"""Decide which conditions of a criterion are weakened between two rulebooks."""

from collections.abc import Iterator
from typing import Any, assert_never

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace
from gatekeeper.model.rule import Literal, Operand, Operator, Rule


def compare_conditions(base: Rule, head: Rule, where: ManifestPlace | None) -> Iterator[Change]:
    """Yield each condition that was removed or asks for less; an incomparable operand counts as less."""
    becomes = {(condition.fact, condition.operator): condition.operand for condition in head.conditions}
    for condition in base.conditions:
        name = f"{base.id}:{condition.fact}.{condition.operator}"
        asked = f"{condition.fact} {condition.operator.label}"
        was, now = condition.operand, becomes.get((condition.fact, condition.operator))
        if now is None:
            message = f"{base.id} no longer asks for {asked} {was.describe(limit=None)}"
            yield weakening(ChangeKind.RULE_WEAKENED, name, message, where, _plain(was), "dropped")
        elif was != now and not _is_as_strict(condition.operator, was, now):
            message = f"{base.id}: {asked} {now.describe(limit=None)} instead of {was.describe(limit=None)}"
            yield weakening(ChangeKind.RULE_WEAKENED, name, message, where, _plain(was), _plain(now))


def _plain(operand: Operand) -> Any:
    """Return an operand as plain data, for the name of a weakening."""
    if not isinstance(operand, Literal):
        return operand.describe()
    return list(operand.value) if isinstance(operand.value, tuple | list) else operand.value


def _is_as_strict(operator: Operator, base: Operand, head: Operand) -> bool:
    """Whether everything that meets the head's condition also meets the base's."""
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
