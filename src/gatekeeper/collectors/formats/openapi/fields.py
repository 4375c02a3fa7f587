"""The fields of the objects of OpenAPI 3.0, 3.1 and 3.2, as their specifications list them."""

from collections.abc import Iterator, Mapping

from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import InvalidNode, Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_OF_VALUES = "style explode schema example examples content description required deprecated"
_FIELDS: Mapping[str, frozenset[str]] = {
    type_: frozenset(fields.split())
    for type_, fields in {
        "document": "openapi info servers paths components security tags externalDocs",
        "path item": f"$ref summary description servers parameters {' '.join(METHODS)}",
        "operation": "tags summary description externalDocs operationId parameters requestBody responses "
        "callbacks deprecated security servers",
        "parameter": f"name in allowEmptyValue allowReserved {_OF_VALUES}",
        "response": "description headers content links",
        "media type": "schema example examples encoding",
    }.items()
}
_ADDED: Mapping[tuple[str, str], frozenset[str]] = {
    ("3.1", "document"): frozenset({"webhooks", "jsonSchemaDialect"}),
    ("3.2", "document"): frozenset({"webhooks", "jsonSchemaDialect", "$self"}),
    ("3.2", "path item"): frozenset({"query", "additionalOperations"}),
    ("3.2", "response"): frozenset({"summary"}),
    ("3.2", "media type"): frozenset({"itemSchema", "prefixEncoding", "itemEncoding"}),
}
_MAY_BE_NULL = frozenset({"example"})
_HIDE = frozenset({
    *METHODS, "$ref", "query", "parameters", "requestBody", "responses", "paths",
    "amazon-apigateway-any-method",
})  # fmt: skip
"""Fields that someone disables by the prefix `x-`; the last one declares an operation for API gateways."""


def flaws_of_fields(node: Node, type_: str, series: str) -> Iterator[InvalidNode]:
    """Yield the fields that an object of a type does not have in a version, or that are null."""
    known = _FIELDS[type_] | _ADDED.get((series, type_), frozenset())
    for name, value in node.object().items():
        if name.startswith("x-"):
            if name[2:] in _HIDE and type_ in ("document", "path item", "operation"):
                yield node.flaw(f"has {name}, which may be a disabled field; remove it or rename it")
        elif name not in known:
            yield node.flaw(
                f"has the field {shown(name)}, which {_an(type_)} of OpenAPI {series} does not have"
            )
        elif value is None and name not in _MAY_BE_NULL:
            yield node.flaw(f"has no value for {name}")


def _an(type_: str) -> str:
    return f"{'an' if type_[0] in 'aeiou' else 'a'} {type_}"
