"""Compare the words of evidence slots with those of files: which slot a name speaks of.

A word counts less the more slots of the same kind have it, and not at all if all of them do.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from gatekeeper.model.rule import BoundSlot

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SAME = {
    "acceptance": "journey", "cypress": "journey", "e2e": "journey", "playwright": "journey",
    "disaster": "dr", "fault": "chaos", "resilience": "chaos", "sbom": "bom",
}  # fmt: skip
"""Words of the field that mean the same here."""
_EMPTY = frozenset({
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "has", "have", "in", "is", "it", "its", "of",
    "on", "or", "so", "that", "the", "their", "this", "to", "what", "when", "which", "with", "json", "xml",
    "yaml", "yml", "html", "csv", "txt", "md", "out", "log", "report", "result", "summary", "suite", "test",
    "spec", "file", "run", "sarif", "whose", "each"
})  # fmt: skip
BY_NAME = frozenset({"document", "json", "migrations"})
"""The kinds whose files are recognised by their names, so that the word of the kind says something."""
_OPTIONAL = "service"
"""A word of slots' names that names of files need not have: all of them are of a service."""
_BY_NAME, _BY_ABOUT, _IN_FOLDER = 3.0, 1.0, 0.5


class SlotWords(NamedTuple):
    """The words of a slot, with their weights among the slots of its kind."""

    name: Mapping[str, float]
    others: Mapping[str, float]
    """Those of what it takes, and of the criteria that read it."""
    short: frozenset[str] = frozenset()
    """The name as one word, `coldstart`, and its initials if it has three words or more: `bom`."""
    of_kind: frozenset[str] = frozenset()
    """All words of the name, and those of the kind."""

    @property
    def needed(self) -> frozenset[str]:
        """The words of the name that a file has to have."""
        return frozenset(self.name) - {_OPTIONAL}

    def score(self, words: Collection[str]) -> float:
        """Return how much words speak of the slot."""
        weight = _BY_NAME * (not self.short.isdisjoint(words))
        return sum((self.name.get(word, 0) + self.others.get(word, 0) for word in words), weight)

    def is_named_by(self, words: Collection[str]) -> bool:
        """Return whether words have every word of the slot's name that sets it apart from other names."""
        return not self.short.isdisjoint(words) or (bool(self.needed) and self.needed <= set(words))

    def is_touched_by(self, words: Collection[str]) -> bool:
        """Return whether words have a word of the slot's name; of what it takes if its name has none."""
        return not (self.short | (self.needed or self.others.keys())).isdisjoint(words)


class PathWords(NamedTuple):
    """The words of a path: of its last part, and of the folders."""

    stem: frozenset[str]
    folders: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """The words of all parts."""
        return self.stem | self.folders

    def score(self, slot: SlotWords) -> float:
        """Return how much the path speaks of a slot; folders count half."""
        return slot.score(self.stem) + _IN_FOLDER * slot.score(self.folders - self.stem)


@cache
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text that mean something, in the singular and in lower case."""
    found = (_singular(word.casefold()) for word in _WORD.findall(_CAMEL.sub(" ", text)))
    return tuple(_SAME.get(word, word) for word in found if word not in _EMPTY)


def of_path(path: str) -> PathWords:
    """Return the words of a path."""
    folder, _, name = path.rpartition("/")
    return PathWords(frozenset(words(name)), frozenset(words(folder)))


def of_slots(slots: Sequence[BoundSlot], ids: Mapping[str, Iterable[str]]) -> Mapping[str, SlotWords]:
    """Return the words of each slot of one kind.

    Args:
        slots: All slots of the kind.
        ids: The criteria that read each slot.
    """
    kind = frozenset(words(slots[0].kind))
    every_word = {word for slot in slots for word in words(slot.name)}
    own = {word for word in every_word if word in slots[0].kind} | kind
    if slots[0].kind in BY_NAME and len(slots) == 1:
        own = set()
    names = {slot.name: {*words(slot.name)} - own for slot in slots}
    others = {
        slot.name: {*words(slot.takes), *(word for id_ in ids.get(slot.name, ()) for word in _of_id(id_))}
        - own
        for slot in slots
    }
    by_name = _weights(Counter(word for of in names.values() for word in of), len(slots), _BY_NAME)
    every = Counter(word for name in names for word in names[name] | others[name])
    by_others = _weights(every, len(slots), _BY_ABOUT)
    return {
        name: SlotWords(
            {word: by_name[word] for word in names[name] if word in by_name},
            {word: by_others[word] for word in others[name] if word in by_others},
            _short(name),
            kind | set(words(name)),
        )
        for name in names
    }


def _weights(counts: Counter[str], slots: int, weight: float) -> dict[str, float]:
    return {word: weight / count for word, count in counts.items() if slots == 1 or count < slots}


def _of_id(id_: str) -> tuple[str, ...]:
    return words(id_.partition(".")[2])


def _short(name: str) -> frozenset[str]:
    parts, meaning = name.split("_"), words(name)
    initials = {"".join(part[:1] for part in parts)} if len(parts) > 2 else set()
    return frozenset(initials | ({"".join(meaning)} if len(meaning) > 1 else set()))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is", "haos")) and len(word) > 3
    return word[:-1] if is_plural else word
