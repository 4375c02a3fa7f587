"""OpenAPI descriptions: what is counted, what is found wanting and where, and what is refused."""

import json
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, fixture, needs_samples, outcome, short, tree
from gatekeeper.collectors.openapi import read as openapi
from gatekeeper.collectors.openapi.facts import PLACES
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Absent, Collected, Finding, Unreadable, touched
from gatekeeper.plugins import KindReader


def facts(reader: KindReader, *contents: bytes | str, **options: Any) -> Any:
    """Facts as they are judged: those that depend on a place that was not understood are null."""
    return without_touched(collect(reader, *contents, **options))


def places(collected: Collected) -> list[str]:
    """The places that were not understood, in words."""
    return [one.place.message for origin in collected.origins for one in origin.not_understood]


def api(paths: dict[str, Any], version: str = "3.1.0", **more: Any) -> str:
    return json.dumps({"openapi": version, "info": {"title": "T", "version": "1.0"}, "paths": paths} | more)


def answers(*codes: str, **body: Any) -> dict[str, Any]:
    return {"responses": {code: {"description": "", **body} for code in codes}}


def body(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {"content": {media_type: {"schema": schema}}}


def query(*names: str, **schema: Any) -> dict[str, Any]:
    return {"parameters": [{"name": name, "in": "query", "schema": schema} for name in names]}


def marked(name: str, *, value: bool) -> dict[str, Any]:
    """A marker with its reason."""
    return {name: value, f"{name}-reason": "It changes nothing."}


def header(name: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string"}}


def answering(paths: dict[str, Any]) -> dict[str, Any]:
    """The path items, whose operations answer something."""
    return {
        path: {method: {**answers("204"), **operation} for method, operation in item.items()}
        for path, item in paths.items()
    }


def gets(paths: dict[str, dict[str, Any]]) -> str:
    return api({path: {"get": operation} for path, operation in paths.items()})


@pytest.mark.parametrize("name", ["orders.yaml", "orders.json"])
def test_every_fact(name: str) -> None:
    collected = collect(openapi, fixture("openapi", name))
    assert (collected.format, collected.produced_at) == ("openapi-3.1", None)
    found = collected.facts
    assert {key: value for key, value in found._asdict().items() if not isinstance(value, tuple)} == {
        "spec_version": "3.1.0",
        "spec_series": "3.1",
        "api_version": "2.4.0",
        "published_path": "/openapi.json",
        "operations": 5,
        "customer_operations": 2,
        "writes": 3,
        "mutations": 2,
        "collections": 1,
        "throttled": 1,
        "error_responses": 5,
    }
    assert found.error_codes == ("ORDER_LOCKED", "ORDER_NOT_FOUND", "RATE_LIMITED")
    assert [(f.message, f.pointer) for f in found.errors_without_problem_json] == [
        (
            "POST /orders/{id}/cancel: 409 is not application/problem+json",
            "/paths/~1orders~1{id}~1cancel/post/responses/409",
        )
    ]
    assert [(f.message, f.pointer) for f in found.writes_without_idempotency_key] == [
        (
            "POST /orders/{id}/cancel: does not require the header Idempotency-Key",
            "/paths/~1orders~1{id}~1cancel/post",
        )
    ]
    assert [f.message for f in found.mutations_without_if_match] == [
        "POST /orders/{id}/cancel: does not require the header If-Match"
    ]
    assert [f.message for f in found.errors_without_code] == [
        "POST /orders/{id}/cancel: 409 declares no error code"
    ]
    assert found.collections_without_cursor == found.offset_parameters == ()
    assert found.throttled_without_headers == ()


def test_findings_have_lines_in_yaml_and_json() -> None:
    for name, line in (("orders.yaml", 57), ("orders.json", 165)):
        text = fixture("openapi", name)
        [finding] = facts(openapi, text).errors_without_problem_json
        assert finding.line == line
        assert b"409" in text.splitlines()[line - 1]


def test_nothing_offered_is_counted_as_nothing() -> None:
    found = facts(openapi, api({}))
    assert (found.operations, found.customer_operations, found.error_responses) == (0, 0, 0)
    assert found.error_codes == found.errors_without_problem_json == ()
    assert found.published_path is None


@pytest.mark.parametrize(
    ("document", "series"),
    [
        ({"openapi": "3.0.4", "paths": {}}, "3.0"),
        ({"openapi": "3.1.1", "components": {}}, "3.1"),
        ({"openapi": "3.1.0-rc1", "webhooks": {"new": {"post": {}}}}, "3.1"),
        ({"openapi": "3.2.0", "webhooks": {}}, "3.2"),
        ({"openapi": "3.2", "paths": {}}, "3.2"),
    ],
    ids=short,
)
def test_versions(document: dict[str, Any], series: str) -> None:
    found = facts(openapi, json.dumps(document))
    assert (found.spec_version, found.spec_series) == (document["openapi"], series)
    assert (found.operations, found.api_version) == (0, None)  # a webhook is no operation that is served


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (gets({"/openapi.json": {}}), "/openapi.json"),
        (api({"/openapi.json": {"post": {}}}), None),
        (gets({"/v1/openapi.json": {}}), None),
        (api({}, **{"x-openapi-path": "/docs/openapi.json"}), "/docs/openapi.json"),
        (api({}, **{"x-published-at": "https://api.example.com/openapi.json"}), "/openapi.json"),
        (api({}, "3.2.0", **{"$self": "https://api.example.com/openapi.json"}), "/openapi.json"),
        (api({}, **{"x-oai-$self": "openapi.json"}), "/openapi.json"),
        (
            api(
                {},
                servers=[{"url": "/other"}, {"url": "https://a.example/v1/"}],
                **{"$self": "/v1/openapi.json"},
            ),
            "/openapi.json",
        ),
        (api({}, servers=[{"url": "/"}], **{"x-openapi-path": "/v1/openapi.json"}), "/v1/openapi.json"),
        (api({}, **{"x-openapi-path": "http://[/openapi.json"}), None),
        (api({}), None),
    ],
    ids=short,
)
def test_where_it_is_published(document: str, path: str | None) -> None:
    assert facts(openapi, document).published_path == path


def test_the_name_of_the_file_proves_nothing() -> None:
    collected = openapi.collect(tree({"public/openapi.json": api({})}), {})
    assert collected.facts.published_path is None


