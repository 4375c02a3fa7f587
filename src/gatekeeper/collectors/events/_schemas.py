"""The schemas of events: whether they are valid, and which fields they require.

JSON Schema, drafts 04, 06, 07, 2019-09 and 2020-12. `$schema` names the draft; without it the draft is 07,
also within AsyncAPI, whose schemas are a superset of draft 07.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import starmap
from operator import and_
from typing import NamedTuple, TypeGuard

from gatekeeper.collectors.events._documents import Library, key_of
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Json, Object

_DRAFTS = ("draft-04", "draft-06", "draft-07", "2019-09", "2020-12")
_WITHOUT_SIBLINGS = frozenset({"draft-04", "draft-06", "draft-07"})
"""Drafts in which the keywords beside a `$ref` are ignored."""
_UNNAMED = "draft-07"
_OF_OBJECTS = frozenset({
    "type", "enum", "const", "properties", "patternProperties", "additionalProperties",
    "unevaluatedProperties", "propertyNames", "required", "maxProperties", "minProperties",
    "dependentRequired", "dependentSchemas", "dependencies", "not", "then", "else", "$dynamicRef",
    "$recursiveRef",
})  # fmt: skip
"""Keywords that refuse some objects."""
_CONSTRAINTS = _OF_OBJECTS | {
    "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength",
    "pattern", "format", "items", "prefixItems", "additionalItems", "unevaluatedItems", "contains",
    "maxItems", "minItems", "uniqueItems",
}  # fmt: skip
"""Keywords that refuse some values; all others describe, or combine schemas."""
_TYPES = frozenset({"null", "boolean", "object", "array", "number", "string"})
_NOTES = frozenset({
    "$comment", "$id", "title", "description", "default", "example", "examples", "deprecated", "readOnly",
    "writeOnly",
})  # fmt: skip
"""Keywords that only describe."""
_NO_VALUE: tuple[Json, ...] = (None, "", [], {})
_DEEPEST = 100
_MOST_PARTS = 200
"""Limits for references within references, and for parts of a schema that refuse nothing."""
_DATA = frozenset({"const", "default", "enum", "example", "examples"})
"""Keywords whose values are data, so that a `$ref` in them is not a reference."""
_BY_NAME = frozenset(
    {"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)
"""Keywords whose values are schemas by name."""


def is_trivial(library: Library, schema: Node, known: dict[tuple[str, str], bool] | None = None) -> bool:
    """Return whether a schema allows every object: itself, or by one of its choices.

    Args:
        library: The files in which its references are followed.
        schema: The schema.
        known: The answers for its parts, which may be shared.

    Raises:
        InvalidNode: A reference leads nowhere, or refers to itself.
    """
    followed, known = library.followed(schema), {} if known is None else known
    beside = schema.value if followed is not schema and _reads_siblings(schema) else None
    if isinstance(beside, dict) and _refuses_objects(beside):
        return False
    if not isinstance(followed.value, dict):
        return followed.value in (True, False, None)
    key = key_of(followed)
    if key not in known:
        if len(known) > _MOST_PARTS:
            raise schema.flaw(f"consists of more than {_MOST_PARTS} schemas that refuse nothing")
        known[key] = not _refuses_objects(followed.value)
        known[key] = known[key] and all(_are_trivial(library, followed, known))
    return known[key]


def stating(library: Library, schema: Node) -> tuple[Node | None, str]:
    """Return a schema, or None and the reason if it allows every object."""
    lack = "has a schema that allows every object" if is_trivial(library, schema) else ""
    return None if lack else schema, lack


def _refuses_objects(schema: Object) -> bool:
    """Return whether a keyword of the schema itself refuses an object."""
    return any(_refuses_object(keyword, value) for keyword, value in schema.items())


def _refuses_object(keyword: str, value: Json) -> bool:
    match keyword, value:
        case "type", _:
            return "object" not in (value if isinstance(value, list) else [value])
        case ("minProperties", 0) | ("not", False):
            return False
        case "properties" | "patternProperties", dict():
            schemas = value.values()
            return any(one is False or (isinstance(one, dict) and one.keys() - _NOTES) for one in schemas)
        case _:
            return keyword in _OF_OBJECTS and value is not True and value not in ({}, [])


def _refuses_value(keyword: str, value: Json) -> bool:
    is_every_type = keyword == "type" and isinstance(value, list) and set(map(str, value)) >= _TYPES
    return keyword in _CONSTRAINTS and value not in ({}, []) and not is_every_type


def _are_trivial(library: Library, schema: Node, known: dict[tuple[str, str], bool]) -> Iterator[bool]:
    """Yield whether each part of a schema allows every object, and whether one of its choices does."""
    yield from (is_trivial(library, part, known) for part in _list(schema, "allOf"))
    for keyword in ("oneOf", "anyOf"):
        if choices := _list(schema, keyword):
            yield any(is_trivial(library, choice, known) for choice in choices)


def _dialect(schema: Node) -> str | None:
    """Return the draft that the schema or its document names; None if neither does."""
    root = schema.document.value
    for value in (schema.value, root):
        if isinstance(value, dict) and "$schema" in value:
            return str(value["$schema"])
    return _UNNAMED if isinstance(root, dict) and "asyncapi" in root else None


def _draft(dialect: str) -> str | None:
    """Return the name of a draft from its URI, such as `http://json-schema.org/draft-07/schema#`."""
    steps = dialect.removesuffix("#").split("/")
    if dialect in _DRAFTS:
        return dialect
    if "json-schema.org" not in steps or steps[-1] != "schema":
        return None
    return _UNNAMED if steps[-2] == "json-schema.org" else steps[-2] if steps[-2] in _DRAFTS else None


def _reads_siblings(schema: Node) -> bool:
    """Return whether the keywords beside a `$ref` count."""
    return _draft(_dialect(schema) or "") not in _WITHOUT_SIBLINGS


def invalid(library: Library, schemas: Iterable[Node]) -> Iterator[Finding]:
    """Yield the flaws of schemas, and of the schemas that they refer to, by the metaschema of their draft."""
    waiting = list(schemas)[::-1]
    seen = set()
    while waiting:
        schema = waiting.pop()
        if key_of(schema) not in seen:
            seen.add(key_of(schema))
            yield from _flaws(schema)
            for node, reference in _references(schema):
                with library.ledger.noting("schema"):
                    waiting.append(library.target(node, reference))


def _references(schema: Node) -> Iterator[tuple[Node, str]]:
    """Yield all subschemas that have a `$ref`, with the reference."""
    waiting = [(schema, False)]
    while waiting:
        node, by_name = waiting.pop()
        if isinstance(node.value, dict) and not by_name:
            if node.reference is not None:
                yield node, node.reference
            waiting += [
                (child, child.path[-1] in _BY_NAME)
                for child in node.children()
                if child.path[-1] not in _DATA and not str(child.path[-1]).startswith("x-")
            ]
        elif isinstance(node.value, dict | list):
            waiting += [(child, False) for child in node.children()]


def _flaws(schema: Node) -> Iterator[Finding]:
    from jsonschema import FormatChecker
    from jsonschema.exceptions import SchemaError

    dialect = _dialect(schema)
    draft = _UNNAMED if dialect is None else _draft(dialect)
    if draft is None:
        yield schema.finding(f"$schema is {str(dialect)[:100]!r}, which is not a supported draft")
        return
    try:
        # Formats are not checked: a `pattern` is a JavaScript regular expression, not a Python one.
        _checker(draft)(schema.value, format_checker=FormatChecker(formats=()))
    except SchemaError as error:
        place = Node(schema.document, (*schema.path, *error.absolute_path), None)
        yield place.finding(f"not a valid JSON Schema of {draft}: {one_line(error.message, 200)}")
    except RecursionError:
        yield schema.finding("is nested too deeply to be checked")


def _checker(draft: str) -> Callable[..., None]:
    """Return the function that checks a schema by the metaschema of a draft."""
    import jsonschema

    validators = {
        "draft-04": jsonschema.Draft4Validator,
        "draft-06": jsonschema.Draft6Validator,
        "draft-07": jsonschema.Draft7Validator,
        "2019-09": jsonschema.Draft201909Validator,
        "2020-12": jsonschema.Draft202012Validator,
    }
    return validators[draft].check_schema


class Fields(NamedTuple):
    """The fields at the top level of the values that a schema describes."""

    defined: frozenset[str] = frozenset()
    """Those whose schema allows a value, but not every value."""
    required: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    """Those that have a schema."""
    hollow: frozenset[str] = frozenset()
    """Those that can only be null or empty."""

    def __or__(self, other: "Fields") -> "Fields":
        """Return the fields of either schema: a value satisfies both."""
        return Fields(*(own | theirs for own, theirs in zip(self, other, strict=True)))

    def __and__(self, other: "Fields") -> "Fields":
        """Return the fields of both schemas: a value satisfies one of them."""
        return Fields(*(own & theirs for own, theirs in zip(self, other, strict=True)))


_NO_FIELDS = Fields()


class FieldReader:
    """Reads the fields of schemas, through `$ref`, `allOf`, `oneOf` and `anyOf`; each schema once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[tuple[str, str], Fields] = {}

    def fields(self, schema: Node, depth: int = 0) -> Fields:
        """Return the fields of a schema; a reference to itself adds none."""
        if key_of(schema) not in self._known:
            if depth > _DEEPEST:
                raise schema.flaw("is reached through more than 100 references and combinations")
            self._known[key_of(schema)] = _NO_FIELDS
            self._known[key_of(schema)] = self._read(schema, depth)
        return self._known[key_of(schema)]

    def _read(self, schema: Node, depth: int) -> Fields:
        if not isinstance(schema.value, dict):
            return _NO_FIELDS
        found = _NO_FIELDS
        if schema.reference is not None:
            found = self.fields(self._library.target(schema, schema.reference), depth + 1)
            if not _reads_siblings(schema):
                return found
        found |= self._own(schema)
        for part in _list(schema, "allOf"):
            found |= self.fields(part, depth + 1)
        for keyword in ("oneOf", "anyOf"):
            if choices := [self.fields(choice, depth + 1) for choice in _list(schema, keyword)]:
                found |= reduce(and_, choices)
        return found

    def _own(self, schema: Node) -> Fields:
        properties = schema.get("properties")
        named = properties.items() if properties and isinstance(properties.value, dict) else ()
        holds = {name: self._holds(value, 0) for name, value in named if value.value is not False}
        required = schema.object().get("required")
        return Fields(
            frozenset(name for name, what in holds.items() if what),
            frozenset(filter(_is_text, required if isinstance(required, list) else ())),
            frozenset(holds),
            frozenset(name for name, what in holds.items() if what is False),
        )

    def _holds(self, schema: Node, depth: int) -> bool | None:
        """Return whether a field has a value; None if its schema allows everything."""
        schema = self._library.followed(schema)
        if depth > _DEEPEST or not isinstance(schema.value, dict):
            return False if schema.value is False else None
        parts = [self._holds(part, depth + 1) for part in _list(schema, "allOf")]
        for keyword in ("oneOf", "anyOf"):
            choices = [self._holds(choice, depth + 1) for choice in _list(schema, keyword)]
            parts += [None if None in choices else any(choices)] if choices else []
        if any(starmap(_refuses_value, schema.value.items())):
            parts.append(not _is_hollow(schema.value))
        return False if False in parts else True if True in parts else None


