"""Evaluate JMESPath expressions within a budget.

An expression of fifty characters can double a list thirty times. So each step counts, and so does each value
that an expression makes, with everything inside it. See https://jmespath.org/specification.html.
"""

import operator
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, Any

from jmespath import compile as parse
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.visitor import Options, TreeInterpreter

from gatekeeper.errors import nearest

if TYPE_CHECKING:
    from gatekeeper.syntax.json import Json

LONGEST = 400
"""The most characters of an expression."""
BUDGET = 5_000_000
"""The most steps and values of an evaluation."""
_MAKES_VALUES = frozenset(
    {"filter_projection", "flatten", "function_expression", "multi_select_dict", "multi_select_list"}
    | {"projection", "slice", "value_projection"}
)
"""The nodes of an expression whose result is not a part of the document."""
_CHARACTERS = 8
"""So many characters of a text count as one value."""
_COMPARED = 1024
"""So many characters of a text that is compared or searched count as one step."""


class TooMuchWork(ValueError):  # noqa: N818 - reads as what it is at `raise`
    """An expression is too long, or its evaluation exceeds the budget."""


def evaluate(expression: str, document: "Json", budget: int = BUDGET) -> Any:
    """Return the value of an expression.

    Raises:
        TooMuchWork: It exceeds the limits.
        Exception: It is invalid; functions of jmespath raise other errors than its own, too.
    """
    if len(expression) > LONGEST:
        raise TooMuchWork(f"it has {len(expression):,} characters; at most {LONGEST} are evaluated")
    return _Interpreter(_Budget(budget)).visit(parse(expression).parsed, document)


