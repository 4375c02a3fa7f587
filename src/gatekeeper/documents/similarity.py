"""Match the sentences of two lists by the words that they share."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

_WORD = re.compile(r"[^\W_]+")
_STEM = 5
"""The compared letters of a word, so that `requires` and `required` match."""
_ENOUGH = 0.3
"""The lowest similarity of a match; less is chance."""


def match_sentences(lines: Sequence[str], others: Sequence[str]) -> Mapping[int, int]:
    """Return the index of the matching sentence for each matched line; each sentence matches once at most.

    The most similar pairs are matched first. A rare shared word counts more than a frequent one.
    """
    ours, theirs = [_stems(line) for line in lines], [_stems(other) for other in others]
    spread = Counter(stem for sentence in (*ours, *theirs) for stem in sentence)
    similarity = [
        (sum(1 / spread[stem] for stem in mine & its), -here, -there)
        for here, mine in enumerate(ours)
        for there, its in enumerate(theirs)
    ]
    pairs: dict[int, int] = {}
    for score, here, there in sorted(similarity, reverse=True):
        if score >= _ENOUGH and -here not in pairs and -there not in pairs.values():
            pairs[-here] = -there
    return pairs


def _stems(sentence: str) -> set[str]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sentence)
    return {word.casefold()[:_STEM] for word in _WORD.findall(words) if len(word) > 2}
