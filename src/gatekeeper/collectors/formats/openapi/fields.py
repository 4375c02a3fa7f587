"""The fields of the objects of OpenAPI 3.0, 3.1 and 3.2, as their specifications list them."""

from collections.abc import Mapping

from gatekeeper.collectors.reading.fields import check_fields
from gatekeeper.collectors.reading.node import Node

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
        "request body": "description content required",
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


def check(node: Node, type_: str, series: str) -> None:
    """Check that an object has only fields of its type in a version.

    Raises:
        InvalidNode: It has another field, or one without a value.
    """
    known = _FIELDS[type_] | _ADDED.get((series, type_), frozenset())
    hide = _HIDE if type_ in ("document", "path item", "operation") else frozenset[str]()
    check_fields(node, known, f"{type_} of OpenAPI {series}", hide=hide, may_be_null=_MAY_BE_NULL)


def fields_of(type_: str) -> frozenset[str]:
    """Return the fields that an object has in any version."""
    return _FIELDS[type_].union(*(fields for (_, added_to), fields in _ADDED.items() if added_to == type_))