INTERNAL, CUSTOMER = {"x-audience": "internal"}, {"x-audience": "customer"}


@pytest.mark.parametrize(
    ("document", "count"),
    [
        (api({"/a": {"get": {}}, "/b": {"get": {}}}), 2),
        (api({"/a": {"get": CUSTOMER}, "/b": {"get": {}}}), 1),
        (api({"/a": {"get": {}, **CUSTOMER}, "/b": {"get": {}}}), 1),
        (api({"/a": {"get": INTERNAL, "post": {}, **CUSTOMER}}), 1),
        (api({"/a": {"get": INTERNAL}, "/b": {"get": {}}}), 1),
        (api({"/a": {"get": INTERNAL}, "/b": {"get": {"x-audience": "partner"}}}), 0),
        (api({"/a": {"get": {"x-audience": []}}}), None),
        (api({"/a": {"get": {}, "x-audience": "public"}, "/b": {"get": {}}}), 1),
        (api({"/a": {"get": {}}, "/b": {"get": INTERNAL}}, **CUSTOMER), 1),
        (api({"/a": {"get": {}}}, info={"x-audience": "internal"}), 0),
        (api({"/a": {"get": {"x-audience": ["partner", "customer"]}}}), 1),
    ],
)
def test_customer_operations(document: str, count: int) -> None:
    assert facts(openapi, document).customer_operations == count


def test_a_marker_outside_of_the_selected_paths_is_a_marker_too() -> None:
    document = api({"/a": {"get": {}}, "/b": {"get": CUSTOMER}})
    assert facts(openapi, document, paths="/a").customer_operations == 0


PATHS: dict[str, Any] = {
    path: {"get": {}} for path in ("/auth", "/auth/login", "/auth/{id}/keys", "/author", "/v1/auth/x")
}


@pytest.mark.parametrize(
    ("paths", "count"),
    [
        (None, 5),
        ("/auth/**", 3),
        ("/auth", 3),
        ("/auth/", 3),
        ("/auth*", 2),
        ("/auth/{id}/keys", 1),
        ("/auth/{id}/**", 1),
        ("/auth/{login,logout}", 1),
        (["/author", "/auth/*"], 2),
        ("**/auth/*", 2),
        ("/**", 5),
        ("/", 5),
    ],
)
def test_paths_select(paths: str | list[str] | None, count: int) -> None:
    assert facts(openapi, api(PATHS), paths=paths).operations == count


def test_paths_that_select_nothing_are_no_evidence() -> None:
    assert (
        outcome(openapi, api(PATHS), paths="/orders/**")
        == "absent: report-0: the description has no path that matches /orders/**"
    )
    assert outcome(openapi, api({}), paths="/orders/**").startswith("absent: report-0")


def test_methods_and_writes() -> None:
    every: dict[str, Any] = {
        method: answers("204")
        for method in ("get", "put", "post", "delete", "options", "head", "patch", "trace")
    }
    item = {
        **every,
        "query": {},
        "additionalOperations": {"LINK": {}},
        "x-note": {},
        "summary": "",
        "servers": [],
    }
    found = facts(openapi, api({"/a": every}))
    assert (found.operations, found.writes, found.mutations) == (8, 4, 3)
    assert facts(openapi, api({"/a": item}, "3.2.0")).operations == 10
    assert facts(openapi, api({"/a": item}, "3.1.0")).operations is None


@pytest.mark.parametrize(
    ("paths", "mutations"),
    [
        ({"/orders": {"post": {}}}, 0),
        ({"/orders/{id}": {"put": {}, "patch": {}, "delete": {}}}, 3),
        ({"/settings": {"put": {}}}, 1),
        ({"/orders/{id}": {"post": {}}}, 1),
        ({"/orders/{id}/cancel": {"post": {}}}, 1),
        ({"/orders/{id}/cancel/": {"post": {}}}, 1),
        ({"/orders/{id}:cancel": {"post": {}}}, 1),
        ({"/orders/{id}/lines": {"post": answers("201")}}, 0),
        ({"/orders/{id}/lines": {"post": {}, "get": {}}}, 0),
        ({"/orders/{id}/lines": {"post": {}}, "/orders/{id}/lines/{line}": {"get": {}}}, 0),
        ({"/orders/{id}/lines": {"post": {}}, "/orders/{id}/lines/{line}/notes": {"get": {}}}, 0),
        ({"/orders/search": {"post": {}}}, 0),
        ({"/orders": {"post": {"x-mutation": True}}}, 1),
        ({"/orders/{id}/quote": {"post": marked("x-mutation", value=False)}}, 0),
        ({"/orders/{id}/quote": {"post": {"x-mutation": False}}}, None),
        ({"/orders/{id}/quote": {"post": {"x-mutation": False, "x-mutation-reason": "TODO"}}}, None),
        ({"/orders/{id}": {"patch": marked("x-mutation", value=False)}}, 1),
        ({"/orders/cancel": {"post": {}}}, 1),
        ({"/orders/create": {"post": {}}}, 0),
        ({"/orders/{id}/quote": {"post": marked("x-safe", value=True)}}, 0),
        ({"/orders/{id}/cancel": {"get": {}}}, 1),
    ],
    ids=short,
)
def test_mutations(paths: dict[str, Any], mutations: int | None) -> None:
    assert facts(openapi, api(answering(paths))).mutations == mutations


@pytest.mark.parametrize(
    ("path", "operation", "writes"),
    [
        ("/orders", {"get": {}}, 0),
        ("/orders", {"post": {}}, 1),
        ("/orders/search", {"post": marked("x-safe", value=True)}, 0),
        ("/orders/search", {"post": {"x-safe": True}}, None),
        ("/orders/search", {"post": {"x-safe": False}}, 1),
        ("/orders/{id}", {"delete": marked("x-safe", value=True)}, 1),
        ("/orders/{id}/cancel", {"get": {}}, 1),
        ("/orders/{id}:cancel", {"get": {}}, 1),
        ("/orders/{id}", {"get": {"operationId": "cancelOrder"}}, 1),
        ("/orders/{id}", {"get": {"operationId": "cancellations"}}, 0),
        ("/orders/{id}/refund", {"get": {}}, 0),
        ("/updates", {"get": {}}, 0),
        ("/orders/{id}/cancel-reasons", {"get": {}}, 0),
        ("/orders/{id}/cancel", {"options": {}}, 0),
        ("/cancelOrder", {"get": {}}, 1),
        ("/orders/{id}/cancel", {"get": marked("x-safe", value=True)}, 0),
    ],
    ids=short,
)
def test_writes(path: str, operation: dict[str, Any], writes: int | None) -> None:
    found = facts(openapi, api(answering({path: operation})))
    assert found.writes == writes
    assert writes is None or len(found.writes_without_idempotency_key) == writes


