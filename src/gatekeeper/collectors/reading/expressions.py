"""Evaluate JMESPath expressions within a budget.

An expression of fifty characters can double a list thirty times. So each step counts, and so does each value
that an expression makes, with everything inside it. See https://jmespath.org/specification.html.
"""

from collections.abc import Iterable
from math import prod
from typing import TYPE_CHECKING, Any

from jmespath import compile as parse
from jmespath.functions import Functions
from jmespath.visitor import Options, TreeInterpreter

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
    return BudgetedInterpreter(Budget(budget)).visit(parse(expression).parsed, document)


class Budget:
    """How much work the expressions of one file may still do."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def refill(self, more: int) -> None:
        """Begin anew, with so many steps and values more."""
        self._left = self._most + more

    def spend(self, amount: int) -> None:
        """Spend so many steps; `TooMuchWork` if there are not as many left."""
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


class BudgetedFunctions(Functions):
    """The functions of JMESPath. The result of `join` can be larger than all its arguments."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def call_function(self, function_name: str, resolved_args: Iterable[Any]) -> Any:
        """Call a function by its name."""
        arguments = list(resolved_args)
        if function_name == "join" and all(isinstance(argument, str | list) for argument in arguments):
            self._budget.spend(prod(map(len, arguments)) // _CHARACTERS)
        return super().call_function(function_name, arguments)


class BudgetedInterpreter(TreeInterpreter):
    """The interpreter of jmespath; each step counts, and each value that a step makes."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        super().__init__(Options(custom_functions=BudgetedFunctions(self._budget)))

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        """Evaluate a node of an expression."""
        self._budget.spend(1)
        value = super().visit(node, *args, **kwargs)
        if node["type"] in _MAKES_VALUES:
            self._budget.spend_on(value)
        return value
