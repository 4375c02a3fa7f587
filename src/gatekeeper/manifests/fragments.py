"""Write single values and entries as YAML: plain if the loader reads them back unchanged, else quoted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import load

Value = str | bool | Mapping[str, "Value"] | Sequence["Value"]
"""A value to write: text (a date as 2026-11-02), true or false, or a mapping or list of values."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Layout(NamedTuple):
    """The layout of a text: its indent, its width, and whether flat mappings are in braces."""

    indent: int = 2
    width: int = 140
    """Wide enough for a sign-off with the digest of its obligations on one line."""
    braces: bool = True


def scalar(text: str, style: str | None = None) -> str:
    """Return text as a YAML scalar, in the quotes of `style` if given."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return text if style != '"' and _reads_as_itself(text) else _quoted(text)


def key(text: str) -> str:
    """Return a key; one with a colon is quoted for readability."""
    return _quoted(text) if ":" in text else scalar(text)


def flow(value: Any) -> str:
    """Return plain data on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return scalar(value)
        case Mapping():
            return "{" + ", ".join(f"{key(name)}: {flow(inner)}" for name, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(key(item) if isinstance(item, str) else flow(item) for item in value) + "]"
        case _:
            return str(value)


def block_lines(name: str, value: Value, column: int, layout: Layout) -> list[str]:
    """Return the lines of an entry at a column; a flat mapping is in braces if it fits."""
    return list(_lines(name, value, column, layout))


def _lines(name: str, value: Value, column: int, layout: Layout) -> Iterator[str]:
    start = " " * column + key(name) + ":"
    one_line = f"{start} {flow(value)}"
    if isinstance(value, str | bool) or not value:
        yield one_line
    elif not isinstance(value, Mapping):
        yield start
        for item in value:
            yield " " * (column + layout.indent) + f"- {flow(item)}"
    elif layout.braces and len(one_line) <= layout.width and all(map(_is_plain, value.values())):
        yield one_line
    else:
        yield start
        for inner_name, inner in value.items():
            yield from _lines(inner_name, inner, column + layout.indent, layout)


def _is_plain(value: Value) -> bool:
    return isinstance(value, str | bool)


def _reads_as_itself(text: str) -> bool:
    """Return whether the loader reads a plain text back as itself, not as a number, a list or a comment."""
    if not text.isprintable():
        return False
    try:
        documents = [load(probe.encode()).value for probe in (f"{{{text}: {text}}}", f"{text}: {text}")]
    except SyntaxProblem:
        return False
    return all(document == {text: text} for document in documents)


def _quoted(text: str) -> str:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{text!r} contains bytes that are not UTF-8; write it in UTF-8")
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
