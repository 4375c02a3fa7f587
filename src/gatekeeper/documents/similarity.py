"""Which sentence of one list says what a sentence of another says, told by the words that they share."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

_WORD = re.compile(r"[^\W_]+")
_STEM = 5
"""Letters of a word that count, so that `requires` and `required` are one."""
_ENOUGH = 0.3
"""The least likeness: less is chance."""


def pair(lines: Sequence[str], others: Sequence[str]) -> Mapping[int, int]:
    """Return by index the line's partner among the others, likest first; each has one partner at most.

    A word that few sentences have in common says more than one that all have.
    """
    ours, theirs = [_stems(line) for line in lines], [_stems(other) for other in others]
    spread = Counter(stem for sentence in (*ours, *theirs) for stem in sentence)
    likeness = [
        (sum(1 / spread[stem] for stem in mine & its), -here, -there)
        for here, mine in enumerate(ours)
        for there, its in enumerate(theirs)
    ]
    pairs: dict[int, int] = {}
    for likely, here, there in sorted(likeness, reverse=True):
        if likely >= _ENOUGH and -here not in pairs and -there not in pairs.values():
            pairs[-here] = -there
    return pairs


def _stems(sentence: str) -> set[str]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sentence)
    return {word.casefold()[:_STEM] for word in _WORD.findall(words) if len(word) > 2}
