"""Compare two schemas, and find the changes that break clients.

A request may accept more than before, and a response may return less: `SchemaContainment` decides that.
oasdiff's rules (`checker/rules.go`) add what a client relies on although no value becomes invalid: properties
that are removed, items of a tuple, annotations. A WARN of oasdiff is breaking, as for `oasdiff breaking`. A
pair of schemas is compared once, even if there are many references to it.
"""

from collections import deque
from collections.abc import Hashable

from gatekeeper.collectors.api_diff._change import (
    SUBJECT,
    ApiChange,
    ChangedPlace,
    Changes,
    Direction,
    SchemaDifference,
    SchemaPair,
    breaks,
    harmless,
    kebab,
    unclear,
    written,
)
from gatekeeper.collectors.api_diff._choices import name_of
from gatekeeper.collectors.api_diff._containment import SchemaContainment
from gatekeeper.collectors.api_diff._fields import LIFE, lifecycle_changes
from gatekeeper.collectors.api_diff._rules import ABOUT, RULES, SYMMETRIC, same
from gatekeeper.collectors.api_diff._schema import JsonSchema, JsonSchemas, as_json
from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Json

_OF_PROPERTIES = ("required", "properties")
_UNDECIDED = {"$dynamicRef", "$recursiveRef"}


class SchemaDiff:
    """Compares the schemas of two versions of a description."""

    def __init__(self, base: Description, head: Description) -> None:
        differ = (base.series == "3.0") != (head.series == "3.0")
        self.old = JsonSchemas(base, null_by_type=differ)
        self.new = JsonSchemas(head, null_by_type=differ)
        same = base.root.value == head.root.value
        self._containments = {side: SchemaContainment(side.hidden, same_documents=same) for side in Direction}
        self._seen: set[Hashable] = set()

    def changes(self, subject: ChangedPlace, base: Node, head: Node) -> Changes:
        """Yield the changes between two schemas and their parts, except those already reported."""
        old, new = self.old.of(base), self.new.of(head)
        pair = (
            SchemaPair(old, new)
            if subject.direction is Direction.REQUEST
            else SchemaPair(new, old, narrow_is_base=False)
        )
        waiting = deque([(subject, pair)])
        containment = self._containments[subject.direction]
        while waiting:
            subject, pair = waiting.popleft()
            key = (
                subject.direction,
                subject.is_xml,
                subject.whole == "parameter" and not subject.path,
                pair.key,
            )
            if key in self._seen:
                continue
            self._seen.add(key)
            if _is_wrapped(containment, pair):
                text = f"{subject} became a choice of schemas"
                yield breaks(f"{subject.id}-wrapped-in-one-of", text, pair.new.node)
                continue
            inside = subject.inside(_reference_name(pair.new))
            changes = list(_differences(containment, subject, inside, pair))
            known = {change.id for change in changes}
            more = _beyond_values(containment, subject, inside, pair)
            changes += (change for change in more if change.id not in known)
            yield from self._once(subject, changes)
            back = containment.parts(pair.reverse, with_choices=False)
            parts = [*containment.parts(pair), *(part.reverse for part in back)]
            waiting += [(inside.below(part.step), part) for part in parts]

    def _once(self, subject: ChangedPlace, changes: list[ApiChange]) -> Changes:
        """Yield changes, except those that another pair has at the same place."""
        for change in changes:
            place = change.place.document.file, change.place.path
            key = (subject.direction, change.breaking, place, change.text.replace(str(subject), ""))
            if key not in self._seen:
                self._seen.add(key)
                yield change


def _reference_name(schema: JsonSchema) -> str | None:
    return name_of(schema.node) if schema.node.reference else None


def _is_wrapped(containment: SchemaContainment, pair: SchemaPair) -> bool:
    """Return whether a schema became a choice; for oasdiff that breaks clients, whatever the branches are."""
    is_new = not pair.old.choices() and any(keyword == "oneOf" for keyword, _ in pair.new.choices())
    return is_new and not containment.equal(pair.old, pair.new)


def _differences(
    containment: SchemaContainment, subject: ChangedPlace, inside: ChangedPlace, pair: SchemaPair
) -> Changes:
    """Yield the changes of the values that are allowed."""
    removed = {
        (keyword, name)
        for name in pair.old.declared
        for keyword in _OF_PROPERTIES
        if _is_removed(containment, pair.old, pair.new, name)
    }
    forward = list(containment.differences(pair))
    for one in forward:
        if (one.keyword, one.about) not in removed:
            yield _change(subject, inside, pair, one, breaking=True if one.understood else None)
    known = removed | {(one.keyword, one.about) for one in forward}
    for one in containment.differences(pair.reverse):
        if (one.keyword, one.about) in known or one.id == "one-of-overlapping":
            continue
        unknown = one.keyword not in RULES or one.keyword in _UNDECIDED
        breaking = None if unknown else one.keyword in SYMMETRIC
        yield _change(subject, inside, pair, one, breaking=breaking)


