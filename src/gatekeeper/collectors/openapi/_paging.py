"""The operations of an OpenAPI description that return a list, and how the list is paged.

There is no standard for either, so names decide. Names are compared without case and punctuation:
`page_token`, `pageToken` and `page[token]` are the same name.
"""

import re

from gatekeeper.collectors.formats.openapi.description import Description, is_json, media_types
from gatekeeper.collectors.formats.openapi.operations import Operation, Parameter
from gatekeeper.collectors.reading.node import Node

_PUNCTUATION = re.compile(r"[^a-z0-9]")
_CURSORS = frozenset({
    "cursor", "pagecursor", "nextcursor", "cursorid", "pagetoken", "nextpagetoken", "nexttoken",
    "continuation", "continuationtoken", "continue", "after", "before", "pageafter", "pagebefore",
    "startingafter", "endingbefore", "startafter", "exclusivestartkey", "skiptoken", "scrollid", "marker",
    "sinceid", "maxid",
})  # fmt: skip
_OFFSETS = frozenset({
    "offset", "pageoffset", "skip", "page", "pagenumber", "pageno", "pagenum", "pageindex", "startindex",
    "startat", "firstresult",
})  # fmt: skip
_SIZES = frozenset({
    "limit", "pagelimit", "pagesize", "perpage", "maxresults", "maxpagesize", "resultsperpage",
})  # fmt: skip
_LISTS = frozenset({
    "items", "data", "results", "result", "records", "rows", "entries", "elements", "values", "value",
    "content", "contents", "list", "nodes", "edges", "hits", "resources", "members", "objects",
})  # fmt: skip
_ENVELOPES = frozenset({"data", "result", "results", "cursor", "page", "embedded", "response", "payload"})
_DATES = ("date", "date-time")
_COMPOSITION = ("allOf", "oneOf", "anyOf")


class Paging:
    """Recognises collections and paging in one description; each schema is read once."""

    def __init__(self, api: Description) -> None:
        self._api = api
        self._properties: dict[int, dict[str, Node]] = {}

    def is_collection(self, operation: Operation) -> bool:
        """Return whether a GET returns a list.

        It does if its JSON is an array. Unless its path names a single resource, as `/orders/{id}` does, it
        also does if it is paged, or returns an object with an array under a name such as `items` or under the
        last word of the path. `x-collection: true` or `false` overrides this.
        """
        if operation.method != "GET":
            return False
        override = operation.override("x-collection")
        if override is not None:
            return override
        schemas = self._results(operation)
        if any(self._is_array(schema) for schema in schemas):
            return True
        if operation.ends_in_parameter:
            return False
        word = _squashed(operation.path.rpartition("/")[2])
        return self._is_paged(operation) or any(self._holds_a_list(schema, word) for schema in schemas)

    def has_cursor(self, operation: Operation) -> bool:
        """Return whether the query has a cursor; a date such as `after=2026-01-01` is a filter."""
        return any(
            name in _CURSORS and self._format(parameter) not in _DATES
            for parameter in operation.query
            for name in self._names(parameter)
        )

    def offsets(self, operation: Operation) -> list[Parameter]:
        """Return the parameters that state how many rows or pages to skip.

        An operation with `x-collection: false` has no pages: its offset is one of bytes or of seconds.
        """
        if operation.override("x-collection") is False:
            return []
        return [parameter for parameter in operation.query if not _OFFSETS.isdisjoint(self._names(parameter))]

    def _is_paged(self, operation: Operation) -> bool:
        names = {name for parameter in operation.query for name in self._names(parameter)}
        return not names.isdisjoint(_OFFSETS | _SIZES) or self.has_cursor(operation)

    def _names(self, parameter: Parameter) -> list[str]:
        """Return the squashed name, or those of an object's parts, as for `page` in `page[size]=10`."""
        schema = parameter.node.get("schema")
        parts = self._properties_of(schema) if schema else {}
        return [_squashed(parameter.name + part) for part in parts] or [_squashed(parameter.name)]

    def _format(self, parameter: Parameter) -> str | None:
        schema = parameter.node.get("schema")
        formats = [part.text("format") for part in self._api.parts(schema, *_COMPOSITION)] if schema else []
        return next((name for name in formats if name), None)

    def _results(self, operation: Operation) -> list[Node]:
        return [
            schema
            for response in operation.responses
            if response.is_success
            for name, media in media_types(response.node.get("content")).items()
            if is_json(name) and (schema := media.get("schema"))
        ]

    def _is_array(self, schema: Node) -> bool:
        return any(_says_array(part) for part in self._api.parts(schema, *_COMPOSITION))

    def _holds_a_list(self, schema: Node, word: str) -> bool:
        return any(
            self._is_list(name, node, word)
            or (
                _squashed(name) in _ENVELOPES
                and any(
                    # In HAL the list may have any name.
                    self._is_list(inner, part, word, of_any=_squashed(name) == "embedded")
                    for inner, part in self._properties_of(node).items()
                )
            )
            for name, node in self._properties_of(schema).items()
        )

    def _is_list(self, name: str, node: Node, word: str, *, of_any: bool = False) -> bool:
        squashed = _squashed(name)
        return (of_any or squashed in _LISTS or squashed == word) and self._is_array(node)

    def _properties_of(self, schema: Node) -> dict[str, Node]:
        key = id(schema.value)
        if key not in self._properties:
            self._properties[key] = {
                name: Node(part.document, (*part.path, "properties", name), value)
                for part in self._api.parts(schema, *_COMPOSITION)
                if (properties := part.get("properties"))
                for name, value in properties.object().items()
            }
        return self._properties[key]


def _squashed(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())


def _says_array(schema: Node) -> bool:
    kind = schema.object().get("type")
    if kind is None:
        return "items" in schema.object()
    return kind == "array" or (isinstance(kind, list) and "array" in kind)
