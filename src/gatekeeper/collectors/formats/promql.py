"""PromQL, parsed by promql-parser within limits.

The parser is recursive native code, and its cost grows with the square of the nesting: some hundred operators
take seconds, some thousand end the process. So an expression with too many operators is refused before it is
parsed.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from math import isnan, nan
from operator import add, mul, sub, truediv
from random import Random
from typing import NamedTuple

import promql_parser
from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

MAX_STEPS = 150
_STEP = re.compile(r"[(\[{+\-*/%^<>=!]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_SAMPLES = 128
_SIGNS = {"==": {0}, "!=": {-1, 1}, ">": {1}, "<": {-1}, ">=": {0, 1}, "<=": {-1, 0}}
"""Each comparison, and the signs of the difference for which it holds."""
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
    "%": math.fmod,
    "^": math.pow,
    "atan2": math.atan2,
}
_CLAMPS: Mapping[str, Callable[..., float]] = {
    "clamp_min": max, "clamp_max": min, "sgn": lambda value: (value > 0) - (value < 0),
    "clamp": lambda *values: sorted(values)[1],
}  # fmt: skip
_ABSENCE = frozenset({"absent", "absent_over_time"})
_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})
_OTHER_VALUES = _ABSENCE | {"present_over_time", "count_over_time", "timestamp", "changes", "resets"}
"""Functions whose result is not the value of the series."""
_COUNTS = frozenset({"count", "group", "count_values"})
"""Aggregations of the number of series, not of their values."""
_SAME_VALUES = frozenset({"vector", "scalar", "sort", "sort_desc", "label_replace", "label_join"})
_OTHER_MOMENTS = frozenset({"ceil", "floor", "avg_over_time", "last_over_time", "quantile_over_time"})
_EXTREMES: Mapping[str, Callable[..., float]] = {
    "min": min, "max": max, "min_over_time": min, "max_over_time": max,
}  # fmt: skip
_AT_LEAST_ONE = frozenset({"count_over_time", "present_over_time"})
_NOT_NEGATIVE = frozenset({
    "rate", "irate", "increase", "abs", "sqrt", "exp", "changes", "resets", "histogram_quantile",
    "histogram_count", "stddev_over_time", "stdvar_over_time",
})  # fmt: skip
_NEVER_NEGATIVE = ("_total", "_count", "_bucket", "_bytes")
_FLAGS = re.compile(r"(?:^|_)(?:up|success)$")
"""Names of metrics that are 0 or 1."""


class _Result(Enum):
    """When an expression has a result, if there is data."""

    NEVER = 1
    SOMETIMES = 2
    ALWAYS = 3


class NotPromql(Exception):  # noqa: N818 - an outcome; the caller decides what it means
    """The text is not valid PromQL; the message says why."""


class Selector(NamedTuple):
    """A selected metric, and how it is used."""

    name: str
    labels: tuple[tuple[str, str, str], ...]
    """Label, operator (`=`, `!=`, `=~`, `!~`) and value."""
    functions: frozenset[str]
    """The functions around it."""
    divided: bool
    """Whether it is part of a ratio of two series."""

    @property
    def is_rate(self) -> bool:
        """Whether it is the change of a counter, not a state."""
        return not _RATES.isdisjoint(self.functions)


class Expression:
    """A parsed expression."""

    def __init__(self, tree: Expr) -> None:
        self._tree = tree

    def selectors(self) -> Iterator[Selector]:
        """Yield the metrics whose values the result shows, in no particular order.

        What only filters, such as the right side of `and`, is not shown; nor is a metric whose series are
        counted, or whose values are multiplied by zero.
        """
        # Not `promql_parser.walk`, which copies the tree at every node.
        waiting: list[tuple[Expr, frozenset[str], bool]] = [(self._tree, frozenset(), False)]
        while waiting:
            node, functions, divided = waiting.pop()
            match node:
                case VectorSelector():
                    yield Selector(_metric(node), tuple(_labels(node)), functions, divided)
                case Call():
                    functions |= {node.func.name}
                case BinaryExpr() if str(node.op) == "/":
                    divided = divided or (_selects(node.lhs) and _selects(node.rhs))
                case _:
                    pass
            waiting += [(child, functions, divided) for child in _shown(node)]

    def selects(self) -> bool:
        """Return whether the result depends on data, and is not a constant."""
        return any(True for _ in self.selectors())

    def text(self) -> str:
        """Return the expression without comments, in the parser's spelling."""
        return _text(self._tree)

    def quantiles(self) -> set[float]:
        """Return the quantiles that `histogram_quantile` computes, if they are plain numbers."""
        return {
            node.args[0].val
            for node in _nodes(self._tree)
            if isinstance(node, Call)
            and node.func.name == "histogram_quantile"
            and isinstance(node.args[0], NumberLiteral)
        }

    def has_threshold(self) -> bool:
        """Return whether it compares a measured value, so that it has a result sometimes and not always.

        A comparison with a number or with another series is a threshold, if it depends on the values: not
        `x > x`, nor `rate(x[5m]) >= 0`. One with `bool` is not, because it always has a result; nor is one of
        constants or of the time of day. In `a or b` both sides need a threshold, because each can fire the
        alert alone. `absent(...)` and `a unless b` have a result only if data is missing: thresholds, too.
        """
        return _result(self._tree) is _Result.SOMETIMES


