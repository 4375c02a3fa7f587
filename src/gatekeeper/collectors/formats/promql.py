"""PromQL, parsed by promql-parser within limits.

The parser is recursive native code, and its cost grows with the square of the nesting: some hundred operators
take seconds, some thousand end the process. So an expression with too many operators is refused before it is
parsed.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from math import copysign, inf, isfinite, isinf, isnan, nan
from operator import add, itemgetter, mul, sub, truediv
from random import Random
from typing import NamedTuple

import promql_parser
from promql_parser import (
    AggModifierType,
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
_SAMPLES, _FEW = 96, 16
_SHARE_OF_NUMBERS = 0.6
"""Of the samples: near a number that is in the expression."""
_LARGEST_WHOLE = 10**300
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
_SAME_VALUES = frozenset({"vector", "sort", "sort_desc", "label_replace", "label_join"})


def _mean(values: Sequence[float]) -> float:
    """Return the mean; of opposite infinities it is not a number, which the one of the library refuses."""
    return sum(values) / len(values)


_OF_SEVERAL_MOMENTS: Mapping[str, Callable[[list[float]], float]] = {
    "min_over_time": min, "max_over_time": max, "sum_over_time": sum, "avg_over_time": _mean,
    "last_over_time": itemgetter(0), "quantile_over_time": itemgetter(-1),
}  # fmt: skip
_EXTREMES: Mapping[str, Callable[[list[float]], float]] = {"min": min, "max": max}
_OF_DIFFERENT_MEMBERS = frozenset({"min", "max", "avg", "quantile", "stddev", "stdvar"})
"""Aggregations that say nothing of how many series there are."""
_NOT_ITS_LABELS = frozenset({"label_replace", "label_join", "vector", "scalar"})
"""Functions whose result has other labels than their argument."""
_AT_LEAST_ONE = frozenset({"count_over_time", "present_over_time"})
_NOT_NEGATIVE = frozenset({
    "rate", "irate", "increase", "abs", "sqrt", "exp", "changes", "resets", "histogram_quantile",
    "histogram_count", "stddev_over_time", "stdvar_over_time",
})  # fmt: skip
_NEVER_NEGATIVE = ("_total", "_count", "_bucket", "_bytes")
_FLAGS = re.compile(r"(?:^|_)(?:up|success)$")
"""Names of metrics that are 0 or 1."""


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
        self._root = _Node(tree)

    def selectors(self) -> Iterator[Selector]:
        """Yield the metrics whose values the result shows, in no particular order.

        What only filters, such as the right side of `and`, is not shown; nor is a metric whose series are
        counted, whose values are multiplied by zero, or whose labels contradict each other.
        """
        return iter(self._selectors)

    @cached_property
    def _selectors(self) -> Sequence[Selector]:
        return list(self._selected())

    def _selected(self) -> Iterator[Selector]:
        worlds = _worlds(self._root)[:_FEW]
        waiting: list[tuple[_Node, frozenset[str], bool]] = [(self._root, frozenset(), False)]
        while waiting:
            node, functions, divided = waiting.pop()
            match node.tree:
                case VectorSelector() if not node.contradicts:
                    yield Selector(node.metric, tuple(_labels(node.tree)), functions, divided)
                case Call():
                    functions |= {node.name}
                case BinaryExpr() if node.name == "/":
                    divided = divided or all(child.selects for child in node.children)
                case _:
                    pass
            waiting += [(child, functions, divided) for child in _shown(node, worlds)]

    def selects(self) -> bool:
        """Return whether the result depends on data, and is not a constant."""
        return any(True for _ in self.selectors())

    def text(self) -> str:
        """Return the expression without comments, in the parser's spelling."""
        return self._root.text

    def quantiles(self) -> set[float]:
        """Return the quantiles that `histogram_quantile` computes, if they are plain numbers."""
        first = [node.children[0].tree for node in _nodes(self._root) if node.name == "histogram_quantile"]
        return {tree.val for tree in first if isinstance(tree, NumberLiteral)}

    def has_threshold(self) -> bool:
        """Return whether it has a result in some states of the data, and not in all in which there is data.

        So a comparison is a threshold if it depends on the values: not `x > x`, nor `rate(x[5m]) >= 0`. One
        with `bool` is not, because it always has a result; nor is one of constants or of the time of day. In
        `a or b` both sides need a threshold, because each can fire the alert alone. `absent(...)` and
        `a unless b` have a result if data is missing: thresholds, too.
        """
        return self._has_threshold

    @cached_property
    def _has_threshold(self) -> bool:
        worlds = _worlds(self._root)
        if all(_fires(self._root, world) for world in worlds):
            return False
        lacking = _worlds(self._root, lacks_data=True)
        return any(_fires(self._root, world) for world in (*worlds, *lacking))


