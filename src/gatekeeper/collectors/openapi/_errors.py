"""The error responses of an OpenAPI description: their media types, and the codes that they declare.

A code is the member `code` of a problem details object (an extension member of RFC 9457), or of an `error` or
of `errors` within it; `errorCode` and `error_code` mean the same. Its values are read from `enum`, `const`,
`default` and examples. A property that is `writeOnly` is not returned. The status of the response as a code
says nothing, so it is not one. Without such a member, the last word of the URI in `type` is the code.
`x-error-codes` lists codes explicitly: on the response or one of its media types, the operation, the path
item, or the document.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from gatekeeper.collectors.formats import error_codes
from gatekeeper.collectors.formats.openapi.description import Description, is_json
from gatekeeper.collectors.formats.openapi.operations import Operation, Response
from gatekeeper.collectors.formats.openapi.schemas import must_be_modelled
from gatekeeper.collectors.reading.node import Node

_EXTENSION = "x-error-codes"
_CODES = ("code", "errorCode", "error_code")
_WITHIN = ("error", "errors")
_COMPOSITION = ("allOf", "oneOf", "anyOf")
_NO_TYPE = "about:blank"
_BETWEEN_WORDS = re.compile(r"[/#:?]")


class ErrorCodes:
    """Finds the codes of responses; each schema is read once."""

    def __init__(self, api: Description) -> None:
        self._api = api
        self._known: dict[tuple[object, int], frozenset[str]] = {}

    def of(self, operation: Operation, response: Response) -> list[frozenset[str]]:
        """Return the non-empty sets of codes that a response may have; responses may share a set."""
        owners = (operation.extension(_EXTENSION), self._api.root.get(_EXTENSION))
        found = [self._once(_listed, owner) for owner in owners if owner]
        found = [self._once(self._in_response, response.node), *found]
        return [codes for codes in (_without_status(codes, response) for codes in found) if codes]

    def must_be_here(self, response: Response) -> None:
        """Check that no example of a response is elsewhere.

        Raises:
            InvalidNode: One is an `externalValue`, which is not read.
        """
        for media in self._api.media_types(response.node).values():
            for _, example in self._api.entries(media, "examples"):
                if self._api.resolve(example).get("externalValue"):
                    raise example.flaw("is elsewhere, so its code is not known; write it as `value`")

    def _once(self, read: Callable[[Node], Iterable[str]], node: Node) -> frozenset[str]:
        key = (read, id(node.value))
        if key not in self._known:
            self._known[key] = frozenset(read(node))
        return self._known[key]

    def _in_response(self, response: Node) -> Iterator[str]:
        contents = [media for name, media in self._api.media_types(response).items() if is_json(name)]
        for owner in (response, *contents):
            if (listed := owner.get(_EXTENSION)) is not None:
                yield from self._once(_listed, listed)
        for media in contents:
            schema = media.get("schema")
            yield from self._once(self._in_schema, schema) if schema else ()
            yield from _in_values(self._examples(media))

    def _in_schema(self, schema: Node) -> Iterator[str]:
        """Yield the codes of a schema and its parts; without a code, the last words of `type`."""
        parts = [part for place in self._places(schema) for part in self._api.parts(place, *_COMPOSITION)]
        for part in parts:
            must_be_modelled(part)
        codes = [code for part in parts for name in _CODES for code in self._property(part, name)]
        if codes:
            yield from (text for code in codes for text in self._named_by(code))
        else:
            types = [type_ for part in parts for type_ in self._property(part, "type")]
            yield from (
                word for type_ in types for text in self._named_by(type_) for word in _last_word(text)
            )
        yield from _in_values(value for part in parts for value in _plain_examples(part))

    def _places(self, schema: Node) -> Iterator[Node]:
        """Yield the schema, and the schemas of the errors within it."""
        yield schema
        for part in self._api.parts(schema, *_COMPOSITION):
            for name in _WITHIN:
                for error in self._property(part, name):
                    yield error
                    for inner in self._api.parts(error, *_COMPOSITION):
                        if (items := inner.get("items")) is not None:
                            yield items

    def _named_by(self, schema: Node) -> Iterator[str]:
        for part in self._api.parts(schema, *_COMPOSITION):
            must_be_modelled(part)
            for value in (*_values_of(part, "const", "default"), *_plain_examples(part)):
                yield from _code(value)
            for item in part.list_of("enum"):
                yield from _code(item.value)

    def _property(self, schema: Node, name: str) -> Iterator[Node]:
        for key, node in self._api.entries(schema, "properties"):
            if key == name and not any(part.flag("writeOnly") for part in self._api.parts(node, "allOf")):
                yield node

    def _examples(self, media: Node) -> Iterator[object]:
        yield from _values_of(media, "example")
        for _, example in self._api.entries(media, "examples"):
            if isinstance(example.value, dict):
                yield from _values_of(self._api.resolve(example), "value", "dataValue")


def _without_status(codes: frozenset[str], response: Response) -> frozenset[str]:
    is_range = response.code == "default" or response.code.endswith("XX")
    status = re.compile(r"[45][0-9]{2}" if is_range else response.code)
    repeated = {code for code in codes if status.fullmatch(code)}
    return codes - repeated if repeated else codes


def _listed(extension: Node) -> Iterator[str]:
    return (code.text for code in error_codes.read(extension))


def _values_of(node: Node, *keys: str) -> Iterator[object]:
    """Yield the values of these keys."""
    for key in keys:
        if (found := node.get(key)) is not None:
            yield found.value


def _plain_examples(schema: Node) -> list[object]:
    """Return the value of `example`, and the values of `examples` if it is a list as in JSON Schema."""
    examples = schema.object().get("examples")
    return [*_values_of(schema, "example"), *(examples if isinstance(examples, list) else ())]


def _in_values(values: Iterable[object]) -> Iterator[str]:
    """Yield the codes in example bodies, and in the errors within them."""
    for value in values:
        if not isinstance(value, dict):
            continue
        bodies = [value]
        for name in _WITHIN:
            inner = value.get(name)
            bodies += [
                body for body in (inner if isinstance(inner, list) else [inner]) if isinstance(body, dict)
            ]
        codes = [code for body in bodies for name in _CODES for code in _code(body.get(name))]
        yield from codes or list(_last_word(value.get("type")))


def _code(value: object) -> Iterator[str]:
    """Yield a code as text; null and a placeholder are not codes."""
    if isinstance(value, str) and error_codes.is_written(value):
        yield value.strip()
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _last_word(uri: object) -> Iterator[str]:
    if isinstance(uri, str) and uri != _NO_TYPE:
        yield from _code(_BETWEEN_WORDS.split(uri.rstrip("/"))[-1])