class _Budget:
    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def refill(self, more: int) -> None:
        self._left = self._most + more

    def spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise TooMuchWork(f"it needs more than {self._most:,} steps and values; select less")

    def spend_on_scan(self, value: object) -> None:
        """Spend what it takes to look through the items of a value once."""
        if isinstance(value, list | dict):
            self.spend(len(value))
        elif isinstance(value, str):
            self.spend(len(value) // _COMPARED)

    def spend_on(self, value: object) -> None:
        """Spend the size of a value, each time that a part of it occurs."""
        pending = [value]
        while pending:
            match pending.pop():
                case str() as text:
                    self.spend(len(text) // _CHARACTERS)
                case list() as items:
                    self.spend(len(items))
                    pending += items
                case dict() as fields:
                    self.spend(len(fields))
                    pending += fields.values()
                case _:
                    pass


class _Functions(Functions):
    """The functions of JMESPath. The result of `join` can be larger than all its arguments."""

    def __init__(self, budget: _Budget) -> None:
        self._budget = budget

    def call_function(self, function_name: str, resolved_args: Iterable[Any]) -> Any:
        """Call a function by its name."""
        arguments = list(resolved_args)
        if function_name == "join" and all(isinstance(argument, str | list) for argument in arguments):
            self._budget.spend(prod(map(len, arguments)) // _CHARACTERS)
        return super().call_function(function_name, arguments)


class _Interpreter(TreeInterpreter):
    def __init__(self, budget: _Budget) -> None:
        self._budget = budget
        super().__init__(Options(custom_functions=_Functions(self._budget)))

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        """Evaluate a node of an expression."""
        self._budget.spend(1)
        value = super().visit(node, *args, **kwargs)
        if node["type"] in _MAKES_VALUES:
            self._budget.spend_on(value)
        return value


Getter = Callable[[Any], Any]
"""An expression, compiled: a value -> the value that the expression has of it."""


def check(expression: str) -> None:
    """Check the syntax and the length of an expression.

    Raises:
        ValueError: It is invalid; the message says why.
    """
    if len(expression) > LONGEST:
        raise TooMuchWork(f"it has {len(expression):,} characters; at most {LONGEST} are evaluated")
    try:
        tree = parse(expression).parsed
    except JMESPathError as error:
        raise ValueError(" ".join(str(error).split())) from None
    for node in _nodes(tree):
        if node["type"] == "function_expression":
            _check_call(node["value"], len(node["children"]))
        if node["type"] == "subexpression" and node["children"][0]["type"] == "not_expression":
            raise ValueError("`!a.b` is read as `(!a).b`, which is null; write `!(a.b)`")


def _nodes(tree: Any) -> Iterator[Any]:
    waiting = [tree]
    while waiting:
        yield (node := waiting.pop())
        waiting += [child for child in node["children"] if isinstance(child, dict)]


def _check_call(name: str, given: int) -> None:
    """Refuse a call whose value would always be null: of an unknown function, or with too few arguments."""
    functions = Functions.FUNCTION_TABLE
    if name not in functions:
        raise ValueError(f"there is no function {name!r}; {nearest(name, functions)}")
    signature = functions[name]["signature"]
    is_open = bool(signature) and bool(signature[-1].get("variadic"))
    if given < len(signature) or (given > len(signature) and not is_open):
        wanted = f"{len(signature)} or more" if is_open else str(len(signature))
        raise ValueError(f"{name} takes {wanted} arguments, not {given}")


class Compiler:
    """Turns expressions into functions, which together do not exceed one budget.

    Only what walks over lists and texts, or makes new values, counts. An expression that fails, such as the
    length of null, has the value null.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = _Budget(budget)
        self._functions = _Functions(self._budget)
        self._interpreter = _Interpreter(self._budget)

    def compile(self, expression: str) -> Getter:
        """Return a valid expression as a function; it raises `TooMuchWork` beyond the budget."""
        return self._of(tree_of(expression))

    def spend(self, amount: int) -> None:
        """Spend so many steps on what is done with the values of expressions."""
        self._budget.spend(amount)

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

    def _pipe(self, node: Any) -> Getter:
        return _chained([self._of(child) for child in node["children"]])

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
            return lambda value: _type(of_value(value))

        def get(value: Any) -> Any:
            found = [of(value) for of in arguments]
            for argument in found:
                self._budget.spend_on_scan(argument)
            try:
                return self._functions.call_function(name, found)
            except (JMESPathError, ArithmeticError, AttributeError, TypeError, ValueError):
                return None

        return get


@lru_cache(maxsize=8192)
def tree_of(expression: str) -> Any:
    """Return the syntax tree of a valid expression."""
    return parse(expression).parsed


def path_of(node: Any) -> tuple[str, ...]:
    """Return the names of a path such as `a.b.c`; empty if a node is not one."""
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] != "subexpression":
        return ()
    steps = [path_of(child) for child in node["children"]]
    return tuple(chain.from_iterable(steps)) if all(steps) else ()


def paths_in(expression: str) -> Iterator[tuple[str, ...]]:
    """Yield each path that an expression begins with: `a.b` and `c` of `a.b[?x] || c`."""
    waiting = [tree_of(expression)]
    while waiting:
        node = waiting.pop()
        if path := path_of(node):
            yield path
        elif node["type"] in _FROM_FIRST:
            waiting.append(node["children"][0])
        else:
            waiting += [child for child in node["children"] if isinstance(child, dict)]


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
        owner = value.get(name) if isinstance(value, dict) else None
        return owner.get(key) if isinstance(owner, dict) else None

    return get


def _chained(steps: list[Getter]) -> Getter:
    def get(value: Any) -> Any:
        for step in steps:
            value = step(value)
            if value is None:
                return None
        return value

    return get


def _type(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    names = ((str, "string"), (int | float, "number"), (list, "array"), (dict, "object"))
    return next(name for of, name in names if isinstance(value, of))


def _is_same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def of(one: Any, other: Any) -> bool | None:
        numbers = all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other)
        )
        return compare(one, other) if numbers else None

    return of


_COMPARE: dict[str, Callable[[Any, Any], bool | None]] = {
    "eq": _is_same,
    "ne": lambda one, other: not _is_same(one, other),
    "lt": _compared(operator.lt),
    "lte": _compared(operator.le),
    "gt": _compared(operator.gt),
    "gte": _compared(operator.ge),
}
_SIZED = frozenset({str, list, dict})
_CHEAP = frozenset(
    {"abs", "ceil", "contains", "ends_with", "floor", "keys", "length", "not_null", "starts_with"}
    | {"sum", "max", "min", "to_number", "type", "values"}
)
"""The functions whose results are not larger than their arguments."""
_FROM_FIRST = frozenset(
    {"subexpression", "index_expression", "pipe", "projection", "value_projection", "filter_projection"}
)
"""The nodes of which only the first child begins at the document."""
