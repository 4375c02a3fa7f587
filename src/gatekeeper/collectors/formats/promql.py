"""PromQL, parsed by promql-parser within limits.

The parser is recursive native code, and its cost grows with the square of the nesting: some hundred operators
take seconds, some thousand end the process. So an expression with too many operators is refused before it is
parsed.
"""

import re
from collections.abc import Iterator
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
_FILTERS = frozenset({"==", "!=", ">", "<", ">=", "<=", "unless"})
_ABSENCE = frozenset({"absent", "absent_over_time"})
_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})


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
        """Yield the selected metrics, in no particular order."""
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
            waiting += [(child, functions, divided) for child in _children(node)]

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
        """Return whether it compares a measured value, so that it does not always have a result.

        A comparison with a number or with another series is a threshold. A comparison with `bool` is not,
        because it always has a result; nor is one of constants or of the time of day. In `a or b` both sides
        need a threshold, because each can fire the alert alone. `absent(...)` and `a unless b` have a result
        only if data is missing, so they are thresholds.
        """
        return _has_threshold(self._tree)


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


def _has_threshold(node: Expr) -> bool:
    match node:
        case BinaryExpr():
            sides = [_has_threshold(node.lhs), _has_threshold(node.rhs)]
            if str(node.op) == "or":
                return all(sides)
            has_result = str(node.op) not in _FILTERS or (node.modifier and node.modifier.return_bool)
            return any(sides) or (not has_result and _selects(node))
        case Call() if node.func.name in _ABSENCE:
            return True
        case Call() if node.func.name == "scalar":
            return False  # it has a result even if its argument has none
        case _:
            return any(_has_threshold(child) for child in _children(node))


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