def test_what_a_marker_takes_out_is_listed_with_its_reason() -> None:
    found = facts(openapi, api(answering({"/a/search": {"post": marked("x-safe", value=True)}})))
    assert [one.message for one in found.excused_writes] == ["POST /a/search, x-safe: It changes nothing."]
    assert found.excused_mutations == found.excused_writes
    assert found.excused_collections == ()
    unexplained = collect(openapi, api(answering({"/a/search": {"post": {"x-safe": True}}})))
    assert "x-safe: true without a reason in x-safe-reason" in " ".join(places(unexplained))


REQUIRED, OPTIONAL = header("Idempotency-Key"), header("Idempotency-Key", required=False)


@pytest.mark.parametrize(
    ("item", "wanting"),
    [
        ({"post": {}}, 1),
        ({"post": {"parameters": [REQUIRED]}}, 0),
        ({"post": {"parameters": [OPTIONAL]}}, 1),
        ({"post": {"parameters": [header("idempotency-key")]}}, 0),
        ({"post": {"parameters": [{**REQUIRED, "in": "query"}]}}, 1),
        ({"parameters": [REQUIRED], "post": {}, "put": {}}, 0),
        ({"parameters": [REQUIRED], "post": {"parameters": [OPTIONAL]}}, 1),
        ({"parameters": [OPTIONAL], "delete": {"parameters": [{"$ref": "#/components/parameters/Key"}]}}, 0),
        ({"get": {}}, 0),
    ],
    ids=short,
)
def test_idempotency_key(item: dict[str, Any], wanting: int) -> None:
    found = facts(openapi, api({"/a": item}, components={"parameters": {"Key": REQUIRED}}))
    assert len(found.writes_without_idempotency_key) == wanting


LIST = {"type": "array", "items": {}}


def listing(**properties: Any) -> dict[str, Any]:
    return answers("200", **body({"type": "object", "properties": properties}))


@pytest.mark.parametrize(
    ("path", "operation", "is_one"),
    [
        ("/orders", answers("200", **body(LIST)), True),
        ("/orders", answers("2XX", **body({"type": ["array", "null"]})), True),
        ("/orders", answers("200", **body({"items": {}})), True),
        (
            "/orders",
            answers("200", **body({"$ref": "#/components/schemas/Page"}, "application/hal+json")),
            True,
        ),
        ("/orders", answers("200", **body({"allOf": [{}, {"$ref": "#/components/schemas/Page"}]})), True),
        ("/orders", answers("200", **body({"oneOf": [{"type": "object"}, LIST]})), True),
        ("/orders/by-state/{state}", answers("200", **body(LIST)), True),
        ("/orders", listing(results=LIST), True),
        ("/orders", listing(orders=LIST), True),
        ("/tax-rates", listing(taxRates=LIST), True),
        ("/orders", listing(cursor={"properties": {"data": LIST}}), True),
        ("/orders", listing(_embedded={"properties": {"anything": LIST}}), True),
        ("/orders", {**listing(), **query("limit")}, True),
        ("/orders", {**answers("200"), **query("page_token")}, True),
        ("/orders/{id}", listing(items=LIST), False),
        ("/orders/{id}", {**query("limit"), **listing()}, False),
        ("/orders", listing(warnings=LIST), None),
        ("/orders", listing(id={"type": "string"}, lines=LIST), False),
        ("/orders", listing(states={"type": "array", "items": {"type": "string"}}), False),
        ("/orders", listing(orders_={"$ref": "#/components/schemas/Items"}, next={}), True),
        ("/health", listing(checks=LIST), False),
        ("/orders", answers("200"), None),
        ("/orders", answers("200", **body({})), None),
        ("/orders", answers("200", **body(True)), None),
        ("/orders", answers("200", **body({"type": "object"})), None),
        ("/orders/{id}", answers("200", **body({"type": "object"})), False),
        (
            "/orders",
            answers("200", **body({"type": "object", "additionalProperties": {"type": "string"}})),
            False,
        ),
        ("/orders", answers("200", **body({"type": "list"})), None),
        ("/orders", answers("200", **body({"oneOf": [{"type": "string"}, {}]})), None),
        ("/orders", answers("200", **body({"oneOf": [{"type": "string"}, {"enum": [1]}]})), False),
        ("/orders", answers("200", **body({"$dynamicRef": "#node", "type": "object"})), None),
        ("/orders", answers("200", **body(LIST, "*/*")), True),
        ("/orders", answers("200", **body(LIST, "application/xml")), True),
        ("/orders", answers("200", content={"application/json": {}}), None),
        ("/orders", answers("default", **body(LIST)), True),
        ("/orders", listing(items={}), None),
        ("/orders", answers("200", **body(False)), None),
        ("/orders", listing(**{"x-next": {"type": "string"}}), True),
        ("/orders", listing(data={"type": "object"}), None),
        ("/orders", answers("204"), False),
        ("/orders", answers("302", "404"), False),
        ("/orders", answers("404", **body(LIST)), None),
        ("/orders", answers("200", **body(LIST, "text/csv")), True),
        ("/orders", answers("200", **body({}, "text/csv")), False),
        ("/orders", answers("200", content={"application/pdf": {}}), False),
        ("/report", {**answers("200"), "x-collection": True}, True),
        ("/orders/{id}", {**answers("200"), "x-collection": True}, True),
        ("/orders", {**listing(items=LIST), **marked("x-collection", value=False)}, False),
        ("/orders", {**listing(items=LIST), "x-collection": False}, None),
        ("/currencies", {**answers("200", **body(LIST)), **marked("x-collection", value=False)}, True),
        (
            "/currencies",
            {**answers("200", **body({**LIST, "maxItems": 200})), **marked("x-collection", value=False)},
            False,
        ),
        ("/health", answers("200", **body({})), False),
        ("/orders/{id}", answers("200", **body({})), False),
    ],
    ids=short,
)
def test_collections(path: str, operation: dict[str, Any], is_one: bool | None) -> None:
    page = {"type": "object", "properties": {"items": {"$ref": "#/components/schemas/Items"}}}
    schemas = {"Page": page, "Items": LIST}
    found = facts(openapi, api({path: {"get": operation}}, components={"schemas": schemas}))
    assert found.collections == is_one
    assert is_one is None or facts(openapi, api({path: {"post": operation}})).collections == 0


