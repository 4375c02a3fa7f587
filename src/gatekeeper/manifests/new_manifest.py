"""Write a whole new manifest from plain data, laid out as people write them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gatekeeper.manifests.fragments import flow, key

WIDTH = 110


class Braces(dict[str, Any]):
    """A mapping that is written in braces on one line."""


def manifest(fields: Mapping[str, Any], comment: str = "") -> str:
    """Return the text of a manifest with these fields, below a comment."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + "".join(f"{line}\n" for line in _mapping(fields, 0))


def items(values: Sequence[Mapping[str, Any]], column: int) -> str:
    """Return items to append to a list, indented to its column."""
    return "".join(f"{line}\n" for line in _sequence(values, column))


def _mapping(fields: Mapping[str, Any], column: int) -> Iterator[str]:
    for name, value in fields.items():
        start = " " * column + key(name) + ":"
        line = start if value is None else f"{start} {flow(value)}"
        is_plain = isinstance(value, Sequence) and not any(map(_is_nested, value))
        if not _is_block(value) or (is_plain and len(line) <= WIDTH):
            yield line
            continue
        yield start
        yield from _block(value, column + 2)


def _sequence(values: Sequence[Any], column: int) -> Iterator[str]:
    for value in values:
        if _is_block(value):
            first, *rest = _block(value, column + 2)
            yield " " * column + "- " + first.lstrip()
            yield from rest
        else:
            yield " " * column + f"- {flow(value)}"


def _block(value: Any, column: int) -> Iterator[str]:
    return _mapping(value, column) if isinstance(value, Mapping) else _sequence(value, column)


def _is_block(value: Any) -> bool:
    """Return whether a value takes lines of its own; text and empty containers do not."""
    return _is_nested(value) and bool(value) and not isinstance(value, Braces)


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)
