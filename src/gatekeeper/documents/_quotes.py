"""Find quoted words on a page, ignoring white space and the form of quotation marks and dashes."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.model.document import DocumentUnit

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_SINGLE, _DOUBLE = "\u2018\u2019", "\u201c\u201d"
_FORMS = str.maketrans(_DASHES + _SINGLE + _DOUBLE, "-" * len(_DASHES) + "''" + '""')
_ENDS = frozenset(".,;:!?+()")
"""What separates clauses: a quote ends at one of these, or where its sentence ends."""


_SIMILAR = 0.5
"""The lowest similarity at which a difference names the other text."""
_COMPARED = 200
"""At most so many texts are compared for similarity."""


class Quote(NamedTuple):
    """Words that a page must hold."""

    text: str
    group: str
    """The gate or level under which they are; empty for the rest of the page, where all may quote."""
    rule: str
    """The rule that quotes them."""


class Rest(NamedTuple):
    """The words of a unit that nothing quotes."""

    unit: DocumentUnit
    text: str


class Found(NamedTuple):
    """What is quoted and not on the page, and what is on the page and not quoted."""

    lost: tuple[Quote, ...]
    rests: tuple[Rest, ...]
    lines: Mapping[Quote, int]
    """The line of each quote that is on the page."""


def bare(text: str) -> str:
    """Return a text without white space, its quotation marks and dashes in their plain form."""
    return "".join(_plain(text).split())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u200b", "").translate(_FORMS)


def find_quotes(
    units: Iterable[DocumentUnit], quotes: Sequence[Quote], groups: Iterable[str], *, shared: bool = True
) -> Found:
    """Find each quote in its group or in the rest of the page.

    Args:
        units: The prose of the page. A unit that it holds twice needs to be quoted twice.
        quotes: What must be there.
        groups: The groups of quotes; units of other groups are the rest of the page.
        shared: Whether several quotes may be the same words of the page.
    """
    known = frozenset(groups)
    pages = [_Page(unit, unit.group if unit.group in known else "") for unit in units]
    by_group: dict[str, list[_Page]] = {}
    for page in pages:
        by_group.setdefault(page.group, []).append(page)
    others: dict[str, set[str]] = {}
    for quote in quotes:
        others.setdefault(quote.group, set()).add(_trimmed(quote.text))
    lost, lines = [], dict[Quote, int]()
    for quote in sorted(quotes, key=lambda one: -len(one.text)):
        candidates = by_group.get(quote.group, [])
        if quote.group:
            candidates = [*candidates, *by_group.get("", [])]
        if unit := _take(_trimmed(quote.text), candidates, others[quote.group], shared=shared):
            lines[quote] = unit.line
        else:
            lost.append(quote)
    return Found(tuple(sorted(lost, key=quotes.index)), tuple(_rests(pages)), lines)


class _Page:
    """A unit with the characters that are quoted."""

    def __init__(self, unit: DocumentUnit, group: str) -> None:
        self.unit, self.group, self.spaced = unit, group, _plain(unit.text)
        self.places = [place for place, one in enumerate(self.spaced) if not one.isspace()]
        """For each character of the bare text: its place in the spaced text."""
        self.text = "".join(self.spaced[place] for place in self.places)
        self.is_quoted = [False] * len(self.text)

    def spans(self, words: str, others: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Yield where words are a clause, or next to words that are quoted as well."""
        start = self.text.find(words)
        while start >= 0:
            end = start + len(words)
            if self._is_edge(start, end, others):
                yield start, end
            start = self.text.find(words, start + 1)

    def _is_edge(self, start: int, end: int, others: Iterable[str]) -> bool:
        text = self.text
        begins = start == 0 or text[start - 1] in _ENDS or any(text.endswith(one, 0, start) for one in others)
        ends = end == len(text) or text[end] in _ENDS or any(text.startswith(one, end) for one in others)
        return begins and ends


def _take(
    words: str, candidates: Sequence[_Page], others: Iterable[str], *, shared: bool
) -> DocumentUnit | None:
    """Mark words as quoted in the unit that fits best, and return it; None if no unit holds them."""
    spans = [(page, *span) for page in candidates for span in page.spans(words, others)]
    if not shared:
        spans = [(page, start, end) for page, start, end in spans if not any(page.is_quoted[start:end])]
    if not spans or not words:
        return None

    def rank(found: tuple[_Page, int, int]) -> tuple[bool, bool]:
        page, start, end = found
        return all(page.is_quoted[start:end]), page.text.rstrip("".join(_ENDS)) != words

    page, start, end = min(spans, key=rank)
    page.is_quoted[start:end] = [True] * (end - start)
    return page.unit


def _trimmed(text: str) -> str:
    return bare(text).rstrip(".,;:")


def _rests(pages: Iterable[_Page]) -> Iterator[Rest]:
    for page in pages:
        start = None
        for place, quoted in enumerate([*page.is_quoted, True]):
            if not quoted and start is None:
                start = place
            elif quoted and start is not None:
                if set(page.text[start:place]) - _ENDS:
                    text = page.spaced[page.places[start] : page.places[place - 1] + 1]
                    is_whole = not any(page.is_quoted)
                    yield Rest(page.unit, page.unit.text if is_whole else text.strip(" .,;:+"))
                start = None


def similar(lost: Sequence[Quote], rests: Sequence[Rest]) -> Mapping[Quote, Rest]:
    """Return the most similar rest for lost quotes, each once; of the same group, or one of both of none."""
    pairs = sorted(
        (-score, here, there)
        for here, quote in enumerate(lost[:_COMPARED])
        for there, rest in enumerate(rests[:_COMPARED])
        if quote.group == rest.unit.group or "" in (quote.group, rest.unit.group)
        if (score := _similarity(bare(quote.text), bare(rest.text))) >= _SIMILAR
    )
    found: dict[int, int] = {}
    for _, here, there in pairs:
        if here not in found and there not in found.values():
            found[here] = there
    return {lost[here]: rests[there] for here, there in found.items()}


def _similarity(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, one, other, autojunk=False)
    bounds = (matcher.real_quick_ratio(), matcher.quick_ratio())
    return matcher.ratio() if min(bounds) >= _SIMILAR else 0.0