def _change(
    subject: ChangedPlace,
    inside: ChangedPlace,
    pair: SchemaPair,
    one: SchemaDifference,
    *,
    breaking: bool | None,
) -> ApiChange:
    about, id_ = subject, f"{subject.id}-{one.id}"
    if one.keyword in _OF_PROPERTIES and one.about is not None:
        about = inside.below(one.about)
        id_ = f"{subject.direction}-property-{one.id}"
        if one.id == "became-required" and one.about not in pair.old.declared:
            id_ = f"new-required-{subject.direction}-property"
            return ApiChange(id_, f"added {about}, which is required", breaking, one.place)
    return ApiChange(id_, one.text.replace(SUBJECT, str(about)), breaking, one.place)


def _is_removed(containment: SchemaContainment, old: JsonSchema, new: JsonSchema, name: str) -> bool:
    return (
        containment.describes(old, name) and name not in new.declared and not containment.describes(new, name)
    )


def _beyond_values(
    containment: SchemaContainment, subject: ChangedPlace, inside: ChangedPlace, pair: SchemaPair
) -> Changes:
    """Yield the changes that make no value invalid."""
    is_request = subject.direction is Direction.REQUEST
    for name, node in pair.old.declared.items():
        if _is_removed(containment, pair.old, pair.new, name):
            required = "" if is_request else "required-" if name in pair.old.required else "optional-"
            yield breaks(
                f"{subject.direction}-{required}property-removed", f"removed {inside.below(name)}", node
            )
        elif name in pair.new.declared:
            yield from _visibility(containment, inside.below(name), pair, name)
    for name, node in pair.new.declared.items():
        if _is_removed(containment, pair.new, pair.old, name) and not (
            is_request and name in pair.new.required
        ):
            yield harmless(f"new-optional-{subject.direction}-property", f"added {inside.below(name)}", node)
    if pair.new.prefix != pair.old.prefix:
        what = "removed" if pair.new.prefix < pair.old.prefix else "added"
        place = written(pair.new, "prefixItems") or pair.new.node
        text = f"{subject} has schemas of {pair.new.prefix} items instead of {pair.old.prefix}"
        yield ApiChange(f"{subject.id}-prefix-items-{what}", text, (what == "removed") == is_request, place)
    yield from _members(subject, pair)
    yield from _without_effect(subject, pair)
    yield from _extensible(subject, pair)
    life = [{name: written(schema, name) for name in LIFE} for schema in (pair.old, pair.new)]
    yield from lifecycle_changes(str(subject), life[0], life[1], pair.new.node)
    yield from _discriminator(subject, pair)
    if subject.is_xml and as_json(pair.old.marked("xml")) != as_json(pair.new.marked("xml")):
        yield unclear(
            f"{subject.id}-xml-changed", f"{subject} changed xml", written(pair.new, "xml") or pair.new.node
        )
    is_parameter = subject.whole == "parameter" and not subject.path
    if as_json(pair.old.marked("default")) != as_json(pair.new.marked("default")) and not is_parameter:
        place = written(pair.new, "default") or pair.new.node
        yield harmless(f"{subject.id}-default-value-changed", f"{subject} changed its default", place)


def _members(subject: ChangedPlace, pair: SchemaPair) -> Changes:
    """Yield members of a choice or of `allOf` that count for oasdiff, even if no value becomes invalid."""
    is_request = subject.direction is Direction.REQUEST
    counts = [sum(len(listed) for _, listed in schema.choices()) for schema in (pair.old, pair.new)]
    if all(counts) and counts[0] != counts[1]:
        what = "removed" if counts[1] < counts[0] else "added"
        text = f"the choice of schemas of {subject} has {counts[1]} instead of {counts[0]}"
        yield ApiChange(f"{subject.id}-one-of-{what}", text, (what == "removed") == is_request, pair.new.node)
    gone, come = (_references(schema) for schema in (pair.old, pair.new))
    is_tagged = pair.old.marked("discriminator") is not None
    is_renamed = all(counts) and counts[0] == counts[1] and gone - come and come - gone and not is_tagged
    if is_renamed:
        renamed = f"{' and '.join(sorted(come - gone))} instead of {' and '.join(sorted(gone - come))}"
        text = f"the choice of schemas of {subject} has {renamed}"
        yield unclear(f"{subject.id}-one-of-renamed", text, pair.new.node)
    old, new = (_all_of(schema) for schema in (pair.old, pair.new))
    if is_request and old and new and (old < new or new < old):
        what, where = ("removed", "from") if new < old else ("added", "to")
        text = f"{what} a schema {where} allOf of {subject}"
        yield unclear(f"{subject.id}-all-of-{what}", text, pair.new.node)


