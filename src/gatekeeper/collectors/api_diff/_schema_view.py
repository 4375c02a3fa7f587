"""A JSON Schema as a client sees it: what `allOf`, references and the ways to say null come down to."""

from collections.abc import Iterator
from json import dumps
from typing import Any, NamedTuple

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.reading.node import Node

_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"),
    (dict, "object"), (type(None), "null"),
)  # fmt: skip
_LIMITS = frozenset({
    "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties",
    "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties",
})  # fmt: skip
_CHOICES = ("oneOf", "anyOf")
_ANNOTATIONS = frozenset({"title", "summary", "description", "deprecated", "default", "example", "examples"})
_MOST_WRAPPINGS = 10


class View(NamedTuple):
    """What a schema says; None where it says nothing."""

    types: frozenset[str] | None
    format: str | None
    values: frozenset[str] | None
    """Of `enum` or `const`, each as JSON."""
    pattern: str | None
    limits: dict[str, float]
    required: frozenset[str]
    properties: dict[str, Node]
    items: Node | None
    others: Node | None
    """The schema of additional properties."""
    choices: dict[str, Node]
    """The branches of `oneOf` and `anyOf`, by what they refer to, or their title, or their number."""


def view(api: Description, schema: Node) -> View:
    """Return what a schema comes down to; of two things said of the same, the first counts."""
    parts, choices, nullable = _unwrapped(api, schema)
    keywords = _keywords(parts)
    types = _types(keywords, parts)
    nullable = nullable or any(part.object().get("nullable") is True for part in parts)
    return View(
        types=types | {"null"} if types is not None and nullable else types,
        format=_word(keywords.get("format")),
        values=_values(keywords),
        pattern=_word(keywords.get("pattern")),
        limits={key: keywords[key] for key in _LIMITS & keywords.keys() if _is_number(keywords[key])},
        required=frozenset(
            item.value for part in parts for item in part.list_of("required") if isinstance(item.value, str)
        ),
        properties=_properties(parts),
        items=_first(parts, "items"),
        others=_first(parts, "additionalProperties"),
        choices=choices,
    )


def shared(api: Description, schema: Node) -> Node:
    """Return what a schema refers to, where it does nothing else but describe it; else the schema itself."""
    for _ in range(_MOST_WRAPPINGS):
        target = api.target(schema)
        if target is None or schema.object().keys() - _ANNOTATIONS != {"$ref"}:
            break
        schema = target
    return schema


def is_marked(api: Description, schema: Node, keyword: str) -> bool:
    """Tell whether a schema is `readOnly` or `writeOnly`."""
    return any(part.object().get(keyword) is True for part in api.parts(schema, "allOf"))


def reference_name(schema: Node) -> str | None:
    """Return the last word of what a schema refers to: `Address`."""
    reference = schema.value.get("$ref") if isinstance(schema.value, dict) else None
    return reference.rpartition("/")[2] if isinstance(reference, str) else None


def name_of(schema: Node) -> str | None:
    """Return what a schema is called: by its reference, or its title."""
    title = schema.value.get("title") if isinstance(schema.value, dict) else None
    return reference_name(schema) or (title if isinstance(title, str) else None)


def _unwrapped(api: Description, schema: Node) -> tuple[list[Node], dict[str, Node], bool]:
    """Return the parts, the branches to choose from, and whether null is one of them.

    A choice between something and null is that something, which may be null.
    """
    parts, nullable = api.parts(schema, "allOf"), False
    inner = parts
    for _ in range(_MOST_WRAPPINGS):
        branches = [branch for part in inner for key in _CHOICES for branch in part.list_of(key)]
        real = [branch for branch in branches if not _is_null(branch)]
        nullable = nullable or len(real) < len(branches)
        if len(real) != 1:
            return parts, _named(real), nullable
        inner = api.parts(real[0], "allOf")
        parts = [*parts, *inner]
    return parts, {}, nullable


def _named(branches: list[Node]) -> dict[str, Node]:
    return {name_of(branch) or f"#{number}": branch for number, branch in enumerate(branches, 1)}


def _is_null(schema: Node) -> bool:
    return isinstance(schema.value, dict) and schema.value.get("type") in ("null", ["null"])


def _keywords(parts: list[Node]) -> dict[str, Any]:
    return {
        key: value for part in reversed(parts) for key, value in part.object().items() if value is not None
    }


def _types(keywords: dict[str, Any], parts: list[Node]) -> frozenset[str] | None:
    said = keywords.get("type")
    if said is not None:
        named = said if isinstance(said, list) else [said]
        if not all(isinstance(name, str) for name in named):
            raise next(part for part in parts if "type" in part.object()).flaw("has a type that is no name")
        return frozenset(named)
    if "properties" in keywords:
        return frozenset({"object"})
    if "items" in keywords:
        return frozenset({"array"})
    if isinstance(keywords.get("enum"), list):
        return frozenset(_type_of(value) for value in keywords["enum"])
    return frozenset({_type_of(keywords["const"])}) if "const" in keywords else None


def _type_of(value: object) -> str:
    return next(name for kind, name in _TYPES if isinstance(value, kind))


def _values(keywords: dict[str, Any]) -> frozenset[str] | None:
    if "const" in keywords:
        return frozenset({_as_json(keywords["const"])})
    return frozenset(map(_as_json, keywords["enum"])) if isinstance(keywords.get("enum"), list) else None


def _as_json(value: object) -> str:
    return dumps(value, sort_keys=True)


def _properties(parts: list[Node]) -> dict[str, Node]:
    return {name: node for part in reversed(parts) for name, node in part.items_of("properties")}


def _first(parts: list[Node], keyword: str) -> Node | None:
    found: Iterator[Node] = (
        node for part in parts if (node := part.get(keyword)) and isinstance(node.value, dict)
    )
    return next(found, None)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
