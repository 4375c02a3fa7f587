"""Split names and sentences into words, and find phrases among them."""

import re

_TO_DO = re.compile(r"[\W_]*|[\W_]*(todo|tbd|fixme)\b.{0,100}", re.IGNORECASE)
_NOTHING = frozenset({"no", "none", "null", "nil", "n/a", "na", "unknown", "missing", "pending", "later"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")


def is_to_do(text: str) -> bool:
    """Return whether a text is still to be written: `TODO` with a few words, or no letter at all."""
    return _TO_DO.fullmatch(text.strip()) is not None


def is_placeholder(text: str) -> bool:
    """Return whether a value means that nobody has written one yet: `-`, `n/a`, `TODO: later`."""
    return is_to_do(text) or text.strip(" .!?()<>[]").casefold() in _NOTHING


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, split at punctuation and in camelCase; `p99.9` is one word."""
    return tuple(_WORD.findall(_CAMEL.sub(" ", text).lower()))


class Phrases:
    """Words and phrases to look for; a phrase matches consecutive whole words."""

    def __init__(self, *phrases: str) -> None:
        longest_first = sorted(phrases, key=len, reverse=True)
        self._pattern = re.compile(f"(?: |^)({'|'.join(map(re.escape, longest_first))})(?= |$)")

    def found_in(self, text: tuple[str, ...]) -> bool:
        """Return whether one of them occurs among these words."""
        return self._pattern.search(" ".join(text)) is not None
