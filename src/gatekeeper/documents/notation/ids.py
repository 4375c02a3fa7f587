"""The ids of a page: their pattern, their series, and the gates that a cell can name."""

import re
from collections.abc import Collection, Iterator, Sequence

from gatekeeper.documents.notation.quoting import Unclear, short
from gatekeeper.model.manifest import ID

_NUMBERED = re.compile(r"(.*\D)(\d{1,3})")
_MOST_OF_A_RANGE = 80
"""In characters: two ids, a dash and `full`."""
_DASH = re.compile("[\u2013\u2014-]")


def series(ids: Collection[str]) -> str | None:
    """Return the prefix of ids that are one prefix and a number, such as `M0` and `M1`; else None."""
    parts = {(one[1], int(one[2])) for id_ in ids if (one := _NUMBERED.fullmatch(id_))}
    prefixes = {prefix for prefix, _ in parts}
    return prefixes.pop() if len(prefixes) == 1 and len(parts) == len(ids) else None


def number_of(id_: str, prefix: str) -> int:
    """Return the number of an id of a series."""
    return int(id_.removeprefix(prefix))


class GateIds:
    """The gates that a page knows. One of the same series is known too: `G9` beside `G1` and `G8`."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = {gate: place for place, gate in enumerate(known)}
        self._prefix = series(self._known)

    def __contains__(self, word: object) -> bool:
        return word in self._known or (isinstance(word, str) and self._number(word) is not None)

    def are_listed(self, entry: str) -> bool:
        """Return whether an entry of a list begins with a gate, a range of gates, or what looks like one."""
        if self._prefix and re.match(rf"{re.escape(self._prefix)}\d", entry):
            return True
        found = re.match(rf"{ID}(?!\S)", entry)
        return bool(found and found[0] in self) or self._ends(entry) is not None

    def span(self, text: str) -> Sequence[str] | None:
        """Return the gates of a range such as `G1-G8`; None if the text is not a range.

        Raises:
            Unclear: The range is in descending order.
        """
        ends = self._ends(text)
        if ends is None:
            return None
        first, last = ends
        if self._prefix:
            start, stop = (number_of(gate, self._prefix) for gate in ends)
            gates = tuple(f"{self._prefix}{number}" for number in range(start, stop + 1))
        else:
            gates = tuple(self._known)[self._known[first] : self._known[last] + 1]
        if not gates:
            raise Unclear(f"{short(text)} is in descending order")
        return gates

    def _number(self, word: str) -> int | None:
        found = self._prefix and re.fullmatch(rf"{re.escape(self._prefix)}([1-9]\d?)", word)
        return int(found[1]) if found else None

    def _ends(self, text: str) -> tuple[str, str] | None:
        return next((ends for ends in _cut(text) if all(gate in self for gate in ends)), None)


def _cut(text: str) -> Iterator[tuple[str, str]]:
    """Yield the two parts of a text around each dash; an id may contain one, too."""
    for found in _DASH.finditer(text) if len(text) <= _MOST_OF_A_RANGE else ():
        yield text[: found.start()].rstrip(), text[found.end() :].removesuffix(" full").strip()
