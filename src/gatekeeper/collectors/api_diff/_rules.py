"""The keywords of JSON Schema 2020-12, and what each demands of a schema that is to be narrower.

A rule yields what a keyword of a part of the wider schema demands and the narrower schema does not: `RULES`
is the table. `SYMMETRIC` keywords must be the same in both. Every keyword that is neither here nor an
annotation must be the same too, and if it is not, the difference is not understood.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from json import loads

from gatekeeper.collectors.api_diff._change import (
    SUBJECT,
    Containment,
    Differences,
    SchemaDifference,
    SchemaPair,
    kebab,
    written,
)
from gatekeeper.collectors.api_diff._choices import choice_rule
from gatekeeper.collectors.api_diff._schema import JsonSchema, SchemaPart, as_json, shown_types
from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Json

Rule = Callable[[Containment, SchemaPair, SchemaPart, str], Differences]

_WIDER_FORMATS = frozenset({
    ("float", "double"), ("int32", "int64"), ("int32", "bigint"), ("int64", "bigint"),
    ("date", "date-time"), ("time", "date-time"),
})  # fmt: skip
"""Pairs in which the second format includes the first, as for oasdiff."""
_NUMBER = frozenset({"integer", "fraction"})
_ONLY_NULL = frozenset({"null"})


def unmodelled(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    """Yield a keyword that is not modelled, unless it is the same in both."""
    wanted = as_json(part.keywords[keyword].value)
    if not any(as_json(node.value) == wanted for node in pair.narrow.all(keyword)):
        yield pair.changed(keyword, f"{kebab(keyword)}-changed", f"changed {keyword}", understood=False)


def _relative(containment: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    """Yield a reference whose target depends on how it is reached, unless the documents are the same."""
    if not containment.same_documents:
        text = f"has {keyword}, which is not followed"
        yield pair.changed(
            keyword, f"{kebab(keyword)}-used", text, place=part.keywords[keyword], understood=False
        )


def _by_parts(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:  # noqa: ARG001
    """Yield nothing: the schemas under the keyword are compared as parts."""
    return ()


# --- values


def _type(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    if part.types is None or (part.values is not None and pair.narrow.values is not None):
        return
    missing = pair.narrow.types - part.types
    if missing == _ONLY_NULL:
        yield _null_differs(pair)
    elif missing:
        text = f"changed its type from {shown_types(pair.old.types)} to {shown_types(pair.new.types)}"
        yield pair.changed(keyword, "type-changed", text)


def _null_differs(pair: SchemaPair) -> SchemaDifference:
    became = "became-not-nullable" if pair.narrow_is_base else "became-nullable"
    return pair.changed("type", became, became.replace("-", " "), place=pair.new.node)


def _enum(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    if part.values is None:
        return
    allowed = pair.narrow.values
    if allowed is None and pair.narrow.types <= {"boolean", "null"}:
        every = {"boolean": {"true", "false"}, "null": {"null"}}
        allowed = frozenset().union(*(every[name] for name in pair.narrow.types))
    place = written(pair.new, "enum") or written(pair.new, "const")
    if allowed is None:
        id_, text = (
            ("became-enum", "was restricted to") if pair.narrow_is_base else ("enum-removed", "lost its")
        )
        yield pair.changed(keyword, id_, f"{text} enum values", place=place)
        return
    for value in sorted(allowed - part.values):
        if value == "null" and part.types is not None and "null" not in part.types:
            yield _null_differs(pair)
            continue
        what, of = ("removed", "of") if pair.narrow_is_base else ("added", "to")
        text = f"{what} the enum value {value} {of} {SUBJECT}"
        yield SchemaDifference(keyword, f"enum-value-{what}", text, place or pair.new.node, about=value)


def _format(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    wanted = str(part.keywords[keyword].value)
    given = [str(node.value) for node in pair.narrow.all(keyword)]
    about = _NUMBER | {"string"}
    if not pair.narrow.types & about or any(
        one == wanted or (one, wanted) in _WIDER_FORMATS for one in given
    ):
        return
    shown = (_shown(side, keyword) for side in (pair.old, pair.new))
    yield pair.changed(keyword, "type-changed", f"changed its format from {' to '.join(shown)}")


def _pattern(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    given = [node.value for node in pair.narrow.all(keyword)]
    if part.keywords[keyword].value not in given:
        # Whether one pattern includes another is not decided. In a request a new one is not safe.
        understood = not given or pair.narrow_is_base
        yield pair.changed(keyword, "pattern-changed", "changed its pattern", understood=understood)


def _number_of(value: Json) -> Fraction | None:
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _measure(value: Json, keyword: str) -> Fraction | None:
    """Return what a limit limits of a value: its length, its size, or itself; None for other types."""
    if "Length" in keyword:
        return Fraction(len(value)) if isinstance(value, str) else None
    if "Items" in keyword:
        return Fraction(len(value)) if isinstance(value, list) else None
    if "Properties" in keyword:
        return Fraction(len(value)) if isinstance(value, dict) else None
    return _number_of(value)


def _limit(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    node = part.keywords[keyword]
    wanted = _number_of(node.value)
    if wanted is None:
        yield from unmodelled(_, pair, part, keyword)
        return
    given = _strictest(pair.narrow, keyword)
    bound = _comparable(keyword, wanted, whole=pair.narrow.types & _NUMBER == {"integer"})
    if given is None or given < bound:
        shown = (_shown(side, keyword) for side in (pair.old, pair.new))
        text = f"changed {keyword} from {' to '.join(shown)}"
        yield pair.changed(keyword, f"{kebab(keyword)}-changed", text)


def _comparable(keyword: str, value: Fraction, *, whole: bool = False) -> tuple[Fraction, bool]:
    """Return a limit as a value that is greater the stricter the limit is; an exclusive one is stricter."""
    sign, exclusive = (-1 if "max" in keyword.lower() else 1), keyword.startswith("exclusive")
    strict = sign * value
    if not whole:
        return strict, exclusive
    least = strict.__floor__() + 1 if exclusive else strict.__ceil__()
    return Fraction(least), False


def _strictest(schema: JsonSchema, keyword: str) -> tuple[Fraction, bool] | None:
    """Return the strictest limit that a schema has, by its limits or by its only values."""
    both = {"imum": ("minimum", "exclusiveMinimum"), "ximum": ("maximum", "exclusiveMaximum")}
    names = next((names for names in both.values() if keyword in names), (keyword,))
    whole = schema.types & _NUMBER == {"integer"}
    limits = [
        _comparable(name, value, whole=whole)
        for name in names
        for node in schema.all(name)
        if (value := _number_of(node.value)) is not None
    ]
    if schema.values is not None:
        sizes = [size for value in schema.values if (size := _measure(loads(value), keyword)) is not None]
        if sizes:
            limits.append(min(_comparable(names[0], size) for size in sizes))
    return max(limits, default=None)


def _shown(schema: JsonSchema, keyword: str) -> str:
    return ", ".join(str(node.value) for node in schema.all(keyword)) or "none"


def _multiple_of(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    wanted = _number_of(part.keywords[keyword].value)
    given = [_number_of(node.value) for node in pair.narrow.all(keyword)]
    given += [Fraction(1)] if "fraction" not in pair.narrow.types else []
    if not wanted or not any(one and (one / wanted).denominator == 1 for one in given):
        shown = (_shown(side, keyword) for side in (pair.old, pair.new))
        yield pair.changed(keyword, "multiple-of-changed", f"changed multipleOf from {' to '.join(shown)}")


def _alike(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    wanted = part.keywords[keyword].value
    if not any(node.value == wanted for node in pair.narrow.all(keyword)):
        yield pair.changed(keyword, f"{kebab(keyword)}-changed", f"changed {keyword}")


# --- objects


def _required(containment: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    names = (node.value for node in part.keywords[keyword].listed())
    for name in sorted(name for name in names if isinstance(name, str)):
        is_there = name in pair.narrow.required and not containment.is_hidden(pair.narrow, name)
        if not is_there and not containment.is_hidden(pair.wide, name):
            id_ = "became-required" if pair.narrow_is_base else "became-optional"
            place = pair.new.declared.get(name) or pair.new.node
            yield SchemaDifference(keyword, id_, f"{SUBJECT} {id_.replace('-', ' ')}", place, about=name)


def _closed(containment: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    """Yield what `additionalProperties` or `unevaluatedProperties` refuses."""
    if keyword == "unevaluatedProperties" and (
        _is_there(pair, part, keyword) or not pair.wide.knows_evaluated
    ):
        yield from _unevaluated(containment, pair, part, keyword)
        return
    narrow, wide = pair.narrow.others, pair.wide.others
    if wide is not None and (narrow is None or (narrow.types and not wide.types)):
        text = f"changed {keyword}: other properties are {'restricted' if pair.narrow_is_base else 'allowed'}"
        yield pair.changed(keyword, f"{kebab(keyword)}-changed", text)
    for name in dict.fromkeys([*pair.narrow.declared, *sorted(pair.narrow.mentioned)]):
        allowed = pair.wide.property(name)
        if allowed is not None and not allowed.types and containment.describes(pair.narrow, name):
            text = f"{SUBJECT} is {'no longer' if pair.narrow_is_base else 'now'} allowed"
            place = pair.narrow.declared.get(name) or pair.narrow.node
            yield SchemaDifference("properties", "not-allowed", text, place, about=name)


def _is_there(pair: SchemaPair, part: SchemaPart, keyword: str) -> bool:
    """Return whether the narrower schema has a part that is written like one of the wider schema."""
    wanted = pair.wide.of(part.node)
    return any(
        keyword in one.keywords and same(pair._replace(narrow=pair.narrow.of(one.node), wide=wanted))
        for one in pair.narrow.parts
    )


def _unevaluated(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    if not pair.narrow.all(keyword):
        yield pair.changed(keyword, f"{kebab(keyword)}-changed", f"changed {keyword}")
    elif not _is_there(pair, part, keyword):
        text = f"changed beside {keyword}, whose effect depends on the value"
        yield pair.changed(
            keyword, f"{kebab(keyword)}-used", text, place=part.keywords[keyword], understood=False
        )


def _unevaluated_items(
    containment: Containment, pair: SchemaPair, part: SchemaPart, keyword: str
) -> Differences:
    last = max(pair.narrow.prefix, pair.wide.prefix)
    follows = pair.wide.knows_evaluated and pair.narrow.item(last) is not None
    if not follows:
        yield from _unevaluated(containment, pair, part, keyword)


def _patterns(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    for pattern, node in part.keywords[keyword].items():
        if pattern in pair.narrow.patterns or pair.wide.of(node).is_any:
            continue
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError):
            text = f"changed the pattern {pattern!r} of properties, which is not understood"
            yield pair.changed(keyword, "pattern-property-changed", text, place=node, understood=False)
            continue
        if pair.narrow.others is None:
            what = "added" if pair.narrow_is_base else "removed"
            text = f"{what} the pattern {pattern!r} of properties of {SUBJECT}"
            yield SchemaDifference(keyword, f"pattern-property-{what}", text, node)


def _dependent_required(_: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    given: dict[str, set[Json]] = {}
    for owner in pair.narrow.all(keyword):
        for name, names in owner.items():
            given.setdefault(name, set()).update(
                one.value for one in names.listed() if isinstance(one.value, str)
            )
    for name, names in part.keywords[keyword].items():
        missing = {one.value for one in names.listed() if isinstance(one.value, str)}
        missing -= pair.narrow.required | given.get(name, set())
        allowed = pair.narrow.property(name)
        if missing and (allowed is None or allowed.types):
            text = f"changed what {SUBJECT} requires beside the property {name!r}"
            yield SchemaDifference(keyword, "dependent-required-changed", text, names, about=name)


# --- logic


def _conditional(containment: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    """Yield a keyword whose effect depends on the value: a new one is certain, of another little is."""
    given = [one for one in pair.narrow.parts if keyword in one.keywords]
    names = ("if", "then", "else") if keyword == "if" else (keyword,)
    if any(all(_implies(containment, pair, one, part, name) for name in names) for one in given):
        return
    text = f"changed {keyword}, whose effect depends on the value"
    yield pair.changed(keyword, f"{kebab(keyword)}-changed", text, understood=not given)


def _implies(
    containment: Containment, pair: SchemaPair, narrow: SchemaPart, wide: SchemaPart, keyword: str
) -> bool:
    """Return whether it is certain that what a part says by a keyword follows from another part."""
    given, wanted = narrow.keywords.get(keyword), wide.keywords.get(keyword)
    if given is None or wanted is None:
        return wanted is None
    if keyword == "dependentSchemas":
        both = ((given.child(name), node) for name, node in wanted.items())
        return all(
            one and containment.within(pair.narrow.of(one), pair.wide.of(other)) for one, other in both
        )
    schemas = pair.narrow.of(given), pair.wide.of(wanted)
    if keyword == "not":
        return containment.within(schemas[1], schemas[0])
    exactly = keyword in ("if", "contains")
    return containment.equal(*schemas) if exactly else containment.within(*schemas)


# --- the same


def same(pair: SchemaPair) -> bool:
    """Return whether two schemas are written alike, ignoring what is not part of their normal form."""
    waiting, seen = [(pair.narrow, pair.wide)], set()
    while waiting:
        one, other = waiting.pop()
        if (one.key, other.key) in seen:
            continue
        seen.add((one.key, other.key))
        if len(one.parts) != len(other.parts):
            return False
        for mine, theirs in zip(one.parts, other.parts, strict=True):
            if _written(mine) != _written(theirs):
                return False
            for keyword, node in mine.keywords.items():
                inner = _inner(keyword, node), _inner(keyword, theirs.keywords[keyword])
                if inner[0] is None or inner[1] is None:
                    if as_json(node.value) != as_json(theirs.keywords[keyword].value):
                        return False
                elif inner[0].keys() != inner[1].keys():
                    return False
                else:
                    waiting += [(one.of(child), other.of(inner[1][key])) for key, child in inner[0].items()]
    return True


def _written(part: SchemaPart) -> tuple[object, ...]:
    """Return what a part demands, without its values, and the annotations that clients rely on."""
    value = part.node.value if isinstance(part.node.value, dict) else {}
    return part.types, part.values, part.keywords.keys(), *(as_json(value.get(key)) for key in _RELIED_ON)


_RELIED_ON = ("readOnly", "writeOnly", "default", "discriminator", "xml", "x-extensible-enum")
_WITH_SCHEMA = {
    "items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
    "not", "if", "then", "else", "contentSchema",
}  # fmt: skip
_WITH_SCHEMAS = {"properties", "patternProperties", "dependentSchemas", "prefixItems", "anyOf", "oneOf"}


def _inner(keyword: str, node: Node) -> dict[object, Node] | None:
    """Return the schemas under a keyword; None if its value is not a schema."""
    if keyword in _WITH_SCHEMA:
        return {None: node}
    if keyword not in _WITH_SCHEMAS:
        return None
    return dict(node.items()) if isinstance(node.value, dict) else dict(enumerate(node.listed()))


ABOUT: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern"), frozenset({"string"})),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "items", "prefixItems"), frozenset({"array"})),
    **dict.fromkeys(("minProperties", "maxProperties", "required", "properties"), frozenset({"object"})),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _NUMBER),
}
"""The types that a keyword has an effect on; a difference in it has none on other types."""
_ALSO_ABOUT = {
    **dict.fromkeys(("contains", "minContains", "maxContains", "unevaluatedItems"), frozenset({"array"})),
    **dict.fromkeys(("contentEncoding", "contentMediaType"), frozenset({"string"})),
    **dict.fromkeys((
        "additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames",
        "dependentRequired", "dependentSchemas",
    ), frozenset({"object"})),
}  # fmt: skip
SYMMETRIC = frozenset({"contentEncoding", "contentMediaType"})
RULES: Mapping[str, Rule] = {
    **dict.fromkeys((
        "contentSchema", "properties", "prefixItems", "items", "then", "else",
    ), _by_parts),
    "type": _type,
    "enum": _enum,
    "format": _format,
    "pattern": _pattern,
    **dict.fromkeys((
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
        "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains",
    ), _limit),
    "multipleOf": _multiple_of,
    **dict.fromkeys(("uniqueItems", "contentEncoding", "contentMediaType"), _alike),
    "required": _required,
    "additionalProperties": _closed,
    "unevaluatedProperties": _closed,
    "patternProperties": _patterns,
    "dependentRequired": _dependent_required,
    "unevaluatedItems": _unevaluated_items,
    **dict.fromkeys(("propertyNames", "dependentSchemas", "contains", "not", "if"), _conditional),
    "anyOf": choice_rule,
    "oneOf": choice_rule,
    **dict.fromkeys(("$dynamicRef", "$recursiveRef"), _relative),
}  # fmt: skip
"""`const` and `nullable` are part of `enum` and `type`, `$ref` and `allOf` of the schema that has them."""


def demanded(containment: Containment, pair: SchemaPair, part: SchemaPart, keyword: str) -> Differences:
    """Return what a keyword of the wider schema demands and the narrower schema does not."""
    about = ABOUT.get(keyword) or _ALSO_ABOUT.get(keyword)
    if about and not about & pair.narrow.types:
        return ()
    return RULES.get(keyword, unmodelled)(containment, pair, part, keyword)
