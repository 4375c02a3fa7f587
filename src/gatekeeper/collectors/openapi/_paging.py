"""The operations of an OpenAPI description that return a list, and how the list is paged.

There is no standard for either, so names decide. Names are compared without case and punctuation:
`page_token`, `pageToken` and `page[token]` are the same name.
"""

import re
from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation, is_fixed
from gatekeeper.collectors.formats.openapi.schemas import (
    COMPOSITION,
    Statements,
    must_be_modelled,
    properties_of,
    states_fields,
    states_type,
    types_of,
)
from gatekeeper.collectors.openapi._effects import Effects
from gatekeeper.collectors.reading.node import InvalidNode, Node
from gatekeeper.collectors.reading.words import words
from gatekeeper.model.evidence import Finding

_PUNCTUATION = re.compile(r"[^a-z0-9]")
_CURSORS = frozenset({
    "cursor", "pagecursor", "nextcursor", "cursorid", "pagetoken", "nextpagetoken", "nexttoken",
    "continuation", "continuationtoken", "continue", "after", "before", "pageafter", "pagebefore",
    "startingafter", "endingbefore", "startafter", "exclusivestartkey", "skiptoken", "scrollid", "marker",
    "sinceid", "maxid",
})  # fmt: skip
_OFFSETS = frozenset({
    "offset", "skipcount", "startfrom", "fromindex", "startingat", "pageoffset", "skip", "page",
    "pagenumber", "pageno", "pagenum", "pageindex", "startindex", "startat", "firstresult", "startrow",
    "firstrow", "rowoffset", "rowstart",
})  # fmt: skip
_OFFSETS_IF_NUMBERS = frozenset({"start", "from", "begin", "row", "position"})
_SKIP, _SKIP_NOTHING = (
    frozenset({"offset", "skip", "page", "row"}),
    frozenset(
        {"count", "filter", "id", "limit", "max", "per", "size", "time", "timezone", "token", "utc", "zone"}
    ),
)
"""Words in the name of a number that is an offset, and words beside which it skips nothing."""
_IN_A_PATH = re.compile(r"/(offset|page|pages|skip)/\{[^{}]*\}$")
_ENDS = frozenset({"end", "to", "until", "stop"})
"""With one of these, a number such as `start` is the beginning of a range."""
_FROM_AN_ITEM = frozenset({
    "after", "before", "pageafter", "pagebefore", "startingafter", "endingbefore", "startafter",
    "exclusivestartkey", "marker", "sinceid", "maxid",
})  # fmt: skip
"""Cursors that may be the key of the last item; every other one must have been returned with the page."""
_OF_THE_NEXT_PAGE = re.compile(
    r"cursor|next|token|continu|scroll|more|pageinfo|pagina|paging|^(after|before|lastevaluatedkey|lastkey)$"
    r"|^(links?|meta(data)?|page)$"
)
_NUMBERS = frozenset({"integer", "number"})
_SIZES = frozenset({
    "limit", "pagelimit", "pagesize", "perpage", "maxresults", "maxpagesize", "resultsperpage",
})  # fmt: skip
_LISTS = frozenset({
    "items", "data", "results", "result", "records", "rows", "entries", "elements", "values", "value",
    "content", "contents", "list", "nodes", "edges", "hits", "resources", "members", "objects",
})  # fmt: skip
_ENVELOPES = frozenset({"data", "result", "results", "cursor", "page", "embedded", "response", "payload"})
_ABOUT_THE_PAGE = _ENVELOPES | {"links", "meta", "metadata", "pageinfo", "pagination", "paging"}
_PAGERS = frozenset({"pager", "pagination", "paging"})
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
_SEQUENCES = re.compile(r"(application|text)/(x-)?(json-?lines|json-seq|jsonl|ndjson)")
_FILES = re.compile(
    r"(text/(?!json|x-json|xml|yaml|x-yaml|\*)|image/|audio/|video/|font/|model/).*"
    r"|application/(octet-stream|pdf|zip|gzip|x-gzip|x-tar|wasm|javascript|vnd\.ms-.*|vnd\.openxmlformats-.*)"
)
"""Media types of texts and files, in which no list is read."""
_OF_LISTS = ("collections", "collections_without_cursor", "offset_parameters")


