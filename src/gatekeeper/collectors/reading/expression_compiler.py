"""JMESPath expressions as functions, compiled once for many values.

What only walks becomes a function of ours; what may multiply what it is given is left to the interpreter of
jmespath. Both have one budget.
"""

import operator
from collections.abc import Callable
from typing import Any

from jmespath.exceptions import JMESPathError

from gatekeeper.collectors.reading.expression_syntax import path_of, tree_of
from gatekeeper.collectors.reading.expressions import (
    BUDGET,
    Budget,
    BudgetedFunctions,
    BudgetedInterpreter,
    TooMuchWork,
)

Getter = Callable[[Any], Any]
"""An expression, compiled: a value -> the value that the expression has of it."""


class Compiler:
    """Turns expressions into functions, which together do not exceed one budget.

    Only what walks over lists and texts, or makes new values, counts. An expression that fails, such as the
    length of null, has the value null.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = Budget(budget)
        self.spend = self._budget.spend
        """Spends steps on what is done with the values of expressions."""
        self._functions = BudgetedFunctions(self._budget)
        self._interpreter = BudgetedInterpreter(self._budget)

    def compile(self, expression: str) -> Getter:
        """Return a valid expression as a function; it raises `TooMuchWork` beyond the budget."""
        return self._of(tree_of(expression))

    def refill(self, more: int = 0) -> None:
        """Begin a new budget, of so many steps and values more than that of a compiler."""
        self._budget.refill(more)

    def _of(self, node: Any) -> Getter:
        make = getattr(self, f"_{node['type']}", None)
        return make(node) if make else self._interpreted(node)

    def _interpreted(self, node: Any) -> Getter:
        """Return a node that may multiply what it is given: each of its steps counts."""

        def get(value: Any) -> Any:
            try:
                return self._interpreter.visit(node, value)
            except TooMuchWork:
                raise
            except (JMESPathError, ArithmeticError, AttributeError, TypeError, ValueError):
                return None

        return get

    def _field(self, node: Any) -> Getter:
        name = node["value"]
        return lambda value: value.get(name) if isinstance(value, dict) else None

    def _subexpression(self, node: Any) -> Getter:
        if names := path_of(node):
            return _walk(names)
        return _chained([self._of(child) for child in node["children"]])

    def _index_expression(self, node: Any) -> Getter:
        return _chained([self._of(child) for child in node["children"]])

    _pipe = _index_expression

    def _index(self, node: Any) -> Getter:
        at = node["value"]

        def get(value: Any) -> Any:
            return value[at] if isinstance(value, list) and -len(value) <= at < len(value) else None

        return get

    def _identity(self, _: Any) -> Getter:
        return lambda value: value

    _current = _identity

    def _literal(self, node: Any) -> Getter:
        literal = node["value"]
        return lambda _: literal

    def _not_expression(self, node: Any) -> Getter:
        get = self._of(node["children"][0])
        return lambda value: not is_true(get(value))

    def _or_expression(self, node: Any) -> Getter:
        first, second = map(self._of, node["children"])
        return lambda value: found if is_true(found := first(value)) else second(value)

    def _and_expression(self, node: Any) -> Getter:
        first, second = map(self._of, node["children"])
        return lambda value: second(value) if is_true(found := first(value)) else found

    def _comparator(self, node: Any) -> Getter:
        compare = _COMPARE[node["value"]]
        first, second = map(self._of, node["children"])

        def get(value: Any) -> Any:
            one, other = first(value), second(value)
            if one.__class__ is other.__class__ and one.__class__ in _SIZED:
                self._spend_on_comparison(one, other)
            return compare(one, other)

        return get

    def _spend_on_comparison(self, one: Any, other: Any) -> None:
        """Spend what it takes to compare two values of a type that has a length."""
        if len(one) == len(other):
            self._budget.spend_on_scan(one) if isinstance(one, str) else self._budget.spend_on(one)

    def _projection(self, node: Any) -> Getter:
        base, each = map(self._of, node["children"])
        return self._projected(base, each, lambda found: found if isinstance(found, list) else None)

    def _value_projection(self, node: Any) -> Getter:
        base, each = map(self._of, node["children"])
        return self._projected(base, each, lambda found: found.values() if isinstance(found, dict) else None)

    def _filter_projection(self, node: Any) -> Getter:
        base, each, condition = map(self._of, node["children"])

        def chosen(found: Any) -> Any:
            return [one for one in found if is_true(condition(one))] if isinstance(found, list) else None

        return self._projected(base, each, chosen)

    def _projected(self, base: Getter, each: Getter, listed: Getter) -> Getter:
        def get(value: Any) -> Any:
            items = listed(found := base(value))
            if items is None:
                return None
            self._budget.spend(len(found))
            return [result for item in items if (result := each(item)) is not None]

        return get

    def _flatten(self, node: Any) -> Getter:
        base = self._of(node["children"][0])

        def get(value: Any) -> Any:
            found = base(value)
            if not isinstance(found, list):
                return None
            merged: list[Any] = []
            for item in found:
                merged += item if isinstance(item, list) else [item]
            self._budget.spend(len(found) + len(merged))
            return merged

        return get

    def _function_expression(self, node: Any) -> Getter:
        name = node["value"]
        if name not in _CHEAP:
            return self._interpreted(node)
        arguments = [self._of(child) for child in node["children"]]
        if name == "type" and len(arguments) == 1:
            of_value = arguments[0]
            return lambda value: _TYPES.get(of_value(value).__class__)

        def get(value: Any) -> Any:
            found = [of(value) for of in arguments]
            for argument in found:
                self._budget.spend_on_scan(argument)
            try:
                return self._functions.call_function(name, found)
            except (JMESPathError, ArithmeticError, AttributeError, TypeError, ValueError):
                return None

        return get


def is_true(value: Any) -> bool:
    """Return whether JMESPath takes a value for true: all but null, false and what is empty."""
    return bool(value) or (value is not False and isinstance(value, int | float))


def _walk(names: tuple[str, ...]) -> Getter:
    if len(names) == 2:
        return _second(*names)

    def get(value: Any) -> Any:
        for name in names:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    return get


def _second(name: str, key: str) -> Getter:
    """Return a path of two names, of which most expressions consist."""

    def get(value: Any) -> Any:
        owner = value.get(name) if value.__class__ is dict else None
        return owner.get(key) if owner.__class__ is dict else None

    return get


def _chained(steps: list[Getter]) -> Getter:
    def get(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return get


def _is_same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def of(one: Any, other: Any) -> bool | None:
        orders = {_TYPES.get(value.__class__) for value in (one, other)}
        return compare(one, other) if orders in _ORDERED else None

    return of


_COMPARE: dict[str, Callable[[Any, Any], bool | None]] = {
    "eq": _is_same,
    "ne": lambda one, other: not _is_same(one, other),
    "lt": _compared(operator.lt),
    "lte": _compared(operator.le),
    "gt": _compared(operator.gt),
    "gte": _compared(operator.ge),
}
_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
"""The types of parsed values, as JMESPath calls them."""
_ORDERED = ({"number"}, {"string"})
"""The types of two values of which one may be less than the other."""
_SIZED = frozenset({str, list, dict})
_CHEAP = frozenset(
    {"abs", "ceil", "contains", "ends_with", "floor", "keys", "length", "not_null", "starts_with"}
    | {"sum", "max", "min", "to_number", "type", "values"}
)
"""The functions whose results are not larger than their arguments."""