@lru_cache(maxsize=256)  # alerts, objectives and dashboards of a service ask for the same ones
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


class _Node:
    """A part of an expression, without brackets. The parser copies a part whenever it is asked for one."""

    def __init__(self, tree: Expr) -> None:
        while isinstance(tree, ParenExpr):
            tree = tree.expr
        self.tree = tree
        self.text = str(tree.prettify())
        self.name = _name(tree)
        modifier = tree.modifier if isinstance(tree, BinaryExpr) else None
        labels = tree.modifier if isinstance(tree, AggregateExpr) else None
        self.is_grouped = bool(labels and (labels.type is not AggModifierType.By or labels.labels))
        self.returns_flag = bool(modifier and modifier.return_bool)
        self.matches_some_labels = bool(modifier and modifier.matching)
        self.children = [_Node(child) for child in _children(tree)]
        self.metrics: frozenset[str] = frozenset().union(*(child.metrics for child in self.children))
        if isinstance(tree, VectorSelector):
            self.metrics = frozenset({self.text})
        self.selects = bool(self.metrics)
        """Whether it depends on data."""
        self.metric = _metric(tree) if isinstance(tree, VectorSelector) else ""
        self.contradicts = isinstance(tree, VectorSelector) and _contradicts(tree)

    @cached_property
    def are_apart(self) -> bool:
        """Whether no series of one side of an operation has the labels of one of the other side."""
        return _are_apart(self)


class _World:
    """A state of the data: what each metric measures; of some, it may measure nothing."""

    def __init__(self, number: int, numbers: Sequence[float], *, lacks_data: bool) -> None:
        self.number = number
        self.series = (1, 1, 2, 3)[number % 4]
        self.treats_as_equal = number % 4 == 0
        self.known: dict[tuple[str, str], _Values] = {}
        self.peers: list[_World] = [self]
        self.signs: dict[str, set[int | None]] = {}
        """How the sides of comparisons compare in all worlds, which the worlds share."""
        self._numbers = numbers
        self._lacks_data = lacks_data

    def drawn(self, key: str, metric: str = "") -> "_Values":
        """Return a value for each series of what a text means: a number of the expression, or any other."""
        draw = Random(f"{self.number} {key}")  # noqa: S311 - samples, which must be the same in each run
        if _FLAGS.search(metric):
            return [float(draw.getrandbits(1)) for _ in range(self.series)]
        lowest = 0 if metric.endswith(_NEVER_NEGATIVE) else -1
        return [self._one(draw, lowest) for _ in range(self.series)]

    def measured(self, key: str, metric: str) -> "_Values":
        """Return a value for each series of a metric, or nothing."""
        if self._lacks_data and Random(f"{self.number} {key}").getrandbits(1):  # noqa: S311 - likewise
            return [None] * self.series
        return self.drawn(key, metric)

    def times(self, node: _Node) -> float:
        """Return how many series each series of a part counts for."""
        return int(10 ** Random(f"{self.number} {sorted(node.metrics)}").uniform(0, 5))  # noqa: S311 - likewise

    def _one(self, draw: Random, lowest: int) -> float:
        if draw.random() < _SHARE_OF_NUMBERS:
            number = draw.choice(self._numbers) * draw.choice((1, 1, 0.999, 1.001))
            return abs(number) if lowest == 0 else number
        value = draw.choice((lowest, 1, 1)) * 10 ** draw.uniform(-9, 19)
        # Whole numbers are exact: the greatest minus one is less.
        return value if abs(value) < 1 else int(value)


_Values = list[float | None]
"""A value for each series; None if it has none."""


def _worlds(root: _Node, *, lacks_data: bool = False) -> list[_World]:
    literals = [node.tree.val for node in _nodes(root) if isinstance(node.tree, NumberLiteral)]
    numbers = [0.0, 1.0, *(value for value in literals if isfinite(value))]
    worlds = [_World(number, numbers, lacks_data=lacks_data) for number in range(_SAMPLES)]
    for world in worlds:
        world.peers, world.signs = worlds, worlds[0].signs
    return worlds


def _fires(root: _Node, world: _World) -> bool:
    return any(value is not None for value in _values(root, world))


