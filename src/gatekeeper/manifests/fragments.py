"""New YAML, for what is put into a manifest: plain where the loader reads it as it is meant, else quoted."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import load

Value = str | Mapping[str, "Value"]
"""What is written: text (a day as 2026-11-02), or a mapping of such."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Layout(NamedTuple):
    """How a text is laid out: by how much it indents, how wide it may be, and whether it favours braces."""

    indent: int = 2
    width: int = 130
    """Wide enough for a sign-off with the digest of its rulebook on one line."""
    braces: bool = True


def scalar(text: str, style: str | None = None) -> str:
    """Return text as YAML, in the quotes of `style` if it had any."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return text if style != '"' and _reads_as_itself(text) else _quoted(text)


def key(text: str) -> str:
    """Return a key; one with a colon is quoted, because people would stumble over it."""
    return _quoted(text) if ":" in text else scalar(text)


def flow(value: Value) -> str:
    """Return a value on one line."""
    if isinstance(value, str):
        return scalar(value)
    return "{" + ", ".join(f"{key(name)}: {flow(inner)}" for name, inner in value.items()) + "}"


def flow_list(items: Iterable[str]) -> str:
    """Return a list on one line."""
    return "[" + ", ".join(map(key, items)) + "]"


def block_lines(name: str, value: Value, column: int, layout: Layout) -> list[str]:
    """Return the lines of an entry at a column; a mapping of texts in braces, where that fits."""
    return list(_lines(name, value, column, layout))


def _lines(name: str, value: Value, column: int, layout: Layout) -> Iterator[str]:
    start = " " * column + key(name) + ":"
    one_line = f"{start} {flow(value)}"
    is_flat = isinstance(value, str) or all(isinstance(inner, str) for inner in value.values())
    if isinstance(value, str) or (is_flat and layout.braces and len(one_line) <= layout.width):
        yield one_line
        return
    yield start
    for inner_name, inner in value.items():
        yield from _lines(inner_name, inner, column + layout.indent, layout)


def _reads_as_itself(text: str) -> bool:
    """Ask the loader: then what it takes for a number, a list or a comment is quoted, and nothing else."""
    if not text.isprintable():
        return False
    try:
        documents = [load(probe.encode()).value for probe in (f"{{{text}: {text}}}", f"{text}: {text}")]
    except SyntaxProblem:
        return False
    return all(document == {text: text} for document in documents)


def _quoted(text: str) -> str:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{text!r} is no Unicode text: write it in UTF-8")
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
