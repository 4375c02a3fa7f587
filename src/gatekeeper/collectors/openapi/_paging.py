"""The operations of an OpenAPI description that return a list, and how the list is paged.

There is no standard for either, so names decide. Names are compared without case and punctuation:
`page_token`, `pageToken` and `page[token]` are the same name.
"""

import re
from collections.abc import Iterator, Mapping, Set

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation, Parameter
from gatekeeper.collectors.formats.openapi.schemas import (
    COMPOSITION,
    Statements,
    must_be_modelled,
    properties_of,
    states_fields,
    states_type,
    types_of,
)
from gatekeeper.collectors.reading.node import InvalidNode, Node

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
_PAGES = frozenset({
    "next", "nextlink", "nexturl", "nextpage", "nextcursor", "nextpagetoken", "nexttoken", "hasmore",
    "hasnext", "hasnextpage", "pageinfo", "totalpages", "totalelements",
})  # fmt: skip
"""Properties that only the page of a list has."""
_IDENTITIES = frozenset({"id", "uuid", "key", "name", "slug"})
"""Properties of a single resource, whose arrays are parts of it."""
_SINGLE = frozenset({
    "health", "healthz", "ready", "readyz", "live", "livez", "readiness", "liveness", "status", "info",
    "version", "metrics", "me", "settings", "config", "configuration",
})  # fmt: skip
"""Last words of paths that are no lists."""
_DATES = ("date", "date-time")
_DESCRIPTION = "/openapi.json"
_WITHOUT_BODY = frozenset({"204", "205"})
_FILES = re.compile(
    r"(text/(?!json|x-json|xml|yaml|x-yaml|\*)|image/|audio/|video/|font/|model/).*"
    r"|application/(octet-stream|pdf|zip|gzip|x-gzip|x-tar|wasm|javascript|vnd\.ms-.*|vnd\.openxmlformats-.*)"
)
"""Media types of texts and files, in which no list is read."""
_OF_LISTS = ("collections", "collections_without_cursor")


