"""Split and quote the text of cells: text that would be misread is in double quotes."""

import json
import re
from collections.abc import Iterator

NOTHING = "\u2014"
DASHES = frozenset({"", NOTHING, "\u2013", "-", "+"})
"""The texts of an empty cell."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_OPENS_QUOTE = re.compile(r'(?:^|[ (])"')


class Unclear(ValueError):  # noqa: N818 - one mistake in a text, as `SyntaxProblem` is
    """The text is ambiguous or malformed; the message says why."""


def split(text: str, separator: str) -> list[str]:
    """Split at a separator outside brackets and quotes; empty parts are omitted."""
    return [part for part in map(str.strip, _parts(text, separator)) if part]


def unquoted(text: str) -> str:
    """Return a text without its quotes."""
    words = text
    if is_quoted(text):
        try:
            words = str(json.loads(text))
        except ValueError:
            raise Unclear(f"{short(text)} is quoted, but not as a JSON string") from None
    if not words.strip():
        raise Unclear(f"{short(text)} is empty")
    return words


def quoted(words: str) -> str:
    """Return words in quotes; characters that are invisible or that a page changes are escaped."""
    text = re.sub(r"^ | (?= )| $", r"\\u0020", json.dumps(words, ensure_ascii=False)[1:-1])
    return '"' + "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text) + '"'


def kept(words: str) -> str:
    """Return words unchanged if a page keeps them, else in quotes."""
    return words if is_plain(words) else quoted(words)


def is_quoted(text: str) -> bool:
    """Return whether a whole text is in quotes."""
    return _QUOTED.fullmatch(text) is not None


def is_plain(words: str) -> bool:
    """Return whether a page keeps words unchanged and they open no quote."""
    return words.isprintable() and words == " ".join(words.split()) and not _OPENS_QUOTE.search(words)


def is_in_brackets(text: str) -> bool:
    """Return whether the first bracket closes at the end."""
    return text.startswith("(") and next(_outside(text), None) == len(text) - 1


def bracket_at_end(text: str) -> int | None:
    """Return the index of the bracket that the last character closes; None if it closes none."""
    outside = [-1, *_outside(text)]
    if outside[-1] != len(text) - 1 or not text.endswith(")"):
        return None
    start = outside[-2] + 1
    return start if text[start] == "(" else None


def short(text: str) -> str:
    """Return untrusted text, shortened, for a message."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _parts(text: str, separator: str) -> Iterator[str]:
    start = 0
    for here in _outside(text):
        if here >= start and text.startswith(separator, here):
            yield text[start:here]
            start = here + len(separator)
    yield text[start:]


def _outside(text: str) -> Iterator[int]:
    """Yield the indexes outside brackets and quotes; a closing bracket counts as outside."""
    here, depth = 0, 0
    while here < len(text):
        character = text[here]
        may_quote = character == '"' and (here == 0 or text[here - 1] in " (")
        if may_quote and (found := _QUOTED.match(text, here)):
            here = found.end()
            continue
        depth = max(depth + (character == "(") - (character == ")"), 0)
        if depth == 0:
            yield here
        here += 1
