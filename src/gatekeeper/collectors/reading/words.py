"""Names and sentences as people read them: word by word, whatever joins the words."""

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")


def words(text: str) -> tuple[str, ...]:
    """Split at whatever is neither letter nor digit, and where camelCase does; `p99.9` stays one word."""
    return tuple(_WORD.findall(_CAMEL.sub(" ", text).lower()))


class Phrases:
    """Words and phrases to look for; a phrase matches whole words that follow each other."""

    def __init__(self, *phrases: str) -> None:
        longest_first = sorted(phrases, key=len, reverse=True)
        self._pattern = re.compile(f"(?: |^)({'|'.join(map(re.escape, longest_first))})(?= |$)")

    def found_in(self, text: tuple[str, ...]) -> bool:
        """Tell whether one of them occurs among these words."""
        return self._pattern.search(" ".join(text)) is not None
