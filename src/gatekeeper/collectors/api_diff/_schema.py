"""A JSON Schema in normal form, in which the notations of OpenAPI 3.0 and 3.1 are alike.

A schema is a conjunction of parts: its own keywords, and those of `$ref` and `allOf`. `nullable`, Boolean
`exclusiveMinimum`, `items` as a list, `const`, `format: byte` and `format: binary` become what JSON Schema
2020-12 writes instead of them; a choice of one schema, or of one schema and null, becomes that schema.
Annotations and extensions are left out. Every other keyword is kept, known or not.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from json import dumps, loads
from typing import NamedTuple

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Json

ANNOTATIONS = frozenset({
    "title", "summary", "description", "deprecated", "default", "example", "examples", "externalDocs",
    "readOnly", "writeOnly", "xml", "discriminator", "x-extensible-enum",
    "$comment", "$defs", "definitions", "$anchor", "$dynamicAnchor",
})  # fmt: skip
"""Keywords that do not decide whether a value is valid. `SchemaDiff` compares those that clients rely on."""
CHOICES = ("anyOf", "oneOf")
_DISSOLVED = ANNOTATIONS | {"$ref", "allOf", "type", "enum", "const"}
_UNEVALUATED = {"unevaluatedItems", "unevaluatedProperties"}
_CONDITIONAL = ("if", "then", "else", "dependentSchemas", "not", *CHOICES)
_ONLY_REFERS = {"$ref", "title", "summary", "description", "deprecated", "example", "examples", "$comment"}
_INSEPARABLE = {"not", "if"}
_TYPES = {
    "null": {"null"}, "boolean": {"boolean"}, "object": {"object"}, "array": {"array"}, "string": {"string"},
    "number": {"integer", "fraction"}, "integer": {"integer"},
}  # fmt: skip
ANY_TYPE = frozenset().union(*_TYPES.values())
_WITHOUT_EFFECT = {
    ("minLength", "0"), ("minItems", "0"), ("minProperties", "0"), ("uniqueItems", "false"),
    ("required", "[]"), ("properties", "{}"), ("patternProperties", "{}"), ("dependentRequired", "{}"),
    ("dependentSchemas", "{}"), ("prefixItems", "[]"), ("anyOf", "[]"), ("oneOf", "[]"), ("pattern", '""'),
    ("pattern", '".*"'), ("not", "false"), ("contentEncoding", '"binary"'), ("contentEncoding", '"8bit"'),
    ("contentEncoding", '"7bit"'), ("exclusiveMinimum", "false"), ("exclusiveMaximum", "false"),
}  # fmt: skip
_NEEDS = {
    "then": "if", "else": "if", "minContains": "contains", "maxContains": "contains",
    "contentSchema": "contentMediaType",
}  # fmt: skip
_BINARY = "application/octet-stream"
_FORMATS = {"byte": ("contentEncoding", "base64"), "binary": ("contentMediaType", _BINARY)}
_MOST_PARTS = 1000
_MOST_CASES = 128
_MOST_COMBINED = 16
"""The most cases of one choice, and of several choices that apply together."""


class SchemaPart(NamedTuple):
    """The keywords of one schema object."""

    key: Hashable
    node: Node
    types: frozenset[str] | None = None
    """Of `type`; a number is an integer or a fraction. None: any."""
    values: frozenset[str] | None = None
    """Of `enum` and `const`, each as JSON; None: any."""
    keywords: Mapping[str, Node] = {}
    """All other keywords."""


class JsonSchema:
    """What all its parts demand together."""

    def __init__(
        self, owner: "JsonSchemas", node: Node, parts: Iterable[SchemaPart], *, is_whole: bool = False
    ) -> None:
        self._owner = owner
        self.node = node
        self._is_whole = is_whole
        """Whether its parts are those of one schema object: `unevaluated...` of the first sees all others."""
        self.parts = tuple({part.key: part for part in parts}.values())
        self.key = frozenset(part.key for part in self.parts)
        self._properties: dict[str, JsonSchema | None] = {}

    @cached_property
    def _written_types(self) -> frozenset[str]:
        written = [part.types for part in self.parts if part.types is not None]
        return frozenset.intersection(*written) if written else ANY_TYPE

    @cached_property
    def values(self) -> frozenset[str] | None:
        """The only values that it allows, each as JSON; None without `enum` and `const`."""
        listed = [part.values for part in self.parts if part.values is not None]
        if not listed:
            return None
        allowed = frozenset.intersection(*listed)
        return frozenset(value for value in allowed if type_of(loads(value)) in self._written_types)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types of the values that it allows."""
        values = self.values
        return self._written_types if values is None else frozenset(type_of(loads(value)) for value in values)

    @property
    def is_any(self) -> bool:
        """Whether it allows every value."""
        return not any(
            part.types or part.values is not None or part.keywords for part in self.parts
        ) and bool(self.types)

    def all(self, keyword: str) -> list[Node]:
        """Return the values of a keyword, one a part that has it."""
        return [part.keywords[keyword] for part in self.parts if keyword in part.keywords]

    def schemas(self, keyword: str) -> "JsonSchema | None":
        """Return what the schemas under a keyword demand together; None if they demand nothing."""
        return self._owner.together(self.all(keyword))

    def of(self, node: Node) -> "JsonSchema":
        """Return a schema of the same description."""
        return self._owner.of(node)

    def named(self, name: str) -> "JsonSchema | None":
        """Return a component of the same description; None if it is not found."""
        return self._owner.named(name)

    def marked(self, keyword: str) -> Json:
        """Return the value of an annotation: that of the first part that has it, or None."""
        values = (part.node.value.get(keyword) for part in self.parts if isinstance(part.node.value, dict))
        return next((value for value in values if value is not None), None)

    # --- objects

    @cached_property
    def declared(self) -> Mapping[str, Node]:
        """The properties that it describes, and where."""
        return {name: node for owner in self.all("properties") for name, node in owner.items()}

    @cached_property
    def required(self) -> frozenset[str]:
        """The names of the properties that it requires."""
        names = (name.value for owner in self.all("required") for name in owner.listed())
        return frozenset(name for name in names if isinstance(name, str))

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Names that it requires or describes under conditions, so that they are not unknown to it."""
        found = set(self.required)
        for owner in self.all("dependentRequired"):
            found.update(owner.object(), *(map(str, names.listed()) for _, names in owner.items()))
        for part in self.parts:
            for keyword in _CONDITIONAL:
                node = part.keywords.get(keyword)
                if node is None:
                    continue
                if keyword in CHOICES:
                    inner = node.listed()
                else:
                    inner = node.children() if keyword == "dependentSchemas" else [node]
                for one in inner:
                    schema = self.of(one)
                    found |= schema.declared.keys() | schema.required
        return frozenset(found)

    @cached_property
    def patterns(self) -> Mapping[str, "JsonSchema"]:
        """The schemas of properties by the patterns of their names."""
        found: dict[str, list[Node]] = {}
        for owner in self.all("patternProperties"):
            for pattern, node in owner.items():
                found.setdefault(pattern, []).append(node)
        return {
            pattern: together for pattern, nodes in found.items() if (together := self._owner.together(nodes))
        }

    @cached_property
    def knows_evaluated(self) -> bool:
        """Whether what `unevaluated...` is about does not depend on the value, so that it is like `items`."""
        inner = any(part.keywords.keys() & _UNEVALUATED for part in self.parts[1:])
        conditional = any(part.keywords.keys() & {*_CONDITIONAL, "contains"} for part in self.parts)
        return self._is_whole and not inner and not conditional

    @cached_property
    def others(self) -> "JsonSchema | None":
        """What properties must fulfil that it neither names nor has a pattern for; None: nothing."""
        closing = self.all("unevaluatedProperties") if self.knows_evaluated else []
        return self._owner.together([*self.all("additionalProperties"), *closing])

    def property(self, name: str) -> "JsonSchema | None":
        """Return what a property must fulfil; None if the schema says nothing of it."""
        if name not in self._properties:
            self._properties[name] = self._owner.together(self._of_property(name))
        return self._properties[name]

    def _of_property(self, name: str) -> list[Node]:
        found: list[Node] = []
        for part in self.parts:
            keywords = part.keywords
            named = keywords["properties"].child(name) if "properties" in keywords else None
            here = [] if named is None else [named]
            if "patternProperties" in keywords:
                here += [
                    node for pattern, node in keywords["patternProperties"].items() if matches(pattern, name)
                ]
            if not here and "additionalProperties" in keywords:
                here = [keywords["additionalProperties"]]
            found += here
        if not found and self.knows_evaluated:
            found = self.all("unevaluatedProperties")
        return found

    # --- arrays

    @cached_property
    def prefix(self) -> int:
        """The number of items that have schemas of their own."""
        return max((len(node.listed()) for node in self.all("prefixItems")), default=0)

    def item(self, index: int, *, unevaluated: bool = True) -> "JsonSchema | None":
        """Return what an item must fulfil; that at `prefix` is that of all that follow. None: nothing."""
        found: list[Node] = []
        for part in self.parts:
            own = part.keywords["prefixItems"].listed() if "prefixItems" in part.keywords else []
            if index < len(own):
                found.append(own[index])
            elif "items" in part.keywords:
                found.append(part.keywords["items"])
        if not found and unevaluated and self.knows_evaluated:
            found = self.all("unevaluatedItems")
        return self._owner.together(found)

    # --- choices

    def choices(self) -> "list[tuple[str, list[Node]]]":
        """Return the choices between schemas, each with its keyword."""
        return [(keyword, node.listed()) for keyword in CHOICES for node in self.all(keyword)]

    def chosen(self, branches: Node, branch: Node) -> "JsonSchema":
        """Return the schema with one branch in place of a choice."""
        rest = [
            part._replace(
                key=(part.key, branches.path),
                keywords={key: node for key, node in part.keywords.items() if node.path != branches.path},
            )
            if any(
                node.path == branches.path and node.document is branches.document
                for node in part.keywords.values()
            )
            else part
            for part in self.parts
        ]
        return JsonSchema(self._owner, branch, [*rest, *self.of(branch).parts])

    def only(self, types: frozenset[str]) -> "JsonSchema":
        """Return the schema for the values of some types."""
        parts = [*self.parts, SchemaPart(("only", types), self.node, types)]
        return JsonSchema(self._owner, self.node, parts, is_whole=self._is_whole)

    def just(self, value: str) -> "JsonSchema":
        """Return the schema for one value, given as JSON."""
        part = SchemaPart(("just", value), self.node, values=frozenset({value}))
        return JsonSchema(self._owner, self.node, [*self.parts, part])

    def also(self, *others: "JsonSchema") -> "JsonSchema":
        """Return the conjunction of this schema and others."""
        return JsonSchema(self._owner, self.node, [part for one in (self, *others) for part in one.parts])

    @cached_property
    def cases(self) -> "list[JsonSchema] | None":
        """The schemas without choices of which one applies; None if there are too many."""
        if not self.choices():
            return [self]
        most = _MOST_CASES if len(self.choices()) == 1 else _MOST_COMBINED
        done: list[JsonSchema] = []
        waiting = [self]
        while waiting:
            schema = waiting.pop()
            choice = next((node for keyword in CHOICES for node in schema.all(keyword)), None)
            if choice is None:
                done.append(schema)
            else:
                waiting += [schema.chosen(choice, branch) for branch in choice.listed()]
            if len(done) + len(waiting) > most:
                return None
        return done


class JsonSchemas:
    """Returns the schemas of a description in normal form."""

    def __init__(self, api: Description, *, null_by_type: bool) -> None:
        self.api = api
        self._null_by_type = null_by_type or api.series == "3.0"
        """Whether null is allowed beside `enum` if the type allows it; OpenAPI 3.0 left that open."""
        self._known: dict[int, JsonSchema] = {}
        self._parts_known: dict[tuple[int, bool], SchemaPart] = {}

    def of(self, node: Node) -> JsonSchema:
        """Return a schema in normal form."""
        if not isinstance(node.value, dict):
            return JsonSchema(self, node, self._parts(node))
        key = id(node.value)
        if key not in self._known:
            self._known[key] = JsonSchema(self, node, self._parts(node), is_whole=True)
        return self._known[key]

    def named(self, name: str) -> JsonSchema | None:
        """Return the schema of a component; None if it is not found."""
        components = self.api.root.get("components")
        schemas = self.api.child(components, "schemas") if components else None
        found = schemas.get(name) if schemas else None
        return self.of(found) if found else None

    def together(self, nodes: list[Node]) -> JsonSchema | None:
        """Return the conjunction of schemas; None if it allows every value."""
        if not nodes:
            return None
        parts = [part for node in nodes for part in self.of(node).parts]
        schema = self.of(nodes[0]) if len(nodes) == 1 else JsonSchema(self, nodes[0], parts)
        return None if schema.is_any else schema

    def _parts(self, schema: Node) -> list[SchemaPart]:
        found: list[SchemaPart] = []
        waiting, seen = [(schema, False)], set[tuple[int, bool]]()
        while waiting:
            node, nullable = waiting.pop()
            if node.value is False:
                found.append(SchemaPart((False, nullable), node, frozenset({"null"} if nullable else ())))
            if isinstance(node.value, bool) or (id(node.value), nullable) in seen:
                continue
            seen.add((id(node.value), nullable))
            if len(seen) > _MOST_PARTS:
                raise schema.flaw(f"consists of more than {_MOST_PARTS:,} schemas")
            keywords = node.object()
            nullable = nullable or (self.api.series == "3.0" and keywords.get("nullable") is True)
            target = self.api.target(node)
            if target is not None:
                waiting.append((target, nullable))
                if self.api.series == "3.0":
                    continue
            waiting += [(part, nullable) for part in reversed(node.list_of("allOf"))]
            single = {key: one for key in CHOICES if key in keywords and (one := self._single(node, key))}
            waiting += [(one, nullable or has_null) for one, has_null in single.values()]
            if keywords.keys() <= _ONLY_REFERS:
                continue
            key = (id(node.value), nullable)
            if key not in self._parts_known:
                self._parts_known[key] = self._part(node, single.keys(), nullable=nullable)
            found.append(self._parts_known[key])
        return found

    def _single(self, node: Node, keyword: str) -> tuple[Node, bool] | None:
        """Return the only schema of a choice, and whether null is the other; None if it is a real choice."""
        branches = node.list_of(keyword)
        real = [branch for branch in branches if not is_null(branch)] or branches
        has_null = len(real) < len(branches)
        if len(real) != 1:
            return None
        if has_null and keyword == "oneOf":
            target = self.api.resolve(real[0])
            types = _types(target) if isinstance(target.value, dict) else None
            if types is None or "null" in types:
                return None
        return real[0], has_null

    def _part(self, node: Node, without: Iterable[str], *, nullable: bool) -> SchemaPart:
        written = node.object()
        keywords = {
            key: Node(node.document, (*node.path, key), value)
            for key, value in written.items()
            if key not in _DISSOLVED and not key.startswith("x-") and key not in without
        }
        types, values = _types(node), _values(written)
        for key in CHOICES if nullable else ():
            if key in keywords:
                keywords[key] = keywords[key]._replace(value=[*_values_of(keywords[key]), {"type": "null"}])
        if nullable and keywords.keys() & _INSEPARABLE:
            plain: Json = {key: value for key, value in written.items() if key != "nullable"}
            branches: list[Json] = [plain, {"type": "null"}]
            either = Node(node.document, (*node.path, "anyOf", "null"), branches)
            return SchemaPart(("or null", id(node.value)), node, keywords={"anyOf": either})
        if self.api.series == "3.0":
            keywords.pop("nullable", None)
        if types is not None and nullable:
            types |= {"null"}
        if values is not None and (nullable or (self._null_by_type and types and "null" in types)):
            values |= {"null"}
        types = _normalised(keywords, types)
        if types is not None and values is not None:
            values = frozenset(value for value in values if type_of(loads(value)) in types)
        return SchemaPart((id(node.value), nullable), node, types, values, keywords)


def _values_of(node: Node) -> list[Json]:
    return [child.value for child in node.listed()]


def is_null(schema: Node) -> bool:
    """Return whether a schema allows only null, as it is written."""
    value = schema.value
    if not isinstance(value, dict) or value.keys() - ANNOTATIONS - {"type", "enum", "const"}:
        return False
    return (
        value.get("type") in ("null", ["null"])
        or value.get("enum") == [None]
        or value.get("const", 0) is None
    )


def _types(node: Node) -> frozenset[str] | None:
    written = node.object().get("type")
    if written is None:
        return None
    names = written if isinstance(written, list) else [written]
    if not names or not all(isinstance(name, str) for name in names):
        raise node.flaw("has a type that is not a name")
    return frozenset().union(*(_TYPES.get(str(name), {str(name)}) for name in names))


def _values(written: Mapping[str, Json]) -> frozenset[str] | None:
    listed = written.get("enum")
    values = frozenset(map(as_json, listed)) if isinstance(listed, list) else None
    if "const" not in written:
        return values
    const = frozenset({as_json(written["const"])})
    return const if values is None else values & const


def _normalised(keywords: dict[str, Node], types: frozenset[str] | None) -> frozenset[str] | None:
    """Replace what other versions of JSON Schema write, in place; return the types."""
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if exclusive in keywords and keywords[exclusive].value is True and limit in keywords:
            keywords[exclusive] = keywords.pop(limit)
    if "items" in keywords and isinstance(keywords["items"].value, list):
        keywords["prefixItems"] = keywords.pop("items")
        if "additionalItems" in keywords:
            keywords["items"] = keywords["additionalItems"]
    keywords.pop("additionalItems", None)
    for name, (keyword, value) in _FORMATS.items():
        if "format" in keywords and keywords["format"].value == name and keyword not in keywords:
            keywords[keyword] = keywords.pop("format")._replace(value=value)
    _drop_without_effect(keywords)
    is_binary = "contentMediaType" in keywords and keywords["contentMediaType"].value == _BINARY
    return (
        None if is_binary and "contentEncoding" not in keywords and types == frozenset({"string"}) else types
    )


def _drop_without_effect(keywords: dict[str, Node]) -> None:
    for key, node in list(keywords.items()):
        needed = _NEEDS.get(key, key)
        if needed not in keywords or (key, as_json(node.value)) in _WITHOUT_EFFECT:
            del keywords[key]
    if "contains" in keywords and "minContains" not in keywords:
        keywords["minContains"] = keywords["contains"]._replace(value=1)
    if "if" in keywords and not keywords.keys() & {"then", "else"}:
        del keywords["if"]


def matches(pattern: str, name: str) -> bool:
    """Return whether a pattern matches a name; if it is not valid here, that it may."""
    try:
        return re.search(pattern, name) is not None
    except (re.error, RecursionError, OverflowError):
        return True


def type_of(value: Json) -> str:
    """Return the type of a value; a number is an integer or a fraction."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "integer" if value == value // 1 else "fraction"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"


def as_json(value: object) -> str:
    """Return a value as JSON; equal values are equal texts."""
    return dumps(_plain(value), sort_keys=True)


def _plain(value: object) -> object:
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case float() if value == value // 1:
            return int(value)
    return value


def shown_types(types: frozenset[str]) -> str:
    """Return types as JSON Schema names them."""
    if types == ANY_TYPE:
        return "any"
    names = {"number" if name == "fraction" else name for name in types} - (
        {"integer"} if "fraction" in types else set()
    )
    return " or ".join(sorted(names)) or "none"