@pytest.mark.parametrize(
    ("parameters", "has_cursor", "offsets"),
    [
        (query("cursor"), True, 0),
        (query("pageToken", "page[size]"), True, 0),
        (query("page[after]"), True, 0),
        (query("starting_after"), True, 0),
        (query("continuation-token"), True, 0),
        (query("after", type="string", format="date-time"), False, 0),
        (query("page", properties={"cursor": {}, "size": {}}), True, 0),
        (query("page", properties={"number": {}, "size": {}}), False, 1),
        (query("limit"), False, 0),
        (query("offset", "limit"), False, 1),
        (query("cursor", "page"), True, 1),
        (query("$skip", "pageNumber", "startIndex", "page[offset]"), False, 4),
        ({"parameters": [{"name": "offset", "in": "header"}]}, False, 0),
        (query("start", type="integer"), False, 1),
        (query("start", type="string"), False, 0),
        (query("start", "end", type="integer"), False, 0),
        ({**query("offset"), **marked("x-collection", value=False)}, True, 0),
    ],
    ids=short,
)
def test_cursors_and_offsets(parameters: dict[str, Any], has_cursor: bool, offsets: int) -> None:
    found = facts(openapi, gets({"/a": {**parameters, **listing(items=LIST, nextCursor={"type": "string"})}}))
    assert (not found.collections_without_cursor, len(found.offset_parameters)) == (has_cursor, offsets)


@pytest.mark.parametrize(
    ("parameters", "answer", "is_paged"),
    [
        (query("cursor"), answers("200", **body(LIST)), False),
        (query("cursor"), answers("200", headers={"Link": {}}, **body(LIST)), True),
        (query("cursor"), answers("200", headers={"X-Next-Cursor": {}}, **body(LIST)), True),
        (query("cursor"), listing(items=LIST), False),
        (query("cursor"), listing(items=LIST, next={"type": "string"}), True),
        (query("cursor"), listing(items=LIST, hasMore={"type": "boolean"}), True),
        (query("pageToken"), listing(data={"properties": {"items": LIST, "nextPageToken": {}}}), True),
        (query("starting_after"), answers("200", **body(LIST)), True),
        (query("cursor"), answers("200", **body({"type": "object"})), None),
    ],
    ids=short,
)
def test_a_cursor_comes_from_the_page_before(
    parameters: dict[str, Any], answer: dict[str, Any], is_paged: bool | None
) -> None:
    found = facts(openapi, gets({"/a": {**parameters, **answer}})).collections_without_cursor
    assert (None if found is None else not found) is is_paged


@pytest.mark.parametrize(
    ("method", "properties", "counts"),
    [
        ("post", {"cursor": {"type": "string"}}, (1, 0, 0)),
        ("post", {"text": {"type": "string"}, "page": {"type": "integer"}}, (1, 1, 1)),
        ("query", {"text": {"type": "string"}}, (1, 1, 0)),
        ("query", {"cursor": {"type": "string"}}, (1, 0, 0)),
    ],
    ids=short,
)
def test_the_list_of_a_search_is_paged_in_its_body(
    method: str, properties: dict[str, Any], counts: tuple[int, int, int]
) -> None:
    search = {
        **marked("x-safe", value=True),
        **listing(items=LIST, next={"type": "string"}),
        "requestBody": body({"type": "object", "properties": properties}),
    }
    found = facts(openapi, api({"/orders/search": {method: search}}, "3.2.0"))
    flaws = found.collections_without_cursor, found.offset_parameters
    assert (found.collections, *map(len, flaws)) == counts
    assert found.writes == 0


def test_an_offset_is_told_where_it_stands() -> None:
    item = {**query("offset"), "get": {**query("cursor"), **answers("200", **body(LIST))}}
    assert facts(openapi, api({"/a": item})).offset_parameters == (
        Finding("GET /a: offset pages by offset", "report-0", 1, "/paths/~1a/parameters/0"),
    )


@pytest.mark.parametrize(
    ("code", "counts"),
    [("400", 1), ("599", 1), ("4XX", 1), ("default", 1), ("200", 0), ("3XX", 0), ("x-note", 0)],
)
def test_error_responses(code: str, counts: int) -> None:
    assert facts(openapi, gets({"/a": answers("204", code)})).error_responses == counts
    assert facts(openapi, api({"/a": {"head": answers("204", code)}})).error_responses == 0


@pytest.mark.parametrize(
    ("operation", "is_flaw"),
    [
        ({}, False),
        (query("state"), True),
        ({"requestBody": {"$ref": "#/components/requestBodies/A"}}, True),
        ({"security": [{"key": []}]}, True),
        ({"security": [{}]}, False),
        ({**query("state"), "responses": {"2XX": {"description": ""}, "5XX": {"description": ""}}}, False),
        ({**query("state"), "responses": {"default": {"description": ""}}}, False),
    ],
    ids=short,
)
def test_an_operation_that_may_refuse_a_request_declares_how(
    operation: dict[str, Any], is_flaw: bool
) -> None:
    found = facts(openapi, api({"/a": {"get": {**answers("200"), **operation}}}))
    declared = len(set(operation.get("responses", ())) & {"5XX", "default"})
    assert found.error_responses == declared + is_flaw
    for flaws in (found.errors_without_problem_json, found.errors_without_code):
        assert ("GET /a: declares no error response" in [flaw.message for flaw in flaws]) == is_flaw
    assert facts(openapi, api({"/a": {"head": {**answers("200"), **operation}}})).error_responses == 0


def test_security_of_the_document_holds_for_operations_that_have_none_of_their_own() -> None:
    paths = {"/a": {"get": answers("204")}, "/b": {"get": {**answers("204"), "security": []}}}
    found = facts(openapi, api(paths, security=[{"key": []}]))
    assert [flaw.message for flaw in found.errors_without_code] == ["GET /a: declares no error response"]
    assert facts(openapi, api({"/a/{id}": {"get": answers("204")}})).error_responses == 1


