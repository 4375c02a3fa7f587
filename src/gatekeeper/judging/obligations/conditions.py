"""Decide whether conditions ask for at least as much as other conditions, operator by operator."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gatekeeper.judging.rules.matching import left_out
from gatekeeper.judging.rules.operators import distinct, forms, mentions
from gatekeeper.model.rule import Operator
from gatekeeper.model.values import describe_value

Condition = Mapping[str, Any]
"""A condition as terms describe it: `fact`, `operator` and `operand`."""


def weaker_conditions(before: Sequence[Condition], after: Sequence[Condition]) -> Iterator[str]:
    """Yield for each condition of the base that no condition of the head implies what is asked now."""
    for condition in before:
        same_fact = [other for other in after if other["fact"] == condition["fact"]]
        if any(_implies(other, condition) for other in same_fact):
            continue
        changed = next((other for other in same_fact if other["operator"] == condition["operator"]), None)
        if changed is None:
            yield f"no longer asks for {_condition(condition)}"
        else:
            yield f"asks for {_condition(changed)} instead of {_operand(condition)}"


def implied(head: Sequence[Condition], base: Sequence[Condition]) -> bool:
    """Return whether whatever meets the head's conditions also meets the base's."""
    return next(weaker_conditions(base, head), None) is None


def describe(conditions: Sequence[Condition]) -> str:
    """Return conditions as text."""
    return "; ".join(map(_condition, conditions))


def _implies(head: Condition, base: Condition) -> bool:
    before, after = base["operand"], head["operand"]
    operator, other = Operator(base["operator"]), Operator(head["operator"])
    if isinstance(before, dict) or isinstance(after, dict):
        return operator is other and _is_as_strict_reference(operator, before, after)
    if other is Operator.EQUALS and operator in _MET_BY_A_VALUE:
        return _KEPT[operator](before, after)
    return operator is other and _KEPT[operator](before, after)


def _is_as_strict_reference(operator: Operator, before: Any, after: Any) -> bool:
    """Return whether an operand that is another fact, a target or the milestone is as strict."""
    if before == after:
        return True
    if not (isinstance(before, dict) and isinstance(after, dict)) or "target" not in before:
        return False
    if before["target"] != after.get("target"):
        return False
    was, now = before["value"], after["value"]
    if was is None or now is None:
        return True  # without the target the criterion is open; a first target is a declaration
    return operator in (Operator.AT_LEAST, Operator.AT_MOST) and _KEPT[operator](was, now)


def within(before: Any, after: Any) -> bool:
    """Return whether a list, or a single value, is a subset of another."""
    return {_key(value) for value in _items(after)} <= {_key(value) for value in _items(before)}


def _key(value: Any) -> tuple[bool, Any]:
    return isinstance(value, bool), value  # as operators compare: true is not 1


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _mentioned(before: Any, after: Any) -> bool:
    """Return whether each phrase of the base has one of its own in the head that implies it."""
    heads = distinct(_items(after))
    choices = [
        [number for number, head in enumerate(heads) if head == phrase or _is_mentioned(head, forms(phrase))]
        for phrase in distinct(_items(before))
    ]
    return not left_out(choices)


def _is_mentioned(head: str, base: Sequence[str]) -> bool:
    return bool(forms(head)) and all(mentions(base, f" {form} ") for form in forms(head))


def _bounds(before: Any, after: Any, sign: int) -> bool:
    is_number = all(isinstance(value, int | float) for value in (before, after))
    return is_number and bool(sign * after >= sign * before)


_KEPT: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.AT_LEAST: lambda before, after: _bounds(before, after, 1),
    Operator.AT_MOST: lambda before, after: _bounds(before, after, -1),
    Operator.EQUALS: lambda before, after: _key(before) == _key(after),
    Operator.EMPTY: lambda before, after: bool(before == after),
    Operator.ONE_OF: within,
    Operator.WITHIN: within,
    Operator.INCLUDES: lambda before, after: within(after, before),
    Operator.MENTIONS: _mentioned,
}
"""Whether a literal operand (the second) is as strict as another one of the same operator."""
_MET_BY_A_VALUE = frozenset({Operator.AT_LEAST, Operator.AT_MOST, Operator.ONE_OF})
"""The operators whose operand the only allowed value may meet."""


def _condition(condition: Condition) -> str:
    operator = Operator(condition["operator"])
    words = "" if operator is Operator.EMPTY else f" {operator.label}"
    return f"{condition['fact']}{words} {_operand(condition)}"


def _operand(condition: Condition) -> str:
    operand = condition["operand"]
    if condition["operator"] == Operator.EMPTY:
        return "empty" if operand else "not empty"
    if not isinstance(operand, dict):
        return as_text(operand)
    if "context" in operand:
        return "the milestone"
    if "fact" in operand:
        return str(operand["fact"])
    value = operand["value"]
    return f"targets.{operand['target']}" + (f" ({as_text(value)})" if value is not None else "")


def as_text(value: Any) -> str:
    """Return a value of terms as text."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {as_text(of)}" for name, of in value.items()) or "nothing"
    return "nothing" if value is None else describe_value(value, None)