def parse(expression: str) -> Expression:
    """Parse an expression.

    Raises:
        NotPromql: It is invalid, or too large to be parsed safely.
    """
    if sum(1 for _ in _STEP.finditer(expression)) > MAX_STEPS:
        raise NotPromql(f"more than {MAX_STEPS} operators and brackets")
    try:
        return Expression(promql_parser.parse(expression))
    except ValueError as error:
        raise NotPromql(" ".join(str(error).split())) from None
    except BaseException as error:
        # A panic of the parser, as for `a offset Inf`, is not an `Exception`; its class has no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise NotPromql("the parser crashed") from None


def _result(node: Expr) -> _Result:
    parts = [_result(child) for child in _children(node)]
    match node:
        case BinaryExpr():
            return _of_binary(node, *parts)
        case Call() if node.func.name in _ABSENCE:
            return _Result.SOMETIMES if _selects(node) else _Result.NEVER
        case Call() if node.func.name == "scalar":
            return _Result.ALWAYS  # it has a result even if its argument has none
        case _:
            return _rarest(parts)


def _of_binary(node: BinaryExpr, left: _Result, right: _Result) -> _Result:
    op = str(node.op)
    if op == "or":
        return max(left, right, key=_by_value) if left != right else left
    if op == "unless":
        if right is _Result.NEVER:
            return left
        same = _text(node.lhs) == _text(node.rhs)
        return _Result.NEVER if same or left is _Result.NEVER else _Result.SOMETIMES
    both = _rarest((left, right))
    if op in _SIGNS and not (node.modifier and node.modifier.return_bool):
        compared = _of_comparison(op, node.lhs, node.rhs)
        if compared is _Result.NEVER or _selects(node):
            return _rarest((both, compared))
    return both


def _of_comparison(op: str, left: Expr, right: Expr) -> _Result:
    """Return when the values on both sides compare so, if there are any."""
    pairs = [pair for pair in zip(_values(left), _values(right), strict=True) if not any(map(isnan, pair))]
    signs = {(one > other) - (one < other) for one, other in pairs}
    fitting = signs & _SIGNS[op]
    # Samples rarely hit a value; between a smaller and a greater one there may be an equal one.
    if op in ("==", "!=") and len(signs) > 1:
        return _Result.SOMETIMES
    if fitting == signs and (signs or op == "!="):
        return _Result.ALWAYS
    return _Result.SOMETIMES if fitting else _Result.NEVER


def _rarest(results: Iterable[_Result]) -> _Result:
    return min(results, key=_by_value, default=_Result.ALWAYS)


def _by_value(result: _Result) -> int:
    return int(result.value)


def _values(node: Expr, moment: str = "") -> list[float]:
    """Return the values of an expression for samples of data; one series at one moment has one value."""
    match node:
        case NumberLiteral():
            return [int(node.val) if node.val.is_integer() else node.val] * _SAMPLES
        case ParenExpr() | SubqueryExpr():
            return _values(node.expr, moment)
        case UnaryExpr():
            return [-value for value in _values(node.expr, moment)]
        case MatrixSelector():
            return _values(node.vector_selector, moment)
        case VectorSelector():
            return _drawn(moment + _text(node), _metric(node))
        case Call():
            return _of_call(node, moment)
        case AggregateExpr():
            return _of_aggregation(node, moment)
        case BinaryExpr():
            return _of_operation(node, moment)
        case _:
            return _drawn(moment + _text(node))


def _drawn(key: str, metric: str = "") -> list[float]:
    draw = Random(key)  # noqa: S311 - samples, which must be the same in each run
    if _FLAGS.search(metric):
        return [float(draw.getrandbits(1)) for _ in range(_SAMPLES)]
    lowest = 0 if metric.endswith(_NEVER_NEGATIVE) else -1
    drawn = (draw.choice((lowest, 0, 1, 1)) * 10 ** draw.uniform(-9, 19) for _ in range(_SAMPLES))
    # Whole numbers are exact: the greatest minus one is less.
    return [value if abs(value) < 1 else int(value) for value in drawn]