def test_codes_may_be_numbers_in_yaml() -> None:
    found = facts(openapi, "openapi: 3.1.0\npaths: {/a: {get: {responses: {200: {}, 404: {}, 429: {}}}}}\n")
    assert (found.error_responses, found.throttled) == (2, 1)


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        ({"application/problem+json": {}}, True),
        ({"Application/Problem+JSON; charset=utf-8": {}}, True),
        ({"application/json": {}, "application/problem+json": {}}, True),
        ({"application/json": {}}, False),
        ({"application/problem+xml": {}}, False),
        ({"*/*": {}}, False),
        ({}, False),
        ({"application/problem+json": {"schema": {"type": "object"}}}, True),
        ({"application/problem+json": {"schema": {"allOf": [{"properties": {}}]}}}, True),
        ({"application/problem+json": {"schema": {"type": "string"}}}, False),
        ({"application/problem+json": {"schema": False}}, False),
    ],
    ids=short,
)
def test_problem_json(content: dict[str, Any], is_one: bool) -> None:
    found = facts(openapi, gets({"/a": answers("404", content=content)}))
    assert (not found.errors_without_problem_json) == is_one


def problem(**properties: Any) -> dict[str, Any]:
    return body({"type": "object", "properties": properties}, "application/problem+json")


CODE = {"enum": ["A", "B", None]}


@pytest.mark.parametrize(
    ("response", "codes"),
    [
        (problem(code=CODE), ("A", "B")),
        (problem(code={"const": "A"}), ("A",)),
        (problem(code={"const": "A", "writeOnly": True}), ()),
        (problem(code={"enum": [404, "404"]}), ()),
        (problem(code={"enum": [404, 409]}), ("409",)),
        (problem(errorCode={"default": "A"}), ("A",)),
        (problem(error_code={"example": "A", "examples": ["B"]}), ("A", "B")),
        (problem(code={"enum": [20404, True, 1.5, ""]}), ("20404",)),
        (problem(code={"$ref": "#/components/schemas/Code"}), ("C",)),
        (problem(code={"oneOf": [{"const": "A"}, {"$ref": "#/components/schemas/Code"}]}), ("A", "C")),
        (
            body({"allOf": [{"properties": {"code": CODE}}, {"properties": {"code": {"const": "D"}}}]}),
            ("A", "B", "D"),
        ),
        (body({"oneOf": [{"$ref": "#/components/schemas/Problem"}, {}]}), ("C",)),
        (problem(error={"properties": {"code": CODE}}), ("A", "B")),
        (problem(errors={"items": {"properties": {"code": CODE}}}), ("A", "B")),
        (problem(details={"properties": {"code": CODE}}), ()),
        (
            problem(type={"enum": ["https://errors.example.com/orders/not-found/", "about:blank"]}),
            ("not-found",),
        ),
        (problem(type={"const": "urn:problem:locked"}), ("locked",)),
        (problem(type={"const": "https://a.example/x"}, code={"const": "A"}), ("A",)),
        (problem(code={"type": "string"}), ()),
        (body({"properties": {"code": CODE}}, "text/html"), ()),
        (
            {"content": {"application/json": {"example": {"code": "A", "errors": [{"code": "B"}, 3]}}}},
            ("A", "B"),
        ),
        ({"content": {"application/json": {"examples": {"x": {"value": {"code": "A"}}, "y": 3}}}}, ("A",)),
        ({"content": {"application/json": {"examples": {"x": {"$ref": "#/components/examples/E"}}}}}, ("E",)),
        (body({"example": {"type": "https://a.example/locked"}}), ("locked",)),
        ({"x-error-codes": ["A", {"code": "B"}]}, ("A", "B")),
        ({"x-error-codes": {"A": "what it means"}}, ("A",)),
        ({"content": {"application/json": {"x-error-codes": ["A"]}}}, ("A",)),
        ({}, ()),
    ],
    ids=short,
)
def test_error_codes(response: dict[str, Any], codes: tuple[str, ...]) -> None:
    components = {
        "schemas": {
            "Code": {"enum": ["C"]},
            "Problem": {"properties": {"code": {"$ref": "#/components/schemas/Code"}}},
        },
        "examples": {"E": {"value": {"code": "E"}}},
    }
    found = facts(openapi, api({"/a": {"get": answers("404", **response)}}, components=components))
    assert found.error_codes == codes
    assert bool(found.errors_without_code) == (not codes)


FURTHEST: dict[str, Any] = {"x-error-codes": ["C"]}


def test_codes_listed_further_out() -> None:
    listed = {"x-error-codes": ["A"]}
    document = api(
        {"/a": {"get": {**answers("404"), **listed}}, "/b": {"get": answers("404"), "x-error-codes": ["B"]}},
        **FURTHEST,
    )
    found = facts(openapi, document)
    assert (found.error_codes, found.errors_without_code) == (("A", "B", "C"), ())
    assert facts(openapi, gets({"/a": {**answers("200"), **listed}})).error_codes == ()


VALUE: dict[str, Any] = {"schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("headers", "enough"),
    [
        ({"RateLimit": VALUE}, True),
        ({"RateLimit-Policy": VALUE, "RateLimit-Remaining": VALUE}, True),
        ({"x-ratelimit-limit": VALUE}, True),
        ({"X-Rate-Limit-Limit": VALUE}, True),
        ({"X-RateLimit-Remaining-Minute": VALUE}, True),
        ({"X-RateLimit-Requests-Remaining": VALUE}, True),
        ({"X-RateLimit-Remaining-24h": VALUE}, True),
        ({"RateLimit": {"content": {"text/plain": {}}}}, True),
        ({"RateLimit": {}}, False),
        ({"RateLimit": {"schema": False}}, False),
        ({"RateLimit": {"schema": {"enum": []}}}, False),
        ({"RateLimit": {"schema": {"not": {}}}}, False),
        ({"RateLimitFoo": VALUE}, False),
        ({"X-RateLimit": VALUE}, False),
        ({"RateLimit-Foo": VALUE}, False),
        ({"Retry-After": {}}, False),
        ({}, False),
    ],
    ids=short,
)
def test_rate_limit_headers(headers: dict[str, Any], enough: bool) -> None:
    found = facts(openapi, gets({"/a": answers("429", headers=headers), "/b": answers("4XX", "default")}))
    assert (found.throttled, not found.throttled_without_headers) == (1, enough)


