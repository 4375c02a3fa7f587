"""PromQL, parsed by promql-parser within limits.

The parser is recursive native code, and its cost grows with the square of the nesting: some hundred operators
take seconds, some thousand end the process. So an expression with too many operators is refused before it is
parsed.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from math import inf, isnan
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
_COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
_MIRRORED = {">": "<", ">=": "<="}
_ABSENCE = frozenset({"absent", "absent_over_time"})
_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})
_OTHER_VALUES = _ABSENCE | {"present_over_time", "count_over_time", "timestamp", "changes", "resets"}
"""Functions whose result is not the value of the series."""
_COUNTS = frozenset({"count", "group", "count_values"})
"""Aggregations of the number of series, not of their values."""
_KEEP_BOUNDS = frozenset({
    "vector", "scalar", "ceil", "floor", "sort", "sort_desc", "label_replace", "label_join", "min_over_time",
    "max_over_time", "avg_over_time", "last_over_time", "quantile_over_time",
})  # fmt: skip
_NOT_NEGATIVE = frozenset({
    "rate", "irate", "increase", "abs", "sqrt", "exp", "changes", "resets", "histogram_quantile",
    "histogram_count", "stddev_over_time", "stdvar_over_time",
})  # fmt: skip
_NEVER_NEGATIVE = ("_total", "_count", "_bucket", "_bytes")
_FLAGS = re.compile(r"(?:^|_)(?:up|success)$")
"""Names of metrics that are 0 or 1."""
_Bounds = tuple[float, float]
"""The least and the greatest value that an expression can have."""


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
    if op in _COMPARISONS and not (node.modifier and node.modifier.return_bool):
        compared = _of_comparison(op, node.lhs, node.rhs)
        if compared is _Result.NEVER or _selects(node):
            return _rarest((both, compared))
    return both


def _of_comparison(op: str, left: Expr, right: Expr) -> _Result:
    """Return when the values on both sides compare so."""
    if op in _MIRRORED:
        op, left, right = _MIRRORED[op], right, left
    (low, high), (least, most) = _bounds(left), _bounds(right)
    if _text(left) == _text(right):
        always, never = op in ("==", "<="), op in ("!=", "<")
    elif isnan(low) or isnan(least):
        always, never = op == "!=", op != "!="
    elif op in ("==", "!="):
        apart = high < least or most < low
        same = low == high == least == most
        always, never = (same, apart) if op == "==" else (apart, same)
    else:
        endless = low == high == -inf or least == most == inf
        always = endless or (high < least if op == "<" else high <= least)
        never = low >= most if op == "<" else low > most
    return _Result.ALWAYS if always else _Result.NEVER if never else _Result.SOMETIMES


def _rarest(results: Iterable[_Result]) -> _Result:
    return min(results, key=_by_value, default=_Result.ALWAYS)


def _by_value(result: _Result) -> int:
    return int(result.value)


def _bounds(node: Expr) -> _Bounds:
    match node:
        case NumberLiteral():
            return node.val, node.val
        case ParenExpr() | SubqueryExpr():
            return _bounds(node.expr)
        case UnaryExpr():
            low, high = _bounds(node.expr)
            return -high, -low
        case VectorSelector():
            name = _metric(node)
            return (0, 1) if _FLAGS.search(name) else (0 if name.endswith(_NEVER_NEGATIVE) else -inf, inf)
        case Call():
            return _of_call(node)
        case AggregateExpr():
            return _of_aggregation(node)
        case BinaryExpr():
            return _of_operation(node)
        case MatrixSelector():
            return _bounds(node.vector_selector)
        case _:
            return -inf, inf


def _of_call(node: Call) -> _Bounds:
    name = node.func.name
    if name in _KEEP_BOUNDS:
        return _bounds(node.args[-1] if name == "quantile_over_time" else node.args[0])
    if name in ("count_over_time", "present_over_time"):
        return 1, inf
    return (0 if name in _NOT_NEGATIVE else -inf), inf


def _of_aggregation(node: AggregateExpr) -> _Bounds:
    low, high = _bounds(node.expr)
    match str(node.op):
        case "count":
            return 1, inf
        case "group":
            return 1, 1
        case "avg" | "min" | "max" | "topk" | "bottomk":
            return low, high
        case "sum":
            return (0 if low >= 0 else -inf), (0 if low == high == 0 else inf)
        case _:
            return -inf, inf


def _of_operation(node: BinaryExpr) -> _Bounds:
    (low, high), (least, most) = _bounds(node.lhs), _bounds(node.rhs)
    op = str(node.op)
    if op in _COMPARISONS and node.modifier and node.modifier.return_bool:
        return 0, 1
    if op in _COMPARISONS or op in ("and", "unless"):
        return (low, high) if _selects(node.lhs) else (least, most)
    if op == "or":
        return min(low, least), max(high, most)
    if op in ("-", "/") and _text(node.lhs) == _text(node.rhs):
        return (0, 0) if op == "-" else (1, 1)
    return _of_arithmetic(op, (low, high), (least, most))


def _of_arithmetic(op: str, left: _Bounds, right: _Bounds) -> _Bounds:
    (low, high), (least, most) = left, right
    match op:
        case "+":
            return low + least, high + most
        case "-":
            return low - most, high - least
        case "*" if (0, 0) in (left, right):
            return 0, 0
        case "*" if low >= 0 and least >= 0:
            return low * least, inf if inf in (high, most) else high * most
        case "/" if low >= 0 and least >= 0:
            return (low / most if 0 < most < inf else 0), (high / least if least else inf)
        case _:
            return -inf, inf


def _shown(node: Expr) -> list[Expr]:
    """Return the parts of an expression whose values its result shows."""
    match node:
        case BinaryExpr() if _is_constant(node):
            return []
        case Call() if node.func.name in _OTHER_VALUES:
            return []
        case AggregateExpr() if str(node.op) in _COUNTS:
            return []
        case BinaryExpr() if str(node.op) in ("and", "unless"):
            return [node.lhs]
        case BinaryExpr() if str(node.op) in _COMPARISONS and _selects(node.lhs):
            return [node.lhs]
        case _:
            return _children(node)


def _is_constant(node: BinaryExpr) -> bool:
    """Return whether an operation has no result, or always the same."""
    op = str(node.op)
    if op in ("and", "unless"):
        return _result(node) is _Result.NEVER
    if op == "/" and isinstance(node.rhs, NumberLiteral) and node.rhs.val in (inf, -inf):
        return True
    if op == "*":
        return any(isinstance(each, NumberLiteral) and each.val == 0 for each in (node.lhs, node.rhs))
    return op in ("-", "/") and _text(node.lhs) == _text(node.rhs)


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
