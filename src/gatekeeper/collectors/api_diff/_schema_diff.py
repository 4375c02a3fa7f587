"""Compare two schemas, and find the changes that break clients.

The rules and their names are those of oasdiff (`checker/rules.go`). A WARN of oasdiff is breaking, as for
`oasdiff breaking`. A request may accept more than before, and a response may return less; the opposite is
breaking. A pair of schemas is compared once, even if there are many references to it.
"""

from collections import deque
from collections.abc import Iterator

from gatekeeper.collectors.api_diff._schema_change import (
    ChangedPlace,
    Direction,
    SchemaChange,
    SchemaPair,
    breaks,
    harmless,
)
from gatekeeper.collectors.api_diff._schema_view import View, is_marked, name_of, reference_name, shared, view
from gatekeeper.collectors.api_diff._value_diff import value_changes
from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.reading.node import Node


class SchemaDiff:
    """Compares the schemas of two versions of a description."""

    def __init__(self, base: Description, head: Description) -> None:
        self._base = base
        self._head = head
        self._seen: set[tuple[Direction, int, int]] = set()

    def changes(self, subject: ChangedPlace, base: Node, head: Node) -> Iterator[SchemaChange]:
        """Yield the changes between two schemas and their parts, except those already reported."""
        waiting = deque([SchemaPair(subject, base, head)])
        while waiting:
            pair = waiting.popleft()
            base, head = shared(self._base, pair.base), shared(self._head, pair.head)
            key = (pair.subject.direction, id(base.value), id(head.value))
            if key not in self._seen:
                self._seen.add(key)
                old, new = view(self._base, pair.base), view(self._head, pair.head)
                if bool(old.choices) != bool(new.choices):
                    yield _choice_or_not(pair, old)
                    continue
                yield from value_changes(pair, old, new)
                yield from _of_choices(pair, old, new)
                inside = pair.subject.inside(reference_name(pair.head))
                yield from self._of_properties(inside, pair.head, old, new)
                waiting += self._within(inside, old, new)

    def _within(self, subject: ChangedPlace, old: View, new: View) -> list[SchemaPair]:
        """Return the pairs of schemas that are parts of these."""
        pairs = [
            SchemaPair(subject.below(name), node, new.properties[name])
            for name, node in old.properties.items()
            if name in new.properties and not self._is_hidden(subject.direction, node, new.properties[name])
        ]
        if old.items and new.items:
            pairs.append(SchemaPair(subject.below("items"), old.items, new.items))
        if old.others and new.others:
            pairs.append(SchemaPair(subject.below("*"), old.others, new.others))
        pairs += [
            SchemaPair(subject.below(f"({name})"), branch, new.choices[name])
            for name, branch in old.choices.items()
            if name in new.choices
        ]
        return pairs

    def _is_hidden(self, direction: Direction, old: Node, new: Node) -> bool:
        keyword = _hidden_by(direction)
        return is_marked(self._base, old, keyword) and is_marked(self._head, new, keyword)

    def _of_properties(
        self, subject: ChangedPlace, head: Node, old: View, new: View
    ) -> Iterator[SchemaChange]:
        keyword = _hidden_by(subject.direction)
        for name, node in old.properties.items():
            if name not in new.properties and not is_marked(self._base, node, keyword):
                yield _removed_property(subject, name, node, required=name in old.required)
        for name, node in new.properties.items():
            if not is_marked(self._head, node, keyword):
                yield from _kept_or_new_property(subject, name, node, old, new)
        if subject.direction is Direction.REQUEST:
            for name in sorted(new.required - old.required - new.properties.keys()):
                yield _required(subject, name, head, is_new=name not in old.properties)


def _hidden_by(direction: Direction) -> str:
    """Return the keyword that keeps a property out of requests, or out of responses."""
    return "readOnly" if direction is Direction.REQUEST else "writeOnly"


def _removed_property(subject: ChangedPlace, name: str, node: Node, *, required: bool) -> SchemaChange:
    removed = subject.below(name)
    if subject.direction is Direction.REQUEST:
        return breaks("request-property-removed", f"removed {removed}", node)
    kind = "required" if required else "optional"
    return breaks(f"response-{kind}-property-removed", f"removed {removed}", node)


def _kept_or_new_property(
    subject: ChangedPlace, name: str, node: Node, old: View, new: View
) -> Iterator[SchemaChange]:
    is_new = name not in old.properties
    became_required = name in new.required and name not in old.required
    if subject.direction is Direction.REQUEST and became_required:
        yield _required(subject, name, node, is_new=is_new)
    elif is_new:
        id_ = f"new-optional-{subject.direction}-property"
        yield harmless(id_, f"added {subject.below(name)}", node)
    elif subject.direction is Direction.RESPONSE and name in old.required - new.required:
        text = f"{subject.below(name)} became optional"
        yield breaks("response-property-became-optional", text, node)


def _required(subject: ChangedPlace, name: str, node: Node, *, is_new: bool) -> SchemaChange:
    required = subject.below(name)
    if is_new:
        return breaks("new-required-request-property", f"added {required}, which is required", node)
    return breaks("request-property-became-required", f"{required} became required", node)


def _choice_or_not(pair: SchemaPair, old: View) -> SchemaChange:
    """Return the change between a schema and a choice of schemas.

    For oasdiff, wrapping a schema in a choice is breaking. A choice that became one of its branches is
    harmless in a response and breaking in a request.
    """
    if not old.choices:
        text = f"{pair.subject} became a choice of schemas"
        return pair.changed("wrapped-in-one-of", text, breaking=True, place=pair.head)
    safe = not pair.is_request and name_of(pair.head) in old.choices
    text = f"{pair.subject} is no longer a choice of schemas"
    return pair.changed("one-of-removed", text, breaking=not safe, place=pair.head)


def _of_choices(pair: SchemaPair, old: View, new: View) -> Iterator[SchemaChange]:
    for name, branch in old.choices.items():
        if name not in new.choices:
            text = f"removed {name} from the choice of schemas of {pair.subject}"
            yield pair.changed("one-of-removed", text, breaking=pair.is_request, place=branch)
    for name, branch in new.choices.items():
        if name not in old.choices:
            text = f"added {name} to the choice of schemas of {pair.subject}"
            yield pair.changed("one-of-added", text, breaking=not pair.is_request, place=branch)