def test_an_example_elsewhere_leaves_the_codes_unknown() -> None:
    external = {"application/problem+json": {"examples": {"a": {"externalValue": "examples/a.json"}}}}
    found = facts(openapi, gets({"/a": answers("404", content=external)}))
    assert (found.error_codes, found.errors_without_code, found.error_responses) == (None, None, 1)
    listed = answers("404", content=external, **{"x-error-codes": ["A"]})
    assert facts(openapi, gets({"/a": listed})).error_codes == ("A",)


@pytest.mark.parametrize(("version", "known"), [("1.4.0", "1.4.0"), ("TODO", None), ("", "")])
def test_a_placeholder_is_not_a_version(version: str, known: str | None) -> None:
    assert facts(openapi, api({}, info={"title": "T", "version": version})).api_version == known


MAIN = "openapi: 3.1.0\npaths:\n  /a: {$ref: 'paths/a.yaml'}\n  /b: {$ref: 'paths/b.yaml#/~1b/x%20y/0'}\n"


def test_references_across_files() -> None:
    files = {
        "api/main.yaml": MAIN,
        "api/paths/a.yaml": "get:\n  responses:\n    404: {$ref: '../shared.json#/NotFound'}\n",
        "api/paths/b.yaml": "/b:\n  x y:\n    - post: {parameters: [{$ref: '../shared.json#/Key'}]}\n",
        "api/shared.json": json.dumps({"NotFound": problem(code={"const": "A"}), "Key": REQUIRED}),
        "api/README.md": "[not read",
        "api/empty.yaml": "",
    }
    found = openapi.collect(tree(files, "api"), {}).facts
    assert (found.operations, found.writes_without_idempotency_key, found.error_codes) == (2, (), ("A",))
    assert found.mutations_without_if_match == ()
    without_key = openapi.collect(
        tree(files | {"api/paths/b.yaml": "/b:\n  x y:\n    - post: {}\n"}), {}
    ).facts
    assert without_key.writes_without_idempotency_key == (
        Finding(
            "POST /b: does not require the header Idempotency-Key",
            "api/paths/b.yaml",
            3,
            "/~1b/x y/0/post",
        ),
    )


def test_what_stands_beside_the_reference_of_a_path_prevails() -> None:
    item = {"$ref": "#/components/pathItems/A", "get": {"x-audience": "customer"}, "parameters": [OPTIONAL]}
    shared = {"get": INTERNAL, "post": {}, "parameters": [REQUIRED]}
    found = facts(openapi, api({"/a": item}, components={"pathItems": {"A": shared}}))
    assert (found.operations, found.customer_operations) == (2, 1)
    assert len(found.writes_without_idempotency_key) == 1


def test_beside_a_schema_reference_counts_from_3_1_on() -> None:
    paths = {"/a": {"get": answers("200", **body({"$ref": "#/components/schemas/A", "type": "array"}))}}
    components: dict[str, Any] = {"schemas": {"A": {}}}
    assert facts(openapi, api(paths, "3.1.0", components=components)).collections == 1
    assert facts(openapi, api(paths, "3.0.3", components=components)).collections is None


def test_cycles_end() -> None:
    schemas = {
        "Tree": {
            "properties": {
                "code": {"$ref": "#/components/schemas/Tree"},
                "errors": {"$ref": "#/components/schemas/Tree"},
            }
        },
        "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
        "Self": {"$ref": "#/components/schemas/Self"},
    }
    operation = {
        "responses": {
            code: body({"$ref": f"#/components/schemas/{name}"})
            for code, name in (("200", "Loop"), ("400", "Tree"), ("404", "Loop"), ("409", "Self"))
        }
    }
    found = facts(openapi, api({"/a": {"get": operation}}, components={"schemas": schemas}))
    assert (found.error_codes, found.collections) == ((), None)


def chain(length: int) -> str:
    """References to references, each of them shared."""
    responses = {f"R{n}": {"$ref": f"#/components/responses/R{n + 1}"} for n in range(length)}
    paths = {"/a": {"get": {"responses": {"404": {"$ref": "#/components/responses/R0"}}}}}
    return api(paths, components={"responses": responses | {f"R{length}": {}}})


def composed(parts: int) -> str:
    """A schema that consists of others, each of which consists of the next."""
    schemas = {f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}]} for n in range(parts)}
    paths = {"/a": {"get": answers("404", **body({"$ref": "#/components/schemas/S0"}))}}
    return api(paths, components={"schemas": schemas | {f"S{parts}": {"properties": {"code": CODE}}}})


@pytest.mark.long
def test_long_chains_are_followed_up_to_a_bound() -> None:
    assert facts(openapi, chain(40)).error_responses == 1
    assert facts(openapi, composed(300)).error_codes == ("A", "B")
    too_long, too_many = collect(openapi, chain(60)), collect(openapi, composed(20_000))
    assert "more than 50 references" in " ".join(places(too_long))
    assert "consists of more than 1,000 schemas" in " ".join(places(too_many))
    assert without_touched(too_long).error_responses is without_touched(too_many).error_codes is None


def referring(reference: str) -> str:
    return gets({"/a": {"responses": {"404": {"$ref": reference}}}})


WITH_X_PATHS: dict[str, Any] = {"x-paths": {"/a": {}}}
WITH_PATH: dict[str, Any] = {"path": {"/a": {}}}


