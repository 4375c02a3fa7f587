"""The schemas of events: whether they are valid, and which fields they require.

JSON Schema, drafts 04, 06, 07, 2019-09 and 2020-12. `$schema` names the draft; without it the draft is 07,
also within AsyncAPI, whose schemas are a superset of draft 07.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from gatekeeper.collectors.events._documents import Library, key_of
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Object

_DRAFTS = ("draft-04", "draft-06", "draft-07", "2019-09", "2020-12")
_WITHOUT_SIBLINGS = frozenset({"draft-04", "draft-06", "draft-07"})
"""Drafts in which the keywords beside a `$ref` are ignored."""
_UNNAMED = "draft-07"
_CONSTRAINTS = frozenset({
    "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
    "maxLength", "minLength", "pattern", "format", "items", "prefixItems", "additionalItems",
    "unevaluatedItems",
    "contains", "maxItems", "minItems", "uniqueItems", "properties", "patternProperties",
    "additionalProperties", "unevaluatedProperties", "propertyNames", "required", "maxProperties",
    "minProperties", "dependentRequired", "dependentSchemas", "dependencies", "not", "if", "$dynamicRef",
    "$recursiveRef",
})  # fmt: skip
"""Keywords that refuse some values; all others describe, or combine schemas."""
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
    """Return whether a schema allows everything: itself, or by one of its choices.

    Args:
        library: The files in which its references are followed.
        schema: The schema.
        known: The answers for its parts, which may be shared.

    Raises:
        InvalidNode: A reference leads nowhere, or refers to itself.
    """
    followed, known = library.followed(schema), {} if known is None else known
    if not isinstance(followed.value, dict):
        return followed.value in (True, False, None)
    key = key_of(followed)
    if key not in known:
        if len(known) > _MOST_PARTS:
            raise schema.flaw(f"consists of more than {_MOST_PARTS} schemas that refuse nothing")
        known[key] = not _constrains(followed.value)
        known[key] = known[key] and all(_are_trivial(library, followed, known))
    return known[key]


def _constrains(schema: Object) -> bool:
    """Return whether a keyword of the schema itself refuses a value."""
    return any(
        keyword in _CONSTRAINTS and value is not True and value not in ({}, [])
        for keyword, value in schema.items()
    )


def _are_trivial(library: Library, schema: Node, known: dict[tuple[str, str], bool]) -> Iterator[bool]:
    """Yield whether each part of a schema allows everything, and whether one of its choices does."""
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
    required: frozenset[str] = frozenset()

    def __or__(self, other: "Fields") -> "Fields":
        """Return the fields of either schema: a value satisfies both."""
        return Fields(self.defined | other.defined, self.required | other.required)

    def __and__(self, other: "Fields") -> "Fields":
        """Return the fields of both schemas: a value satisfies one of them."""
        return Fields(self.defined & other.defined, self.required & other.required)


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
            if _draft(_dialect(schema) or "") in _WITHOUT_SIBLINGS:
                return found
        found |= _own(schema.value)
        for part in _list(schema, "allOf"):
            found |= self.fields(part, depth + 1)
        for keyword in ("oneOf", "anyOf"):
            if choices := [self.fields(choice, depth + 1) for choice in _list(schema, keyword)]:
                common = choices[0]
                for choice in choices[1:]:
                    common &= choice
                found |= common
        return found


def _own(schema: Object) -> Fields:
    properties, required = schema.get("properties"), schema.get("required")
    properties = properties if isinstance(properties, dict) else {}
    return Fields(
        frozenset(name for name, value in properties.items() if value is not False),
        frozenset(name for name in (required if isinstance(required, list) else ()) if isinstance(name, str)),
    )


def _list(schema: Node, keyword: str) -> list[Node]:
    node = schema.get(keyword)
    return node.listed() if node and isinstance(node.value, list) else []