def _values(node: _Node, world: _World, moment: str = "") -> _Values:
    """Return the values of a part in a world at a moment: the same text means the same data."""
    key = moment, node.text
    if key not in world.known:
        world.known[key] = list(map(_bounded, _evaluated(node, world, moment)))
    return world.known[key]


def _bounded(value: float | None) -> float | None:
    """Return a value; infinity for a whole number with which a float cannot be compared or computed."""
    is_too_large = isinstance(value, int) and abs(value) > _LARGEST_WHOLE
    return copysign(inf, value) if is_too_large and value else value


def _evaluated(node: _Node, world: _World, moment: str) -> _Values:
    parts = [_values(child, world, moment) for child in node.children]
    match node.tree:
        case NumberLiteral(val=value):
            return [int(value) if value.is_integer() else value] * world.series
        case SubqueryExpr() | MatrixSelector():
            return parts[0]
        case UnaryExpr():
            return [None if value is None else -value for value in parts[0]]
        case VectorSelector() if node.contradicts:
            return [None] * world.series
        case VectorSelector():
            return world.measured(moment + node.text, node.metric)
        case Call():
            return _of_call(node, world, moment, parts)
        case AggregateExpr():
            return _of_aggregation(node, world, moment, parts)
        case BinaryExpr():
            return _of_operation(node, world, *parts)
        case _:
            return world.drawn(moment + node.text)


def _of_call(node: _Node, world: _World, moment: str, parts: list[_Values]) -> _Values:
    name, last = node.name, parts[-1] if parts else []
    if name in _ABSENCE:
        return [1 if all(value is None for value in last) else None] * world.series
    if name == "scalar":  # it has a result even if its argument has none
        return [next((value for value in last if value is not None), nan)] * world.series
    if name in _SAME_VALUES:
        return parts[0]
    if name in _OF_SEVERAL_MOMENTS:
        ranged = node.children[-1]
        moments = [last, *(_values(ranged, world, f"{number} ago ") for number in (1, 2) if not moment)]
        return [
            _OF_SEVERAL_MOMENTS[name](present)
            if (present := [each for each in one if each is not None])
            else None
            for one in zip(*moments, strict=True)
        ]
    if limit := _CLAMPS.get(name):
        return [None if None in one else limit(*one) for one in zip(*parts, strict=True)]
    drawn = world.drawn(moment + node.text, "_total" if name in _NOT_NEGATIVE | _AT_LEAST_ONE else "")
    values = [1 + value if name in _AT_LEAST_ONE and value is not None else value for value in drawn]
    return [value if all(one) else None for value, *one in zip(values, *map(_present, parts), strict=True)]


def _present(values: _Values) -> list[bool]:
    return [value is not None for value in values]


def _of_aggregation(node: _Node, world: _World, moment: str, parts: list[_Values]) -> _Values:
    if node.name in ("topk", "bottomk", "limitk"):
        return parts[0] if (parts[1][0] or 0) >= 1 else [None] * world.series
    if not node.is_grouped:
        return [_aggregated(node, world, [value for value in parts[0] if value is not None])] * world.series
    others = _values(node.children[0], world, moment or "another ")
    groups = zip(parts[0], others if node.name in _OF_DIFFERENT_MEMBERS else parts[0], strict=True)
    return [_aggregated(node, world, [value for value in {*group} if value is not None]) for group in groups]


def _aggregated(node: _Node, world: _World, values: list[float]) -> float | None:
    if not values:
        return None
    times = world.times(node.children[0])
    match node.name:
        case "min" | "max":
            return _EXTREMES[node.name](values)
        case "sum":
            return times * sum(values)
        case "avg":
            return _mean(values)
        case "count":
            return times * len(values)
        case "group":
            return 1
        case "quantile":
            return values[world.number % len(values)]
        case _:
            return world.drawn(node.text, "_total")[0]


def _of_operation(node: _Node, world: _World, left: _Values, right: _Values) -> _Values:
    are_apart = node.are_apart

    def combined(one: float | None, other: float | None) -> float | None:
        match node.name:
            case "or":
                return other if one is None else one
            case "unless":
                return one if other is None or are_apart else None
            case _:
                pass
        if one is None or other is None or are_apart:
            return None
        if node.name in _ARITHMETIC:
            return _computed(node.name, one, other)
        if node.name == "and" or _holds(node, world, one, other):
            return 1.0 if node.returns_flag else one if node.children[0].selects else other
        return 0.0 if node.returns_flag else None

    return list(map(combined, left, right))