class _Field(NamedTuple):
    """A value that a request chooses: a parameter of the query, or a property of the body of a search."""

    name: str
    schema: Node | None
    place: Node

    @property
    def squashed(self) -> str:
        return _squashed(self.name)


class Paging:
    """Recognises collections and paging in one description; each schema is read once."""

    def __init__(self, api: Description, effects: Effects) -> None:
        self._api = api
        self._effects = effects
        self._properties: dict[int, Mapping[str, Node]] = {}
        self._types = Statements(api, states_type)
        self._fields = Statements(api, states_fields)
        self._requested: dict[int, list[_Field]] = {}

    def is_collection(self, operation: Operation) -> bool:
        """Return whether an operation that only reads returns a list; if that is unknown, note the places.

        It does if its JSON is an array. Unless its path names a single resource, as `/orders/{id}` does, it
        also does if it is paged, or returns a sequence such as NDJSON, or an object with an array under a
        name such as `items` or under the last word of the path. `x-collection` overrides this, but `false`
        does not excuse an array without `maxItems`.
        """
        if not self._effects.reads(operation) or self._is_excused(operation):
            return False
        if self._override(operation) or (
            not operation.ends_in_parameter and (self._is_paged(operation) or self._is_sequence(operation))
        ):
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
        return operation.marker("x-collection", _OF_LISTS, excuses=False)

    def _is_excused(self, operation: Operation) -> bool:
        """Return whether a marker says that there are no pages, and no response is a list without an end."""
        if self._override(operation) is not False:
            return False
        with self._api.noting("list"):
            arrays = [schema for schema, _ in self._results(operation, []) if self._is_array(schema)]
            parts = [self._api.parts(schema, *COMPOSITION) for schema in arrays]
            return all(any("maxItems" in part.object() for part in found) for found in parts)
        return True

    def lack(self, operation: Operation) -> str | None:
        """Return what a collection lacks to be paged by cursor; None if it lacks nothing.

        A date such as `after=2026-01-01` is a filter. A cursor that is not the key of an item must come from
        the page before: from a property such as `nextCursor`, or from a header such as `Link`.
        """
        cursors = set()
        for field in self._fields_of(operation):
            with self._api.noting("parameter"):
                schema = field.schema
                is_free = self._format(schema) not in _DATES and not (schema and is_fixed(self._api, schema))
                if field.squashed in _CURSORS and is_free:
                    cursors.add(field.squashed)
        if not cursors:
            return "takes no cursor"
        with self._api.noting("list"):
            if not cursors & _FROM_AN_ITEM and not self._returns_cursor(operation):
                return "takes a cursor, and its response does not return the next one"
        return None

    def _returns_cursor(self, operation: Operation) -> bool:
        headers = (
            name
            for response in operation.responses
            if response.is_success
            for name, _ in self._api.entries(response.node, "headers")
        )
        if any(_OF_THE_NEXT_PAGE.search(_squashed(name)) for name in headers):
            return True
        unknown: list[InvalidNode] = []
        for schema, _ in self._results(operation, unknown):
            properties = {_squashed(name): node for name, node in self._properties_of(schema).items()}
            for name in sorted(_ABOUT_THE_PAGE & properties.keys()):
                if inner := self._properties_of(properties[name]):
                    del properties[name]
                    properties |= {_squashed(name): node for name, node in inner.items()}
            if any(_OF_THE_NEXT_PAGE.search(name) and not self._is_number(node)
                   for name, node in properties.items()):  # fmt: skip
                return True
            if not self._is_array(schema) and not self._fields.made_by(schema):
                raise schema.flaw("does not state its properties, so the next cursor may be one")
        has_content = any(
            self._api.child(one.node, "content") for one in operation.responses if one.is_success
        )
        if unknown and has_content:
            raise unknown[0]
        return False

    def offsets(self, operation: Operation) -> list[Finding]:
        """Return the parameters that state how many rows or pages to skip.

        An operation with `x-collection: false` has no pages: its offset is one of bytes or of seconds.
        """
        if self._is_excused(operation):
            return []
        found = {field.name: field for field in reversed(self._fields_of(operation))}.values()
        numbers = set() if any(field.squashed in _ENDS for field in found) else _OFFSETS_IF_NUMBERS
        in_path = _IN_A_PATH.search(operation.path.lower())
        return [
            *([operation.finding(f"pages by offset, in its path: {in_path[0]}")] if in_path else []),
            *(
                field.place.finding(f"{operation.name}: {field.name} pages by offset")
                for field in found
                if field.squashed in _OFFSETS
                or ((field.squashed in numbers or _skips(field.name)) and self._is_number(field.schema))
            ),
        ]

    def _is_paged(self, operation: Operation) -> bool:
        names = {field.squashed for field in self._fields_of(operation)}
        return not names.isdisjoint(_OFFSETS | _SIZES) or self.lack(operation) != "takes no cursor"

    def _fields_of(self, operation: Operation) -> list[_Field]:
        """Return what a request chooses; of an object such as `page` in `page[size]=10`, its parts."""
        key = id(operation)
        if key not in self._requested:
            found = self._requested[key] = list[_Field]()
            for one in operation.query:
                with self._api.noting("parameter"):
                    found += self._parts_of(one.name, one.schema, one.place)
            if operation.method != "GET" and self._effects.reads(operation):
                with self._api.noting("parameter"):
                    found += self._fields_of_body(operation)
        return self._requested[key]

    def _fields_of_body(self, operation: Operation) -> list[_Field]:
        body = self._api.child(operation.node, "requestBody")
        media_types = self._api.media_types(body).values() if body else ()
        schemas = [schema for media in media_types if (schema := media.get("schema"))]
        properties = (entry for schema in schemas for entry in self._properties_of(schema).items())
        return [field for name, node in properties for field in self._parts_of(name, node, node)]

    def _parts_of(self, name: str, schema: Node | None, place: Node) -> list[_Field]:
        """Return a field; of an object such as `page`, its parts, and a `pager` gives them no name."""
        own = name[2:] if name.lower().startswith("x-") else name
        prefix = "" if _squashed(own) in _PAGERS else f"{own}."
        parts = self._properties_of(schema) if schema else {}
        return [_Field(prefix + part, node, place) for part, node in parts.items()] or [
            _Field(own, schema, place)
        ]

    def _format(self, schema: Node | None) -> str | None:
        formats = [part.text("format") for part in self._api.parts(schema, *COMPOSITION)] if schema else []
        return next((name for name in formats if name), None)

    def _is_number(self, schema: Node | None) -> bool:
        with self._api.noting("parameter"):
            parts = self._api.parts(schema, *COMPOSITION) if schema else []
            return any(types_of(part.object()) & _NUMBERS for part in parts)
        return False

    def _results(
        self, operation: Operation, unknown: list[InvalidNode]
    ) -> Iterator[tuple[Node, list[InvalidNode]]]:
        """Yield the schemas of what a read returns, with the list for what is unknown of each.

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

    def _is_sequence(self, operation: Operation) -> bool:
        with self._api.noting("list"):
            names = (name for one in operation.responses if one.is_success
                     for name in self._api.media_types(one.node))  # fmt: skip
            return any(_SEQUENCES.fullmatch(name) for name in names)
        return False

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
            # FastAPI writes {} for every response without a model, also of a health check.
            if (word is not None or schema.value != {}) and not self._types.made_by(schema):
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
        parts = [] if properties else self._api.parts(schema, *COMPOSITION)
        by_key = (more for part in parts if (more := part.get("additionalProperties")) is not None)
        if any(isinstance(more.value, dict) and "object" in types_of(more.object()) for more in by_key):
            unknown.append(schema.flaw("may be the list, by key; x-collection on the operation decides"))
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


def _skips(name: str) -> bool:
    named = words(name)
    return not _SKIP.isdisjoint(named) and _SKIP_NOTHING.isdisjoint(named)


def _squashed(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())


def _says_array(schema: Node) -> bool:
    kind = schema.object().get("type")
    if kind is None:
        return "items" in schema.object()
    return kind == "array" or (isinstance(kind, list) and "array" in kind)