class Paging:
    """Recognises collections and paging in one description; each schema is read once."""

    def __init__(self, api: Description) -> None:
        self._api = api
        self._properties: dict[int, Mapping[str, Node]] = {}
        self._types = Statements(api, states_type)
        self._fields = Statements(api, states_fields)

    def is_collection(self, operation: Operation) -> bool:
        """Return whether a GET returns a list; if that cannot be known, the places are noted.

        It does if its JSON is an array. Unless its path names a single resource, as `/orders/{id}` does, it
        also does if it is paged, or returns an object with an array under a name such as `items` or under the
        last word of the path. `x-collection: true` or `false` overrides this.
        """
        if operation.method != "GET":
            return False
        override = self._override(operation)
        if override is not None:
            return override
        if not operation.ends_in_parameter and self._is_paged(operation):
            return True
        unknown: list[InvalidNode] = []
        last = _squashed(operation.path.rpartition("/")[2])
        word = None if operation.ends_in_parameter or last in _SINGLE else last
        schemas = [] if operation.path == _DESCRIPTION else self._results(operation, unknown)
        if any(self._is_list(schema, word, of_unknown) for schema, of_unknown in schemas):
            return True
        for flaw in unknown:
            with self._api.noting("list"):
                raise flaw
        return False

    def _override(self, operation: Operation) -> bool | None:
        with self._api.noting("marker", (*_OF_LISTS, "offset_parameters")):
            return operation.override("x-collection")
        return None

    def has_cursor(self, operation: Operation) -> bool:
        """Return whether the query has a cursor; a date such as `after=2026-01-01` is a filter."""
        for parameter in operation.query:
            with self._api.noting("parameter"):
                if not _CURSORS.isdisjoint(self._names(parameter)) and self._format(parameter) not in _DATES:
                    return True
        return False

    def offsets(self, operation: Operation) -> list[Parameter]:
        """Return the parameters that state how many rows or pages to skip.

        An operation with `x-collection: false` has no pages: its offset is one of bytes or of seconds.
        """
        if self._override(operation) is False:
            return []
        return [parameter for parameter in operation.query if not _OFFSETS.isdisjoint(self._names(parameter))]

    def _is_paged(self, operation: Operation) -> bool:
        names = {name for parameter in operation.query for name in self._names(parameter)}
        return not names.isdisjoint(_OFFSETS | _SIZES) or self.has_cursor(operation)

    def _names(self, parameter: Parameter) -> list[str]:
        """Return the squashed name, or those of an object's parts, as for `page` in `page[size]=10`."""
        parts: Mapping[str, Node] = {}
        with self._api.noting("parameter"):
            parts = self._properties_of(parameter.schema) if parameter.schema else {}
        return [_squashed(parameter.name + part) for part in parts] or [_squashed(parameter.name)]

    def _format(self, parameter: Parameter) -> str | None:
        schema = parameter.schema
        formats = [part.text("format") for part in self._api.parts(schema, *COMPOSITION)] if schema else []
        return next((name for name in formats if name), None)

    def _results(
        self, operation: Operation, unknown: list[InvalidNode]
    ) -> Iterator[tuple[Node, list[InvalidNode]]]:
        """Yield the schemas of what a GET returns, with the list for what is unknown of each.

        A text or a file is a list only if its schema says so.
        """
        found = [response for response in operation.responses if response.is_success] or [
            response for response in operation.responses if response.code == "default"
        ]
        if not found and not any(code[0] in "13" for code in operation.codes):
            unknown.append(operation.node.flaw("declares no success, so it may return a list"))
        for response in found:
            try:
                media_types = self._api.media_types(response.node)
            except InvalidNode as flaw:
                unknown.append(flaw)
                continue
            if not media_types and response.code not in _WITHOUT_BODY:
                unknown.append(response.place.flaw("declares no content, so it may return a list"))
            for name, media in media_types.items():
                is_file = _FILES.fullmatch(name)
                if (schema := media.get("schema")) is not None:
                    yield schema, [] if is_file else unknown
                elif not is_file:
                    unknown.append(media.flaw("has no schema, so it may be a list"))

    def _is_list(self, schema: Node, word: str | None, unknown: list[InvalidNode]) -> bool:
        """Return whether a schema is one of lists or, with a `word`, of objects that wrap one."""
        try:
            if self._is_array(schema):
                return True
            if word is not None and self._wraps_a_list(schema, {word, *_LISTS}, _ENVELOPES, unknown):
                return True
            for part in self._api.parts(schema, *COMPOSITION):
                must_be_modelled(part)
                if word is not None and (not part.value or part.object().get("properties") == {}):
                    raise part.flaw("is empty, so it may be a list")
            if not self._types.made_by(schema):
                raise schema.flaw("states no type, so it may be a list")
        except InvalidNode as flaw:
            unknown.append(flaw)
        return False

    def _wraps_a_list(
        self,
        schema: Node,
        lists: Set[str],
        envelopes: Set[str],
        unknown: list[InvalidNode],
        *,
        of_any: bool = False,
    ) -> bool:
        """Return whether objects have a list under one of these names, or in one of these envelopes."""
        found = self._properties_of(schema).items()
        properties = {_squashed(name.removeprefix("x-")): node for name, node in found}
        if not _PAGES.isdisjoint(properties):
            return True
        for squashed, node in properties.items():
            if (squashed in lists or of_any) and self._is_array(node):
                return True
            # In HAL the list may have any name.
            if squashed in envelopes and self._wraps_a_list(
                node, lists, frozenset(), unknown, of_any=squashed == "embedded"
            ):
                return True
            if squashed in lists and not self._types.made_by(node):
                unknown.append(node.flaw("states no type, so it may be a list"))
            elif _IDENTITIES.isdisjoint(properties) and self._is_array_of_objects(node):
                unknown.append(node.flaw("may be the list; x-collection on the operation decides"))
        if not self._fields.made_by(schema):
            unknown.append(schema.flaw("does not state its properties, so one may be a list"))
        return False

    def _is_array_of_objects(self, schema: Node) -> bool:
        """Return whether a schema is one of arrays whose items may be objects."""
        items = [items for part in self._api.parts(schema, *COMPOSITION) if (items := part.get("items"))]
        types = (types_of(part.object()) for one in items for part in self._api.parts(one, *COMPOSITION))
        return self._is_array(schema) and all(not stated or "object" in stated for stated in types)

    def _is_array(self, schema: Node) -> bool:
        return any(_says_array(part) for part in self._api.parts(schema, *COMPOSITION))

    def _properties_of(self, schema: Node) -> Mapping[str, Node]:
        key = id(schema.value)
        if key not in self._properties:
            self._properties[key] = properties_of(self._api, schema)
        return self._properties[key]


def _squashed(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())


def _says_array(schema: Node) -> bool:
    kind = schema.object().get("type")
    if kind is None:
        return "items" in schema.object()
    return kind == "array" or (isinstance(kind, list) and "array" in kind)
