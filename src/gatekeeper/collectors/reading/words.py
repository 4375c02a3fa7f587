"""Split names and sentences into words, and find phrases among them."""

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")


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
