"""The citations of an imported page: which rules of the reference it asks, and the words of the others."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gatekeeper.documents._quotes import Quote, Rest, bare, find_quotes
from gatekeeper.model.document import DocumentCriterion, ReadinessDocument
from gatekeeper.model.manifest import NAME

Rule = Mapping[str, Any]
"""A criterion, gate or level as plain data."""


class PageCitations:
    """Cites a page in the rules of its workspace, verbatim and completely."""

    def __init__(
        self,
        document: ReadinessDocument,
        reference: Mapping[str, Rule],
        groups: Sequence[str],
        asides: Mapping[str, Sequence[str]],
    ) -> None:
        """Find what the reference cites.

        Args:
            document: The page.
            reference: Gates and levels of the reference rulebook that the page has too, by id.
            groups: All gates and levels of the page, the lowest level first: nothing is asked there.
            asides: Names in texts of the page that are not operands of the rules that cite them.
        """
        self._document, self._groups, self._asides = document, groups, asides
        quotes = [quote for group, rule in reference.items() for quote in _quotes(group, rule)]
        lost = set(find_quotes(document.units, quotes, groups).lost)
        self._held = {quote for quote in quotes if quote not in lost}
        self._kept: list[Quote] = []
        listed = [(group, of) for group, of in document.criteria.items() if group != groups[0]]
        self._lines = {(group, line.line): line for group, of in listed for line in of.criteria}
        self._items = {(unit.group, unit.line): unit.text for unit in document.units}

    def asks(self, group: str, criterion: Rule) -> bool:
        """Return whether the page asks a criterion of the reference: by its id or words, or by no list."""
        listed = self._document.criteria.get(group)
        return not (listed and listed.criteria) or bool(self._cites(group, criterion))

    def cited(self, group: str, criterion: Rule) -> dict[str, Any]:
        """Return a criterion with the words of this page that ask it."""
        cites = self._cites(group, criterion)
        self._kept += [Quote(text, group, "") for text in _texts(cites)]
        fields = {**criterion, "cites": cites}
        return {name: value for name, value in fields.items() if value is not None}

    def rest_of(
        self, group: str, base: Rule, criteria: Iterable[Rule]
    ) -> tuple[Any, list[DocumentCriterion]]:
        """Return what a gate or level cites itself, and the lines of its list that no criterion cites."""
        own = [quote for quote in _quotes(group, {**base, "criteria": ()}) if quote in self._held]
        is_whole = len(own) == len(_texts(base.get("cites")))
        self._kept += own
        quotes = [*own, *(Quote(text, group, "") for one in criteria for text in _texts(one.get("cites")))]
        rests = [(rest, (group, rest.unit.line)) for rest in self._rests(quotes) if rest.unit.group == group]
        lines = list(dict.fromkeys(self._lines[key] for _, key in rests if key in self._lines))
        more = [rest.text for rest, key in rests if key not in self._lines]
        self._kept += [Quote(text, group, "") for text in more]
        if is_whole and not more:
            return base.get("cites"), lines
        return self._written([*(quote.text for quote in own), *more]), lines

    def of_line(self, group: str, line: int) -> Any:
        """Return the citation of a line of a list; None if the page has no such line."""
        if (group, line) not in self._lines:
            return None
        text = self._items[group, line]
        self._kept.append(Quote(text, group, ""))
        return self._written([text])

    def of_governance(self, reference: Rule) -> dict[str, Any]:
        """Return the policy, and the prose that is left after gates and levels have cited theirs."""
        policy: dict[str, Any] = {}
        for name, of in self._document.policy.items():
            if re.fullmatch(NAME, name):
                known = reference["policy"].get(name, {})
                is_known = [bare(of.item)] == [bare(text) for text in _texts(known.get("cites"))]
                policy[name] = known if is_known else {"text": of.text, "cites": self._written([of.item])}
                self._kept.append(Quote(of.item, "", name))
        prose = [rest.text for rest in self._rests(self._kept) if rest.unit.group not in self._groups]
        is_same = sorted(map(bare, prose)) == sorted(map(bare, reference["prose"]))
        return {"policy": policy, "prose": reference["prose"] if is_same else prose}

    def _cites(self, group: str, criterion: Rule) -> Any:
        quotes = list(_quotes(group, {"criteria": [criterion]}))
        is_held = bool(quotes) and all(quote in self._held for quote in quotes)
        keys = [key for key, line in self._lines.items() if line.id == criterion["id"] and key[0] == group]
        if is_held and not keys:
            return criterion["cites"]
        own = [quote.text for quote in quotes] if is_held else []
        return self._written([*own, *(self._items[key] for key in keys)])

    def _rests(self, quotes: Sequence[Quote]) -> Sequence[Rest]:
        return find_quotes(self._document.units, quotes, self._groups).rests

    def _written(self, texts: Sequence[str]) -> Any:
        """Return citations in their short form, with asides; None if there are none."""
        cites = [
            {"text": text, "aside": list(self._asides[text])} if text in self._asides else text
            for text in dict.fromkeys(texts)
        ]
        return cites[0] if len(cites) == 1 else cites or None


def _quotes(group: str, rule: Rule) -> list[Quote]:
    """Return what a gate or level and its criteria cite."""
    quotes = [Quote(text, group, "") for text in _texts(rule.get("cites"))]
    for criterion in rule.get("criteria", ()):
        quotes += [Quote(text, group, criterion["id"]) for text in _texts(criterion.get("cites"))]
    return quotes


def _texts(cites: Any) -> list[str]:
    listed = cites if isinstance(cites, list) else [cites] if cites else []
    return [one["text"] if isinstance(one, Mapping) else one for one in listed]
