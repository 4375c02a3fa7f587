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
        governance: Rule,
        groups: Sequence[str],
        asides: Mapping[str, Sequence[str]],
    ) -> None:
        """Find what the reference cites.

        Args:
            document: The page.
            reference: Gates and levels of the reference rulebook that the page has too, by id.
            governance: The governance of the reference.
            groups: All gates and levels of the page.
            asides: Names in texts of the page that are not operands of the rules that cite them.
        """
        self._document, self._groups, self._governance, self._asides = document, groups, governance, asides
        quotes = [quote for group, rule in reference.items() for quote in _quotes(group, rule)]
        lost = set(find_quotes(document.units, quotes, groups).lost)
        self._held = {quote for quote in quotes if quote not in lost}
        self._kept: list[Quote] = []
        self._lines = {
            (group, line.line): line for group, of in document.criteria.items() for line in of.criteria
        }
        self._items = {(unit.group, unit.line): unit.text for unit in document.units}

    def asks(self, group: str, criterion: Rule) -> bool:
        """Return whether the page asks a criterion of the reference: by its id or words, or by no list."""
        listed = self._document.criteria.get(group)
        return not (listed and listed.criteria) or bool(self._cites(group, criterion))

    def cited(self, group: str, criterion: Rule) -> dict[str, Any]:
        """Return a criterion with the words of this page that ask it."""
        cites = self._cites(group, criterion)
        rest = {name: value for name, value in criterion.items() if name != "cites"}
        if not cites:
            return rest
        self._kept += [Quote(text, group, "") for text in _texts(cites)]
        # The order of keys is that of people: citations follow the reason.
        place = list(criterion).index("cites") if "cites" in criterion else list(rest).index("why") + 1
        fields = list(rest.items())
        return dict([*fields[:place], ("cites", cites), *fields[place:]])

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

    def with_lines(self, cites: Any, lines: Iterable[DocumentCriterion]) -> Any:
        """Return citations and those of further lines."""
        return self._written([*_texts(cites), *(self._items[key] for key in self._keys(lines))])

    def of_line(self, group: str, line: int) -> Any:
        """Return the citation of a line of a list; None if the page has no such line."""
        if (group, line) not in self._lines:
            return None
        text = self._items[group, line]
        self._kept.append(Quote(text, group, ""))
        return self._written([text])

    def is_cited(self, group: str) -> bool:
        """Return whether the rules of the reference cite all that the page says of a level."""
        quotes = [quote for quote in self._held if quote.group == group]
        return all(rest.unit.group != group for rest in self._rests(quotes))

    def of_governance(self) -> tuple[dict[str, Any], list[str]]:
        """Return the policy, and the rest of the prose, after the gates and levels have cited theirs."""
        policy: dict[str, Any] = {}
        for name, of in self._document.policy.items():
            if not re.fullmatch(NAME, name):
                continue
            known = self._governance["policy"].get(name)
            is_known = known and [bare(of.item)] == [bare(text) for text in _texts(known.get("cites"))]
            policy[name] = known if is_known else {"text": of.text, "cites": self._written([of.item])}
            self._kept.append(Quote(of.item, "", name))
        rests = self._rests(self._kept)
        prose = [rest.text for rest in rests if rest.unit.group not in self._groups]
        known = self._governance["prose"]
        return policy, known if sorted(map(bare, prose)) == sorted(map(bare, known)) else prose

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

    def _keys(self, lines: Iterable[DocumentCriterion]) -> list[tuple[str, int]]:
        wanted = list(lines)
        return [key for key, line in self._lines.items() if line in wanted]

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
