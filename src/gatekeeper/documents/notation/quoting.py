"""Words in the cells of a document: parted outside brackets, in quotes where they would be misread."""

import json
import re
from collections.abc import Iterator

NOTHING = "\u2014"
DASHES = frozenset({"", NOTHING, "\u2013", "-", "+"})
"""What a cell holds that holds nothing."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_OPENS_QUOTE = re.compile(r'(?:^|[ (])"')


class Unclear(ValueError):  # noqa: N818 - one mistake in a text, as `SyntaxProblem` is
    """The text cannot be read as what it stands for; the message says why."""


def split(text: str, separator: str) -> list[str]:
    """Split at a character, or at ` + `, outside brackets and quotes; what is empty is left out."""
    return [part for part in map(str.strip, _parts(text, separator)) if part]


def unquoted(text: str) -> str:
    """Return the words that a text means, its quotes taken off."""
    words = text
    if is_quoted(text):
        try:
            words = str(json.loads(text))
        except ValueError:
            raise Unclear(f"{short(text)} is quoted, and not as JSON quotes") from None
    if not words.strip():
        raise Unclear(f"{short(text)} has no words in it")
    return words


def quoted(words: str) -> str:
    """Return words in quotes, with everything escaped that a reader would not see or a page would change."""
    text = re.sub(r"^ | (?= )| $", r"\\u0020", json.dumps(words, ensure_ascii=False)[1:-1])
    return '"' + "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text) + '"'


def kept(words: str) -> str:
    """Return words as they are where a page keeps them, else in quotes."""
    return words if is_plain(words) else quoted(words)


def is_quoted(text: str) -> bool:
    """Whether a text is in quotes as a whole."""
    return _QUOTED.fullmatch(text) is not None


def is_plain(words: str) -> bool:
    """Whether a page keeps words as they are, and nothing in them opens a quote."""
    return words.isprintable() and words == " ".join(words.split()) and not _OPENS_QUOTE.search(words)


def is_in_brackets(text: str) -> bool:
    """Whether the first bracket closes at the very end."""
    return text.startswith("(") and next(_outside(text), None) == len(text) - 1


def short(text: str) -> str:
    """Return foreign text for a message."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _parts(text: str, separator: str) -> Iterator[str]:
    start = 0
    for here in _outside(text):
        if here >= start and text.startswith(separator, here):
            yield text[start:here]
            start = here + len(separator)
    yield text[start:]


def _outside(text: str) -> Iterator[int]:
    """Yield the places outside brackets and quotes; a bracket that closes counts as outside again."""
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
