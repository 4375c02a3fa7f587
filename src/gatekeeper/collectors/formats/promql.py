"""PromQL, parsed by promql-parser within limits.

The parser works by recursion in native code and its cost grows with the square of the nesting: an expression
of some hundred operators takes seconds, one of some thousand ends the process. So what has too many is
refused before.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from promql_parser import Expr

MAX_STEPS = 150
_STEP = re.compile(r"[(\[{+\-*/%^<>=!]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_LEAVES_OUT = frozenset({"==", "!=", ">", "<", ">=", "<=", "unless"})
_ABSENCE = frozenset({"absent", "absent_over_time"})
_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})


class NotPromql(Exception):  # noqa: N818 - an outcome; the caller decides what it means
    """The text does not parse; the message says why."""


class Selector(NamedTuple):
    """A selected metric and what is made of it."""

    name: str
    labels: tuple[tuple[str, str, str], ...]
    """Label, operator (`=`, `!=`, `=~`, `!~`) and value."""
    functions: frozenset[str]
    """The functions around it."""
    divided: bool
    """Whether it stands in a ratio of two series."""

    @property
    def is_rate(self) -> bool:
        """Whether the change of a counter is shown, not a state."""
        return not _RATES.isdisjoint(self.functions)


class Expression:
    """A parsed expression."""

    def __init__(self, tree: "Expr") -> None:
        self._tree = tree

    def selectors(self) -> Iterator[Selector]:
        """Return the metrics that it selects, in no particular order."""
        # Not `promql_parser.walk`, which copies the tree anew at every node.
        waiting: list[tuple[Any, frozenset[str], bool]] = [(self._tree, frozenset(), False)]
        while waiting:
            node, functions, divided = waiting.pop()
            match type(node).__name__:
                case "VectorSelector":
                    yield Selector(_metric(node), tuple(_labels(node)), functions, divided)
                case "Call":
                    functions |= {node.func.name}
                case "BinaryExpr" if str(node.op) == "/":
                    divided = divided or (_selects(node.lhs) and _selects(node.rhs))
                case _:
                    pass
            waiting += [(child, functions, divided) for child in _children(node)]

    def quantiles(self) -> set[float]:
        """Return the quantiles that `histogram_quantile` computes, where they are plain numbers."""
        return {
            node.args[0].val
            for node in _nodes(self._tree)
            if type(node).__name__ == "Call"
            and node.func.name == "histogram_quantile"
            and type(node.args[0]).__name__ == "NumberLiteral"
        }

    def has_threshold(self) -> bool:
        """Tell whether it compares what is measured, so that it has a result at some times only.

        A comparison with a number or with another series is one; with `bool` it is not, for then there is a
        result whatever holds; nor is one of constants or of the time of day. Of `a or b` each side needs one,
        as each can raise the alert alone. `absent(...)` and `a unless b` have a result only where something
        lacks.
        """
        return _has_threshold(self._tree)


def parse(expression: str) -> Expression:
    """Parse an expression; raise `NotPromql` where it is none, or too large to be parsed safely."""
    if sum(1 for _ in _STEP.finditer(expression)) > MAX_STEPS:
        raise NotPromql(f"more than {MAX_STEPS} operators and brackets")
    import promql_parser

    try:
        return Expression(promql_parser.parse(expression))
    except ValueError as error:
        raise NotPromql(" ".join(str(error).split())) from None
    except BaseException as error:
        # A panic of the parser, as over `a offset Inf`, is no `Exception`, and its class has no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise NotPromql("the parser gave up on it") from None


def _has_threshold(node: Any) -> bool:
    match type(node).__name__:
        case "BinaryExpr":
            sides = [_has_threshold(node.lhs), _has_threshold(node.rhs)]
            if str(node.op) == "or":
                return all(sides)
            return any(sides) or (_leaves_out(node) and _selects(node))
        case "Call" if node.func.name in _ABSENCE:
            return True
        case "Call" if node.func.name == "scalar":
            return False  # it makes a number of nothing, too
        case _:
            return any(_has_threshold(child) for child in _children(node))


def _leaves_out(node: Any) -> bool:
    return str(node.op) in _LEAVES_OUT and not (node.modifier and node.modifier.return_bool)


def _selects(expression: Any) -> bool:
    return any(type(node).__name__ == "VectorSelector" for node in _nodes(expression))


def _nodes(expression: Any) -> Iterator[Any]:
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _children(node)


def _children(node: Any) -> list[Any]:
    match type(node).__name__:
        case "BinaryExpr":
            return [node.lhs, node.rhs]
        case "Call":
            return list(node.args)
        case "AggregateExpr" | "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            return [node.expr]
        case "MatrixSelector":
            return [node.vector_selector]
        case _:
            return []


def _metric(selector: Any) -> str:
    if selector.name:
        return str(selector.name)
    return next((value for label, op, value in _labels(selector) if (label, op) == ("__name__", "=")), "")


def _labels(selector: Any) -> Iterator[tuple[str, str, str]]:
    operators = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
    for alternatives in [selector.matchers.matchers, *selector.matchers.or_matchers]:
        for matcher in alternatives:
            yield matcher.name, operators[str(matcher.op).rpartition(".")[2]], matcher.value
