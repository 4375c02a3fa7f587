"""The syntax of JMESPath expressions: whether one is right, and with which paths it begins."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from jmespath import compile as parse
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from gatekeeper.collectors.reading.expressions import LONGEST, TooMuchWork
from gatekeeper.errors import nearest

_FROM_FIRST = frozenset(
    {"subexpression", "index_expression", "pipe", "projection", "value_projection", "filter_projection"}
)
"""The nodes of which only the first child begins at the document."""


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
