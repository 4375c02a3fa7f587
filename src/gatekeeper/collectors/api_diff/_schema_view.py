"""A JSON Schema as a client sees it, with `allOf`, references and the notations for null resolved."""

from json import dumps
from typing import NamedTuple

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Json, Object

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
    """The constraints of a schema; None for a constraint that it does not have."""

    types: frozenset[str] | None
    format: str | None
    values: frozenset[str] | None
    """The values of `enum` or `const`, each as JSON."""
    pattern: str | None
    limits: dict[str, float]
    required: frozenset[str]
    properties: dict[str, Node]
    items: Node | None
    others: Node | None
    """The schema of additional properties."""
    choices: dict[str, Node]
    """The branches of `oneOf` and `anyOf`, by the name of their reference, their title, or their number."""


def view(api: Description, schema: Node) -> View:
    """Return the constraints of a schema; of two values for one constraint, the first counts."""
    parts, choices, nullable = _unwrapped(api, schema)
    keywords: Object = {
        key: value for part in reversed(parts) for key, value in part.object().items() if value is not None
    }
    types = _types(keywords, parts)
    nullable = nullable or any(part.object().get("nullable") is True for part in parts)
    return View(
        types=types | {"null"} if types is not None and nullable else types,
        format=_word(keywords.get("format")),
        values=_values(keywords),
        pattern=_word(keywords.get("pattern")),
        limits=_limits(keywords),
        required=frozenset(
            item.value for part in parts for item in part.list_of("required") if isinstance(item.value, str)
        ),
        properties={name: node for part in reversed(parts) for name, node in part.items_of("properties")},
        items=_first(parts, "items"),
        others=_first(parts, "additionalProperties"),
        choices=choices,
    )


def shared(api: Description, schema: Node) -> Node:
    """Return the target of a schema's reference if it has no other keywords but annotations; else itself."""
    for _ in range(_MOST_WRAPPINGS):
        target = api.target(schema)
        if target is None or schema.object().keys() - _ANNOTATIONS != {"$ref"}:
            break
        schema = target
    return schema


def is_marked(api: Description, schema: Node, keyword: str) -> bool:
    """Return whether a schema is `readOnly` or `writeOnly`."""
    return any(part.object().get(keyword) is True for part in api.parts(schema, "allOf"))


def reference_name(schema: Node) -> str | None:
    """Return the last step of a schema's reference, such as `Address`; None if it has none."""
    return None if schema.reference is None else schema.reference.rpartition("/")[2]


def name_of(schema: Node) -> str | None:
    """Return the name of a schema: that of its reference, or its title; None if it has neither."""
    title = schema.value.get("title") if isinstance(schema.value, dict) else None
    return reference_name(schema) or (title if isinstance(title, str) else None)


def _unwrapped(api: Description, schema: Node) -> tuple[list[Node], dict[str, Node], bool]:
    """Return the parts, the branches of a choice, and whether null is one of them.

    A choice between one schema and null is that schema, and nullable.
    """
    parts, nullable = api.parts(schema, "allOf"), False
    inner = parts
    for _ in range(_MOST_WRAPPINGS):
        branches = [branch for part in inner for key in _CHOICES for branch in part.list_of(key)]
        real = [branch for branch in branches if not _is_null(branch)]
        nullable = nullable or len(real) < len(branches)
        if len(real) != 1:
            named = {name_of(branch) or f"#{number}": branch for number, branch in enumerate(real, 1)}
            return parts, named, nullable
        inner = api.parts(real[0], "allOf")
        parts = [*parts, *inner]
    return parts, {}, nullable


def _is_null(schema: Node) -> bool:
    return isinstance(schema.value, dict) and schema.value.get("type") in ("null", ["null"])


def _limits(keywords: Object) -> dict[str, float]:
    return {
        key: value
        for key in _LIMITS & keywords.keys()
        if isinstance(value := keywords[key], int | float) and not isinstance(value, bool)
    }


def _types(keywords: Object, parts: list[Node]) -> frozenset[str] | None:
    written = keywords.get("type")
    if written is not None:
        listed = written if isinstance(written, list) else [written]
        names = [name for name in listed if isinstance(name, str)]
        if len(names) < len(listed):
            place = next(part for part in parts if "type" in part.object())
            raise place.flaw("has a type that is not a name")
        return frozenset(names)
    if "properties" in keywords:
        return frozenset({"object"})
    if "items" in keywords:
        return frozenset({"array"})
    if isinstance(values := keywords.get("enum"), list):
        return frozenset(map(_type_of, values))
    return frozenset({_type_of(keywords["const"])}) if "const" in keywords else None


def _type_of(value: Json) -> str:
    return next(name for kind, name in _TYPES if isinstance(value, kind))


def _values(keywords: Object) -> frozenset[str] | None:
    if "const" in keywords:
        return frozenset({_as_json(keywords["const"])})
    return frozenset(map(_as_json, values)) if isinstance(values := keywords.get("enum"), list) else None


def _as_json(value: object) -> str:
    return dumps(value, sort_keys=True)


def _first(parts: list[Node], keyword: str) -> Node | None:
    found = (part.get(keyword) for part in parts)
    return next((node for node in found if node and isinstance(node.value, dict)), None)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None