def _holds(node: _Node, world: _World, left: float, right: float) -> bool:
    sign = _sign(left, right)
    if not node.selects:  # constants and the time of day filter nothing out that depends on data
        return not _signs(node, world).isdisjoint(_SIGNS[node.name])
    if sign is not None and node.name not in ("==", "!="):
        return sign in _SIGNS[node.name]
    signs = _signs(node, world)
    if node.name in ("==", "!=") and (isinf(right) or (signs >= {-1, 1} and 0 not in signs)):
        # Samples rarely hit a value; between a smaller and a greater one there may be an equal one.
        return world.treats_as_equal is (node.name == "==")
    # Nothing is said by what is not a number: it follows the others.
    return signs - {None} <= _SIGNS[node.name] if sign is None else sign in _SIGNS[node.name]


def _sign(left: float, right: float) -> int | None:
    return None if isnan(left) or isnan(right) else (left > right) - (left < right)


def _signs(node: _Node, world: _World) -> set[int | None]:
    """Return how the two sides of a comparison compare in all worlds."""
    if node.text not in world.signs:
        sides = ((_values(child, each) for child in node.children) for each in world.peers)
        pairs = [pair for both in sides for pair in zip(*both, strict=True)]
        world.signs[node.text] = {_sign(*pair) for pair in pairs if None not in pair}
    return world.signs[node.text]


def _computed(op: str, left: float, right: float) -> float:
    try:
        return _ARITHMETIC[op](left, right)
    except (ArithmeticError, ValueError):
        return nan


def _shown(node: _Node, worlds: Sequence[_World]) -> list[_Node]:
    """Return the parts of an expression whose values its result shows."""
    filters = node.name in ("and", "unless", *_SIGNS)
    if node.name in _OTHER_VALUES | _COUNTS or (node.name != "or" and _is_constant(node, worlds)):
        return []
    return [
        child
        for child in node.children
        if not filters or child is node.children[not node.children[0].selects]
    ]


def _is_constant(node: _Node, worlds: Sequence[_World]) -> bool:
    """Return whether an operation has no result, or always the same."""
    enough = 2 if node.name in _ARITHMETIC or isinstance(node.tree, Call) else 1
    values: set[float] = set()
    for world in worlds:
        values.update(value for value in _values(node, world) if value is not None and not isnan(value))
        if len(values) >= enough:
            return False
    return True


def _contradicts(selector: VectorSelector) -> bool:
    """Return whether no series can have the labels that are selected."""
    if selector.matchers.or_matchers:
        return False
    wanted = {label: value for label, op, value in _labels(selector) if op == "="}
    return any(
        label in wanted and not _matches(wanted[label], op, value) for label, op, value in _labels(selector)
    )


def _matches(text: str, op: str, value: str) -> bool:
    if op in ("=", "!="):
        return (text == value) is (op == "=")
    try:
        return (re.fullmatch(value, text) is not None) is (op == "=~")
    except re.error:  # Go's expressions are not quite those of Python
        return True


def _are_apart(node: _Node) -> bool:
    """Return whether no series of one side has the labels of one of the other side."""
    if node.matches_some_labels:
        return False
    one, other = map(_kept_labels, node.children)
    return any(other.get(label, value) != value for label, value in one.items())


def _kept_labels(node: _Node) -> Mapping[str, str]:
    """Return the values of the labels that each series of a part has."""
    match node.tree:
        case VectorSelector():
            return {
                label: value for label, op, value in _labels(node.tree) if op == "=" and label != "__name__"
            }
        case Call() if node.name in _NOT_ITS_LABELS:
            return {}
        case BinaryExpr() if node.name == "or" or node.matches_some_labels:
            return {}
        case BinaryExpr() | Call() | MatrixSelector() | UnaryExpr() | SubqueryExpr():
            return next((_kept_labels(child) for child in node.children if child.selects), {})
        case _:
            return {}


def _nodes(root: _Node) -> Iterator[_Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def _name(tree: Expr) -> str:
    """Return the operator of an operation or aggregation, or the name of a function."""
    if isinstance(tree, BinaryExpr | AggregateExpr):
        return str(tree.op)
    return str(tree.func.name) if isinstance(tree, Call) else ""


def _children(tree: Expr) -> list[Expr]:
    match tree:
        case BinaryExpr():
            return [tree.lhs, tree.rhs]
        case Call():
            return list(tree.args)
        case AggregateExpr():
            return [tree.expr] if tree.param is None else [tree.expr, tree.param]
        case UnaryExpr() | SubqueryExpr():
            return [tree.expr]
        case MatrixSelector():
            return [tree.vector_selector]
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
