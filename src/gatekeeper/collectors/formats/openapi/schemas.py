"""What a schema states about its values: whether it states it at all, through references and composition."""

from collections.abc import Callable, Mapping

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Json, Object

COMPOSITION = ("allOf", "oneOf", "anyOf")
_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_MODELLED = frozenset({
    "$ref", "$id", "id", "$schema", "$anchor", "$comment", "$defs", "definitions", "$vocabulary",
    "title", "description", "default", "deprecated", "readOnly", "writeOnly", "example", "examples",
    "externalDocs", "xml", "discriminator", "nullable", "type", "format", "enum", "const",
    "contentEncoding", "contentMediaType", "contentSchema", "multipleOf", "maximum", "exclusiveMaximum",
    "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "items", "prefixItems",
    "additionalItems", "unevaluatedItems", "contains", "minContains", "maxContains", "maxItems",
    "minItems", "uniqueItems", "properties", "patternProperties", "additionalProperties",
    "unevaluatedProperties", "propertyNames", "maxProperties", "minProperties", "required",
    "dependentRequired", "not", "allOf", "oneOf", "anyOf",
})  # fmt: skip
"""Keywords that add neither a list nor a property which the readers do not find."""
_DISABLED = frozenset({"$ref", "type", "properties", "items", "enum", *COMPOSITION})
_MAY_BE_NULL = frozenset({"const", "default", "example", "description", "title"})
_DEEPEST = 100


def must_be_modelled(schema: Node) -> None:
    """Check that no keyword of a schema may hold schemas that are not read.

    Raises:
        InvalidNode: One does, such as `if`, `$dynamicRef`, or `propertees`.
    """
    for name, value in schema.object().items():
        disabled = name.startswith("x-") and name[2:] in _DISABLED
        if disabled or (
            name not in _MODELLED and not name.startswith("x-") and _may_hold_schemas(name, value)
        ):
            raise schema.flaw(f"has the keyword {shown(name)}, which is not modelled")
        if (value is None and name in _MODELLED - _MAY_BE_NULL) or (name == "enum" and not value):
            raise schema.flaw(f"has no value for {name}")


def _may_hold_schemas(name: str, value: Json) -> bool:
    return isinstance(value, dict | list) or name.startswith("$")


def types_of(keywords: Object) -> frozenset[str]:
    """Return the types that a schema itself states; empty if it states none, or one that does not exist."""
    stated = keywords.get("type")
    listed = [stated] if isinstance(stated, str) else stated if isinstance(stated, list) else []
    types = frozenset(one for one in listed if isinstance(one, str))
    return types if types <= _TYPES else frozenset()


def states_type(keywords: Object) -> bool:
    """Return whether a schema itself states whether its values are lists."""
    implied = any(
        isinstance(keywords.get(key), dict | bool) for key in ("properties", "additionalProperties")
    )
    return bool(types_of(keywords)) or ("type" not in keywords and (implied or _lists_scalars(keywords)))


def states_fields(keywords: Object) -> bool:
    """Return whether a schema itself states the fields of its values, or that they have none."""
    more, types = keywords.get("additionalProperties"), types_of(keywords)
    return (
        any(bool(keywords.get(key)) for key in ("properties", "patternProperties"))
        or more is False
        or (isinstance(more, dict) and bool(more))
        or (bool(types) and "object" not in types)
        or _lists_scalars(keywords)
    )


def _lists_scalars(keywords: Object) -> bool:
    """Return whether the values are listed, and are neither lists nor objects."""
    listed = [keywords["const"]] if "const" in keywords else keywords.get("enum")
    return isinstance(listed, list) and not any(isinstance(value, dict | list) for value in listed)


class Statements:
    """Whether schemas state something, each of which is read once."""

    def __init__(self, api: Description, states: Callable[[Object], bool]) -> None:
        self._api = api
        self._states = states
        self._known: dict[int, bool] = {}

    def made_by(self, schema: Node, depth: int = 0) -> bool:
        """Return whether a schema states it: itself, in its target or a part, or in all of its choices."""
        if not isinstance(schema.value, dict):
            return schema.value is False and depth > 0  # a choice that nobody can take
        key = id(schema.value)
        if key not in self._known:
            self._known[key] = False
            self._known[key] = depth < _DEEPEST and self._is_made_by(schema, depth + 1)
        return self._known[key]

    def _is_made_by(self, schema: Node, depth: int) -> bool:
        target = self._api.target(schema)
        if target is not None and (self._api.series == "3.0" or self.made_by(target, depth)):
            return self.made_by(target, depth)
        choices = (schema.list_of(keyword) for keyword in ("oneOf", "anyOf"))
        return (
            self._states(schema.object())
            or any(self.made_by(part, depth) for part in schema.list_of("allOf"))
            or any(some and all(self.made_by(one, depth) for one in some) for some in choices)
        )


def properties_of(api: Description, schema: Node) -> Mapping[str, Node]:
    """Return the properties that a schema and its parts define; the last definition prevails."""
    return {
        name: node
        for part in api.parts(schema, *COMPOSITION)
        for name, node in api.entries(part, "properties")
    }