def _of_call(node: Call, moment: str) -> list[float]:
    name, key = node.func.name, moment + _text(node)
    if name in _SAME_VALUES:
        return _values(node.args[0], moment)
    if name in _EXTREMES:
        return list(map(_EXTREMES[name], _values(node.args[0], moment), _values(node.args[0], key)))
    if name in _OTHER_MOMENTS:
        return _values(node.args[-1 if name == "quantile_over_time" else 0], key)
    if limit := _CLAMPS.get(name):
        first, *others = (_values(each, moment) for each in node.args)
        return [limit(*values) for values in zip(first, *others, strict=True)]
    drawn = _drawn(key, "_total" if name in _NOT_NEGATIVE else "")
    return [1 + abs(value) for value in drawn] if name in _AT_LEAST_ONE else drawn


def _of_aggregation(node: AggregateExpr, moment: str) -> list[float]:
    op, key = str(node.op), moment + _text(node)
    here, others = _values(node.expr, moment), _values(node.expr, key)
    at_least_one = [1 + value for value in _drawn(key, "_total")]
    match op:
        case "min" | "max":
            return list(map(_EXTREMES[op], here, others))
        case "topk" | "bottomk":
            return here
        case "avg" | "quantile":
            return others
        case "sum":
            return list(map(mul, others, at_least_one))
        case "count" | "group":
            return at_least_one if op == "count" else [1] * _SAMPLES
        case _:
            return _drawn(key)


def _of_operation(node: BinaryExpr, moment: str) -> list[float]:
    op, left, right = str(node.op), _values(node.lhs, moment), _values(node.rhs, moment)
    if op in _SIGNS and node.modifier and node.modifier.return_bool:
        return [(one > other) - (one < other) in _SIGNS[op] for one, other in zip(left, right, strict=True)]
    if op in _SIGNS or op in ("and", "unless"):
        return left if _selects(node.lhs) else right
    if op == "or":
        return left[: _SAMPLES // 2] + right[_SAMPLES // 2 :]
    return [_computed(op, one, other) for one, other in zip(left, right, strict=True)]


def _computed(op: str, left: float, right: float) -> float:
    try:
        return _ARITHMETIC[op](left, right)
    except (ArithmeticError, ValueError):
        return nan


def _shown(node: Expr) -> list[Expr]:
    """Return the parts of an expression whose values its result shows."""
    match node:
        case BinaryExpr() | Call() if _is_constant(node):
            return []
        case Call() if node.func.name in _OTHER_VALUES:
            return []
        case AggregateExpr() if str(node.op) in _COUNTS:
            return []
        case BinaryExpr() if str(node.op) in ("and", "unless"):
            return [node.lhs]
        case BinaryExpr() if str(node.op) in _SIGNS and _selects(node.lhs):
            return [node.lhs]
        case _:
            return _children(node)


def _is_constant(node: BinaryExpr | Call) -> bool:
    """Return whether an operation has no result, or always the same."""
    if isinstance(node, BinaryExpr) and str(node.op) not in _ARITHMETIC:
        return _result(node) is _Result.NEVER
    return len({value for value in _values(node) if not isnan(value)}) < 2


def _text(node: Expr) -> str:
    while isinstance(node, ParenExpr):
        node = node.expr
    return str(node.prettify())


def _selects(expression: Expr) -> bool:
    return any(isinstance(node, VectorSelector) for node in _nodes(expression))


def _nodes(expression: Expr) -> Iterator[Expr]:
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _children(node)


def _children(node: Expr) -> list[Expr]:
    match node:
        case BinaryExpr():
            return [node.lhs, node.rhs]
        case Call():
            return list(node.args)
        case AggregateExpr() | ParenExpr() | UnaryExpr() | SubqueryExpr():
            return [node.expr]
        case MatrixSelector():
            return [node.vector_selector]
        case _:
            return []


def _metric(selector: VectorSelector) -> str:
    if selector.name:
        return str(selector.name)
    return next((value for label, op, value in _labels(selector) if (label, op) == ("__name__", "=")), "")


def _labels(selector: VectorSelector) -> Iterator[tuple[str, str, str]]:
    operators = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
    for alternatives in [selector.matchers.matchers, *selector.matchers.or_matchers]:
        for matcher in alternatives:
            yield matcher.name, operators[str(matcher.op).rpartition(".")[2]], matcher.value