def _is_hollow(schema: Object) -> bool:
    """Return whether a schema by itself allows at most null and empty values."""
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return (
        (isinstance(values, list) and all(value in _NO_VALUE for value in values))
        or schema.get("type") in ("null", ["null"])
        or schema.get("maxLength") == 0
    )


def _is_text(value: Json) -> TypeGuard[str]:
    return isinstance(value, str)


_AVRO = {
    "null": "null", "boolean": "boolean", "int": "integer", "long": "integer", "float": "number",
    "double": "number", "bytes": "string", "string": "string",
}  # fmt: skip


def of_avro(library: Library, schema: Node) -> tuple[Node | None, str]:
    """Return a record of Avro as a JSON Schema of its fields, or None and the reason if it is not one.

    https://avro.apache.org/docs/1.12.0/specification/#schema-record
    """
    record = library.followed(schema)
    fields = record.get("fields") if isinstance(record.value, dict) else None
    listed = fields.listed() if fields and isinstance(fields.value, list) else []
    types = {field.text("name"): field.get("type") for field in listed}
    kinds = {name: _kinds(type_.value if type_ else None) for name, type_ in types.items() if name}
    if not kinds or not all(kinds.values()) or len(kinds) < len(listed) or record.text("type") != "record":
        return None, "has a schema of Avro that is not a record with fields"
    properties: Object = {name: {"type": _names(of)} for name, of in kinds.items()}
    required = _names(name for name, of in kinds.items() if "null" not in of)
    return record._replace(value={"type": "object", "properties": properties, "required": required}), ""


def _names(names: Iterable[str]) -> list[Json]:
    return list(dict.fromkeys(names))


def _kinds(type_: Json) -> list[str]:
    """Return the types of JSON that a type of Avro has; an enumeration or a name is text or an object."""
    if isinstance(type_, list):
        return [kind for one in type_ for kind in _kinds(one)]
    if isinstance(type_, dict):
        return _kinds(type_.get("type"))
    return [_AVRO.get(type_, "object")] if isinstance(type_, str) else []


def _list(schema: Node, keyword: str) -> list[Node]:
    node = schema.get(keyword)
    return node.listed() if node and isinstance(node.value, list) else []
