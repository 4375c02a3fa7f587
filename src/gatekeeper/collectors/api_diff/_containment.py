"""Decide whether every value that one schema allows is allowed by another.

Each keyword of the wider schema must follow from the narrower one; `RULES` says how, and a keyword without a
rule must be the same in both. What does not follow is a difference, so whatever is overlooked is reported. A
property that a schema does not mention is outside what it describes, unless it describes all others.
"""

from collections.abc import Hashable, Iterator

from gatekeeper.collectors.api_diff._change import Differences, SchemaPair
from gatekeeper.collectors.api_diff._choices import choice_parts
from gatekeeper.collectors.api_diff._rules import demanded, same
from gatekeeper.collectors.api_diff._schema import CHOICES, JsonSchema, SchemaPart

_MOST_NESTED = 25
_MOST_STEPS = 20_000


class SchemaContainment:
    """Decides about schemas of requests, in which `readOnly` properties are hidden, or of responses."""

    def __init__(self, hidden: str, *, same_documents: bool = False) -> None:
        self.hidden = hidden
        self.same_documents = same_documents
        self._contained: set[Hashable] = set()
        self._others: set[Hashable] = set()
        self._trail: list[Hashable] = []
        """Pairs that are taken to be contained while that is being decided: values end, schemas may not."""
        self._depth = 0
        self._steps = 0

    def within(self, narrow: JsonSchema, wide: JsonSchema) -> bool:
        """Return whether it is certain that the second schema allows all that the first allows."""
        first = SchemaPair(narrow, wide)
        if first.key in self._others or self._depth >= _MOST_NESTED:
            return False
        mark = len(self._trail)
        self._depth += 1
        contained = self._all_within(first)
        self._depth -= 1
        if not contained:
            self._others.add(first.key)
            self._contained.difference_update(self._trail[mark:])
        if not contained or not self._depth:
            del self._trail[mark:]
        return contained

    def _all_within(self, first: SchemaPair) -> bool:
        waiting = [first]
        while waiting:
            pair = waiting.pop()
            if pair.key not in self._contained:
                self._steps += 1
                if self._steps > _MOST_STEPS:
                    raise pair.narrow.node.flaw(
                        f"cannot be compared in {_MOST_STEPS:,} steps: it has too many choices"
                    )
                self._contained.add(pair.key)
                self._trail.append(pair.key)
                if any(True for _ in self.differences(pair)):
                    return False
                waiting += self.parts(pair)
        return True

    def equal(self, one: JsonSchema, other: JsonSchema) -> bool:
        """Return whether it is certain that two schemas allow the same."""
        return self.within(one, other) and self.within(other, one)

    def differences(self, pair: SchemaPair) -> Differences:
        """Yield the differences of two schemas, without those of their parts."""
        if not pair.narrow.types:
            return
        if _has_too_many_cases(pair):
            if not same(pair):
                text = "has too many combinations of choices between schemas"
                yield pair.changed("anyOf", "choices-too-many", text, understood=False)
            return
        for part in pair.wide.parts:
            for keyword in ("type", "enum", *part.keywords):
                found = list(demanded(self, pair, part, keyword))
                if found and (keyword in CHOICES or not self._holds_in_each_case(keyword, pair, part)):
                    yield from found

    def _holds_in_each_case(self, keyword: str, pair: SchemaPair, part: SchemaPart) -> bool:
        cases = pair.narrow.cases if pair.narrow.choices() else None
        return cases is not None and not any(
            case.types and any(True for _ in demanded(self, pair._replace(narrow=case), part, keyword))
            for case in cases
        )

    def parts(self, pair: SchemaPair, *, with_choices: bool = True) -> list[SchemaPair]:
        """Return the pairs of schemas that are parts of two schemas, and the branches of their choices."""
        cases = pair.narrow.cases
        if cases is None or _has_too_many_cases(pair):
            return []
        pairs = (pair._replace(narrow=case) for case in cases if case.types)
        found = [part for one in pairs for part in (*self._properties(one), *_items(one))]
        content = pair.wide.schemas("contentSchema")
        if content is not None:
            found.append(pair.below("(content)", pair.narrow.schemas("contentSchema"), content))
        return [*found, *choice_parts(self, pair)] if with_choices else found

    def _properties(self, pair: SchemaPair) -> Iterator[SchemaPair]:
        narrow, wide = pair.narrow, pair.wide
        if "object" not in narrow.types & wide.types:
            return
        for name in dict.fromkeys([*narrow.declared, *wide.declared, *sorted(narrow.mentioned)]):
            new = wide.property(name)
            if new and new.types and self.describes(narrow, name) and not self.is_hidden(wide, name):
                yield pair.below(name, narrow.property(name), new)
        if narrow.others and narrow.others.types and wide.others and wide.others.types:
            yield pair.below("*", narrow.others, wide.others)
        for pattern, new in wide.patterns.items():
            if pattern in narrow.patterns:
                yield pair.below(pattern, narrow.patterns[pattern], new)
                continue
            yield from (pair.below(other, old, new) for other, old in narrow.patterns.items())
            if narrow.others and narrow.others.types:
                yield pair.below(pattern, narrow.others, new)
        for pattern, old in narrow.patterns.items():
            if wide.others and pattern not in wide.patterns:
                yield pair.below(pattern, old, wide.others)

    def describes(self, schema: JsonSchema, name: str) -> bool:
        """Return whether a property may be in what a schema describes."""
        if self.is_hidden(schema, name):
            return False
        found = schema.property(name)
        return name in schema.declared or name in schema.mentioned if found is None else bool(found.types)

    def is_hidden(self, schema: JsonSchema, name: str) -> bool:
        """Return whether a property is left out of a request, or of a response."""
        node = schema.declared.get(name)
        return node is not None and (schema.property(name) or schema.of(node)).marked(self.hidden) is True


def _has_too_many_cases(pair: SchemaPair) -> bool:
    return pair.narrow.cases is None or pair.wide.cases is None


def _items(pair: SchemaPair) -> Iterator[SchemaPair]:
    narrow, wide = pair.narrow, pair.wide
    if "array" not in narrow.types & wide.types:
        return
    last = max(narrow.prefix, wide.prefix)
    for index in range(last + 1):
        old = narrow.item(index)
        new = wide.item(index, unevaluated=old is not None)
        if new is not None and (old is None or old.types):
            yield pair.below("items" if index == last else f"items[{index}]", old, new)