@pytest.mark.parametrize(
    ("document", "expected", "kind_of_place"),
    [
        (api({"a": {}}), "a is not a path: it does not start with /", "path"),
        (api({"x-/a": {}}), "x-/a is disabled by the prefix x-; rename it to /a or remove it", "path"),
        (api({"/a/{id}": {}, "/a/{name}": {}}), "/a/{name} is the same path as /a/{id}", "path"),
        (api({"/a": []}), "/a is a list, not an object", "path"),
        (api({"/a": {"gett": {}}}), "/a has the field 'gett', which a path item of", "path"),
        (api({"/a": {"GET": {}}}), "/a has the field 'GET', which a path item of", "path"),
        (api({"/a": {"x-get": {}}}), "/a has x-get, which may be a disabled field", "path"),
        (
            api({"/a": {"x-amazon-apigateway-any-method": {}}}),
            "/a has x-amazon-apigateway-any-method",
            "path",
        ),
        (api({"/a": {"get": None}}), "/a has no value for get", "path"),
        (api({"/a": {"get": 1}}), "get is 1, not an object", "path"),
        (api({"/a": {"get": {"$ref": "a.yaml"}}}), "get refers to 'a.yaml', which is not a file", "path"),
        (api({"/a": {"get": {"$ref": 1}}}), "get has a $ref that is not text", "path"),
        (
            api({"/a": {"get": {"$ref": "#/components/x-get", "parameters": []}}}, components={"x-get": {}}),
            "get has 'parameters' beside a $ref",
            "path",
        ),
        (api({}, **WITH_PATH), "the document has the field 'path', which a document of", "path"),
        (api({}, **WITH_X_PATHS), "the document has x-paths, which may be a disabled", "path"),
        (gets({"/a": {"response": {}}}), "get has the field 'response', which an operation of", "operation"),
        (gets({"/a": {"x-responses": {}}}), "get has x-responses, which may be a disabled", "operation"),
        (gets({"/a": {"consumes": ["a/b"]}}), "get has the field 'consumes'", "operation"),
        (api({"/a": {"get": {}}}, "3.0.3"), "get declares no response", "responses"),
        (gets({"/a": {"responses": {}}}), "get declares no response", "responses"),
        (gets({"/a": {"responses": []}}), "responses is a list, not an object", "responses"),
        (gets({"/a": answers("40")}), "40 is not a response: its key is neither", "responses"),
        (gets({"/a": answers("5xx")}), "5xx is not a response: write 5XX", "responses"),
        (gets({"/a": answers("200", "x-404")}), "x-404 is disabled by the prefix x-", "responses"),
        (gets({"/a": {**answers("204"), "security": {}}}), "security is an object, not a list", "responses"),
        (gets({"/a": {"responses": {"404": 1}}}), "404 is 1, not an object", "error response"),
        (
            gets({"/a": {"responses": {"404": {"schema": {}}}}}),
            "404 has the field 'schema'",
            "error response",
        ),
        (gets({"/a": answers("404", content={"json": {}})}), "json is not a media type", "error response"),
        (gets({"/a": answers("404", content={"a/b": {"shema": 1}})}), "a/b has the field", "error response"),
        (gets({"/a": answers("404", **body(3))}), "schema is 3, not an object", "error schema"),
        (gets({"/a": answers("404", **body({"if": {}}))}), "schema has the keyword 'if'", "error schema"),
        (gets({"/a": {**answers("404"), "x-error-codes": [1.5]}}), "0 is 1.5, not a code", "error schema"),
        (gets({"/a": answers("429", headers={"RateLimit": None})}), "RateLimit is missing", "header"),
        (
            gets({"/a": answers("429", headers={"RateLimit": {"$ref": "#/components/headers/No"}})}),
            "RateLimit refers to '#/components/headers/No', which does not exist",
            "header",
        ),
        (gets({"/a": {"parameters": {}}}), "parameters is an object, not a list", "parameter"),
        (gets({"/a": {"parameters": [{"name": "a"}]}}), "0 is not a parameter", "parameter"),
        (gets({"/a": {"parameters": [{"name": 1, "in": "query"}]}}), "name is 1, not text", "parameter"),
        (
            gets({"/a": {"parameters": [{"name": "a", "in": "body"}]}}),
            "0 is a parameter in 'body'",
            "parameter",
        ),
        (gets({"/a": {"parameters": [{"name": "a", "in": "query"}]}}), "0 has no schema", "parameter"),
        (
            gets({"/a": {"parameters": [{**REQUIRED, "type": "string"}]}}),
            "0 has the field 'type'",
            "parameter",
        ),
        (gets({"/a": {"parameters": [REQUIRED, OPTIONAL]}}), "1 is a second parameter", "parameter"),
        (
            gets({"/a": {"parameters": [{**REQUIRED, "required": "yes"}]}}),
            "required is 'yes', neither true nor false",
            "parameter",
        ),
        (
            referring("#/components/responses/No"),
            "404 refers to '#/components/responses/No'",
            "error response",
        ),
        (referring("#/paths/~1a/get/responses/404"), "404 is reached through more than 50", "error response"),
        (referring("common.yaml#/No"), "404 refers to 'common.yaml', which is not a file", "error response"),
        (referring("../../etc/passwd"), "404 refers to '../../etc/passwd', which is not", "error response"),
        (referring("https://x.example/a.json"), "404 refers to 'https://x.example/a.json'", "error response"),
        (referring("//x.example/a.json"), "404 refers to '//x.example/a.json': nothing is", "error response"),
        (referring("#anchor"), "404 refers to '#anchor', which does not exist", "error response"),
    ],
    ids=short,
)
def test_a_place_that_breaks_the_specification_touches_what_depends_on_it(
    document: str, expected: str, kind_of_place: str
) -> None:
    collected = collect(openapi, document)
    told = next(one for one in collected.origins[0].not_understood if expected in one.place.message)
    assert told.touches == PLACES[kind_of_place]
    assert told.place.file == "report-0"
    null = {name for name, value in facts(openapi, document)._asdict().items() if value is None}
    assert PLACES[kind_of_place] <= null