def _references(schema: JsonSchema) -> set[str]:
    listed = (node.reference for _, nodes in schema.choices() for node in nodes)
    return {reference.rpartition("/")[2] for reference in listed if reference}


def _all_of(schema: JsonSchema) -> set[str]:
    """Return the parts of `allOf` as JSON, without those that demand nothing."""
    listed = (part.node.list_of("allOf") for part in schema.parts if isinstance(part.node.value, dict))
    return {as_json(node.value) for nodes in listed for node in nodes if not schema.of(node).is_any}


def _without_effect(subject: ChangedPlace, pair: SchemaPair) -> Changes:
    """Yield keywords that differ and have no effect on the types of the schema: one of both is a mistake."""
    types = pair.old.types | pair.new.types
    for keyword, about in ABOUT.items():
        old, new = ([as_json(node.value) for node in schema.all(keyword)] for schema in (pair.old, pair.new))
        if types and not types & about and old != new:
            place = written(pair.new, keyword) or pair.new.node
            text = f"{subject} changed {keyword}, which has no effect on its type"
            yield unclear(f"{subject.id}-{kebab(keyword)}-changed", text, place)


def _visibility(
    containment: SchemaContainment, subject: ChangedPlace, pair: SchemaPair, name: str
) -> Changes:
    was, is_now = (containment.is_hidden(schema, name) for schema in (pair.old, pair.new))
    place, keyword = pair.new.declared[name], subject.direction.hidden
    if is_now and not was:
        id_, text = f"{subject.direction}-property-became-{keyword.lower()}", f"{subject} became {keyword}"
        if subject.direction is Direction.RESPONSE:
            yield breaks(id_, text, place)
        else:
            yield unclear(id_, f"{text}: whether requests with it are refused is not known", place)
    elif was and not is_now and subject.direction is Direction.RESPONSE and name in pair.new.required:
        yield breaks("response-required-property-became-not-write-only", f"{subject} is now returned", place)


def _extensible(subject: ChangedPlace, pair: SchemaPair) -> Changes:
    keyword = "x-extensible-enum"
    old, new = (
        {as_json(value) for value in _listed(schema.marked(keyword))} for schema in (pair.old, pair.new)
    )
    for value in sorted(old - new) if new else ():
        place = written(pair.new, keyword) or pair.new.node
        text = f"removed the value {value} of {keyword} of {subject}"
        id_ = f"{subject.id}-x-extensible-enum-value-removed"
        yield ApiChange(id_, text, subject.direction is Direction.REQUEST, place)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _discriminator(subject: ChangedPlace, pair: SchemaPair) -> Changes:
    old, new = (schema.marked("discriminator") for schema in (pair.old, pair.new))
    place = written(pair.new, "discriminator") or pair.new.node
    id_ = f"{subject.id}-discriminator"
    if isinstance(old, dict) and isinstance(new, dict):
        if old.get("propertyName") != new.get("propertyName"):
            yield breaks(f"{id_}-property-name-changed", f"changed the discriminator of {subject}", place)
        yield from _mapping(subject, pair, place)
    elif as_json(old) != as_json(new):
        name = (old if isinstance(old, dict) else new if isinstance(new, dict) else {}).get("propertyName")
        cases = [case for schema in (pair.old, pair.new) for case in schema.cases or ()]
        is_safe = all(isinstance(name, str) and name in case.required for case in cases)
        what = "added" if old is None else "removed"
        text = f"{what} the discriminator of {subject}"
        yield ApiChange(f"{id_}-{what}", text, False if is_safe else None, place)


def _mapping(subject: ChangedPlace, pair: SchemaPair, place: Node) -> Changes:
    """Yield the values of the discriminator that are gone, new, or of another schema than before."""
    narrow, new, wide = _tags(pair.narrow), _tags(pair.wide), _tags(pair.wide, with_names=True)
    for tag in sorted(narrow.keys() | new.keys()):
        if tag in narrow and tag in wide:
            schemas = pair.narrow.named(narrow[tag]), pair.wide.named(wide[tag])
            if narrow[tag] == wide[tag] or (
                schemas[0] and schemas[1] and same(SchemaPair(schemas[0], schemas[1]))
            ):
                continue
        text = f"changed the schema of the value {tag!r} of the discriminator of {subject}"
        yield ApiChange(f"{subject.id}-discriminator-mapping-changed", text, tag in narrow, place)


def _tags(schema: JsonSchema, *, with_names: bool = False) -> dict[str, str]:
    """Return the names of schemas by the values of the discriminator.

    The name of a branch is its value too; with a mapping to the branch, senders are taken to use that.
    """
    discriminator = schema.marked("discriminator")
    mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
    written = mapping.items() if isinstance(mapping, dict) else ()
    mapped = {tag: str(target).rpartition("/")[2] for tag, target in written}
    names = (name for _, listed in schema.choices() for node in listed if (name := name_of(node)))
    return {name: name for name in names if with_names or name not in mapped.values()} | mapped
