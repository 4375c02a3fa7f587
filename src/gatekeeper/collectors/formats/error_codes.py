"""Lists of error codes as people write them, in a registry or in an `x-error-codes` extension.

A list of codes, a list of objects with a `code`, or an object that maps codes to descriptions. A code is
text, or a whole number, which is read as text. A code that is not in force, such as one with `retired: true`
or `status: draft`, is left out.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import InvalidNode, Node
from gatekeeper.collectors.reading.register import check_in_force

_NOT_WRITTEN = frozenset({"", "todo", "tbd", "fixme", "string"})
"""Texts in place of a code; tools write the example `string` for a text of which nothing is known."""


def is_written(code: str) -> bool:
    """Return whether a text is a code, not a placeholder for one."""
    return code.strip(" -.?<>").casefold() not in _NOT_WRITTEN


class Code(NamedTuple):
    """A code and its place."""

    text: str
    place: Node


def read(node: Node) -> Iterator[Code]:
    """Yield the codes of a list or an object, without placeholders."""
    yield from (code for code in _read(node) if is_written(code.text))


def _read(node: Node) -> Iterator[Code]:
    if isinstance(node.value, dict):
        yield from _keys(node)
        return
    for item in node.listed():
        if not _is_in_force(item):
            continue
        if isinstance(item.value, dict):
            code = item.get("code")
            if code is None:
                raise item.flaw("has no code")
            yield Code(_text(code), code)
        else:
            yield Code(_text(item), item)


def _keys(node: Node) -> Iterator[Code]:
    """Yield the keys of an object whose values are all of one kind; otherwise it does not map codes."""
    shapes = {
        "number" if isinstance(value, int | float) else type(value).__name__
        for value in node.object().values()
        if value is not None
    }
    if len(shapes) > 1 or "list" in shapes:
        raise node.flaw("does not map codes to descriptions: the values are not of one kind")
    yield from (Code(_filled(key, node), place) for key, place in node.items() if _is_in_force(place))


def _is_in_force(node: Node) -> bool:
    try:
        check_in_force(node)
    except InvalidNode:
        return False
    return True


def _text(node: Node) -> str:
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return str(node.value)
    if isinstance(node.value, str):
        return _filled(node.value, node)
    raise node.flaw(f"is {shown(node.value)}, not a code")


def _filled(code: str, node: Node) -> str:
    if not code.strip():
        raise node.flaw("holds an empty code")
    return code.strip()