@pytest.mark.parametrize(
    ("document", "expected", "touches"),
    [
        (gets({"/a": {**answers("204"), "x-collection": "no"}}), "'no', neither", {"collections"}),
        (api({"/a": {"post": {**answers("204"), "x-mutation": "no"}}}), "'no', neither", {"mutations"}),
        (
            gets({"/a": {**answers("204"), "x-audience": "custommer"}}),
            "is 'custommer'",
            {"customer_operations"},
        ),
    ],
    ids=short,
)
def test_a_marker_with_another_value_is_not_understood(
    document: str, expected: str, touches: set[str]
) -> None:
    collected = collect(openapi, document)
    assert expected in places(collected)[0]
    assert touches <= touched(collected.origins)
    assert facts(openapi, document).operations == 1


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (" ", "absent: report-0: the file is empty"),
        ("[]", "unreadable: report-0: the document has no key `openapi`; only OpenAPI 3 is"),
        ("{}", "unreadable: report-0: the document has no key `openapi`"),
        ("just text", "unreadable: report-0: the document has no key `openapi`"),
        ('{"swagger": "2.0", "paths": {}}', "unreadable: report-0: Swagger '2.0'; only OpenAPI 3 is"),
        ("swagger: 2.0", "unreadable: report-0: Swagger 2.0; only"),
        ("openapi: 3.1\npaths: {}", "unreadable: report-0: openapi is 3.1, not text"),
        (
            '{"openapi": "4.0.0", "paths": {}}',
            "unreadable: report-0: OpenAPI '4.0.0'; supported are 3.0, 3.1, 3.2",
        ),
        ('{"openapi": "3.1.0 ", "paths": {}}', "unreadable: report-0: OpenAPI '3.1.0 '"),
        ('{"openapi": "3.0.3"}', "unreadable: report-0: OpenAPI 3.0 without paths is invalid"),
        (
            '{"openapi": "3.0.3", "components": {}}',
            "unreadable: report-0: OpenAPI 3.0 without paths is invalid",
        ),
        ('{"openapi": "3.1.0"}', "unreadable: report-0: OpenAPI 3.1 without paths or webhooks or components"),
        ('{"openapi": "3.1.0", "paths": null}', "unreadable: report-0: OpenAPI 3.1 without paths or"),
        ('{"openapi": "3.1.0", "paths": []}', "unreadable: report-0: /paths is a list, not an object"),
        (api({}, info={"version": 1.0}), "unreadable: report-0: /info/version is 1.0, not text"),
        (api({})[:-3], "unreadable: report-0: line 1: not JSON"),
        (api({}).encode("utf-16-le"), "unreadable: report-0: "),
        ("openapi: 3.1.0\npaths: {}\n---\nopenapi: 3.1.0\n", "unreadable: report-0: 2 YAML documents"),
        ("openapi: 3.1.0\npaths: {}\nx: *a\n", "unreadable: report-0: line 3: alias *a"),
        ('{"openapi": "3.1.0", "paths": {}, "x": 1e999}', "unreadable: report-0: "),
        ('{"paths": ' * 5_000, "unreadable: report-0: "),
    ],
    ids=short,
)
def test_what_is_no_evidence(document: str | bytes, expected: str) -> None:
    assert outcome(openapi, document).startswith(expected)


@pytest.mark.parametrize(
    ("files", "error", "told"),
    [
        ({"a.yaml": "x: 1\n", "b.yaml": "y: 1\n"}, Unreadable, "api: none of its files has the key openapi"),
        (
            {"a.json": api({}), "b.json": api({})},
            Unreadable,
            "api: only one file may have the key openapi, not a.json, b.json",
        ),
        ({"a.json": api({}), "b.yaml": "["}, Unreadable, "b.yaml: line"),
        ({"a.yaml": "", "b.yaml": ""}, Unreadable, "api: none of its files has the key openapi"),
        ({"a.json": "", "b.md": "x"}, Absent, "a.json: the file is empty"),
    ],
    ids=short,
)
def test_folders_that_are_no_evidence(files: dict[str, str], error: type[Exception], told: str) -> None:
    with pytest.raises(error) as caught:
        openapi.collect(tree(files, "api"), {})
    assert str(caught.value).startswith(told)


@pytest.mark.long
@needs_samples
@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (
            "open-payments-resource-server.yaml",
            {
                "spec_version": "3.1.0",
                "operations": 10,
                "writes": 4,
                "collections": 2,
                "collections_without_cursor": (),
                "throttled": 0,
            },
        ),
        (
            "formance-ledger-v3.yaml",
            {"spec_version": "3.0.3", "operations": 39, "collections": 7, "throttled": 0},
        ),
        (
            "chainloop-3.1-min.yaml",
            {"spec_version": "3.1.0", "operations": 1, "error_responses": 0, "collections": 1},
        ),
    ],
)
def test_samples(sample: str, expected: dict[str, Any]) -> None:
    found = facts(openapi, (SAMPLES / "openapi" / sample).read_bytes())
    assert chosen(found, expected) == expected


@needs_samples
def test_samples_of_what_is_wanting() -> None:
    formance = facts(openapi, (SAMPLES / "openapi/formance-ledger-v3.yaml").read_bytes())
    # The key is optional there, so it protects nothing; two lists are not paged by cursor.
    assert len(formance.writes_without_idempotency_key) == formance.writes
    assert len(formance.errors_without_problem_json) == formance.error_responses
    assert len(formance.collections_without_cursor) == 2
    assert outcome(openapi, (SAMPLES / "openapi/chainloop-invalid.json").read_bytes()).startswith(
        "unreadable: report-0: OpenAPI 3.0 without paths is invalid"
    )


@pytest.mark.parametrize(
    ("schema", "protects"),
    [
        (True, True),
        ({"type": "string", "format": "uuid", "maxLength": 36}, True),
        ({"type": "string", "example": "*"}, True),
        (False, False),
        ({"type": "null"}, False),
        ({"const": "*"}, False),
        ({"type": "string", "enum": ["*"]}, False),
        ({"type": "string", "maxLength": 0}, False),
    ],
)
@pytest.mark.parametrize("name", ["Idempotency-Key", "If-Match"])
def test_a_required_header_with_a_fixed_value_does_not_protect(
    name: str, schema: Any, *, protects: bool
) -> None:
    operation = {**answers("204"), "parameters": [{**header(name), "schema": schema}]}
    found = facts(openapi, api({"/a": {"put": operation}}))
    wanting = {
        "Idempotency-Key": found.writes_without_idempotency_key,
        "If-Match": found.mutations_without_if_match,
    }
    assert (wanting[name] == ()) is protects


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ("todo-not-found", ("todo-not-found",)),
        ("UNKNOWN", ("UNKNOWN",)),
        ("TODO", ()),
        ("string", ()),
        ("-", ()),
    ],
)
def test_a_placeholder_is_not_an_error_code(code: str, codes: tuple[str, ...]) -> None:
    schema = {"type": "object", "properties": {"code": {"type": "string", "example": code}}}
    error = answers("400", **body(schema, "application/problem+json"))
    found = facts(openapi, gets({"/a/{id}": error}))
    assert found.error_codes == codes
    assert len(found.errors_without_code) == (0 if codes else 1)
