"""The comparison of two descriptions: what it models, what it doubts, and what it must let pass."""

import copy
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from builders.artefacts import short, tree
from gatekeeper.collectors.api_diff import read as api_diff

Api = dict[str, Any]
TEXT = {"type": "string"}


def description(version: str = "3.1.0", **root: Any) -> Api:
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}, **root}


def posted(schema: Any, version: str = "3.1.0", media: str = "application/json", **more: Any) -> Api:
    body = {"content": {media: {"schema": schema, **more}}}
    operation = {"requestBody": body, "responses": {"204": {"description": "done"}}}
    return description(version, paths={"/a": {"post": operation}})


def got(schema: Any, version: str = "3.1.0", **more: Any) -> Api:
    response = {"description": "one", "content": {"application/json": {"schema": schema}}, **more}
    return description(version, paths={"/a": {"get": {"responses": {"200": response}}}})


def asked(version: str = "3.1.0", **parameter: Any) -> Api:
    one = {"name": "q", "in": "query", "schema": TEXT} | parameter
    operation = {"parameters": [one], "responses": {"204": {"description": "done"}}}
    return description(version, paths={"/a": {"get": operation}})


def with_operation(operation: Any, **root: Any) -> Api:
    return description(
        paths={"/a": {"get": {"responses": {"204": {"description": "done"}}, **operation}}}, **root
    )


def judged(base: Api, head: Api) -> tuple[int, list[str], list[str]]:
    """Return the number of changes, the breaking ones and the doubts, each by the name of its check."""
    files: dict[str, bytes | str] = {"base.json": json.dumps(base), "head.json": json.dumps(head)}
    collected = api_diff.collect(tree(files), {})
    places = [place for origin in collected.origins for place in origin.not_understood]
    assert all("breaking" in place.touches for place in places)
    assert all(place.place.pointer is not None for place in places)
    messages = [finding.message for finding in collected.facts.breaking or ()]
    names = [[text.rpartition("[")[2].rstrip("]") for text in group] for group in
             (messages, [place.place.message for place in places])]  # fmt: skip
    return collected.facts.changes or 0, names[0], names[1]


OBJECT = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}


@pytest.mark.parametrize(
    ("demand", "name"),
    [
        ({"not": {"required": ["a"]}}, "not-changed"),
        ({"not": {"required": ["unheard-of"]}}, "not-changed"),
        ({"dependentRequired": {"a": ["b"]}}, "dependent-required-changed"),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, "dependent-schemas-changed"),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, "if-changed"),
        ({"if": {"required": ["a"]}, "else": {"required": ["b"]}}, "if-changed"),
        ({"additionalProperties": False}, "additional-properties-changed"),
        ({"additionalProperties": TEXT}, "additional-properties-changed"),
        ({"unevaluatedProperties": False}, "unevaluated-properties-changed"),
        ({"patternProperties": {"^x": TEXT}}, "pattern-property"),
        ({"propertyNames": {"maxLength": 3}}, "property-names-changed"),
        ({"minProperties": 1}, "min-properties-changed"),
        ({"enum": [{}]}, "enum"),
    ],
    ids=short,
)
def test_a_demand_on_objects_breaks_requests_if_it_is_added_and_responses_if_it_is_removed(
    demand: Any, name: str
) -> None:
    tighter = OBJECT | demand
    assert [name in one for one in judged(posted(OBJECT), posted(tighter))[1]] == [True]
    assert judged(posted(tighter), posted(OBJECT)) == (1, [], [])
    assert [name in one for one in judged(got(tighter), got(OBJECT))[1]] == [True]
    assert judged(got(OBJECT), got(tighter)) == (1, [], [])


LIST = {"type": "array", "items": TEXT}


@pytest.mark.parametrize(
    "demand",
    [
        {"contains": {"const": "x"}},
        {"contains": TEXT, "minContains": 2},
        {"contains": {"const": "x"}, "minContains": 0, "maxContains": 1},
        {"uniqueItems": True},
        {"minItems": 1},
        {"maxItems": 3},
    ],
    ids=short,
)
def test_a_demand_on_arrays_likewise(demand: Any) -> None:
    tighter = LIST | demand
    for base, head, breaking in [(LIST, tighter, True), (tighter, LIST, False)]:
        assert bool(judged(posted(base), posted(head))[1]) == breaking
        assert bool(judged(got(head), got(base))[1]) == breaking
        assert judged(posted(base), posted(head))[2] == []


@pytest.mark.parametrize(
    ("looser", "tighter"),
    [
        ({"type": "integer"}, {"type": "integer", "multipleOf": 2}),
        ({"type": "number", "multipleOf": 0.1}, {"type": "number", "multipleOf": 0.2}),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 1}),
        ({"type": "string"}, {"type": "string", "contentMediaType": "image/png"}),
        ({"type": "array", "prefixItems": [{}]}, {"type": "array", "prefixItems": [TEXT]}),
        ({"anyOf": [TEXT, {"type": "integer"}]}, {"anyOf": [TEXT]}),
    ],
    ids=short,
)
def test_values_that_are_no_longer_accepted_break_requests(looser: Any, tighter: Any) -> None:
    assert judged(posted(looser), posted(tighter))[1]
    assert judged(got(tighter), got(looser))[1]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"pattern": "^a"}, {"pattern": "a$"}),
        ({"vendorKeyword": 1}, {"vendorKeyword": 2}),
        ({"vendorKeyword": 1}, {}),
        ({}, {"vendorKeyword": 1}),
        ({"$id": "https://example.org/a"}, {"$id": "https://example.org/b"}),
        ({"not": {"const": "a"}}, {"not": {"const": "b"}}),
        ({"dependencies": {"a": ["b"]}}, {}),
        ({"$dynamicRef": "#node"}, {"$dynamicRef": "#node", "title": "other"}),
        ({"contains": TEXT, "unevaluatedItems": False}, {"contains": {}, "unevaluatedItems": False}),
        ({"if": {"const": 1}, "then": {"type": "integer"}}, {"if": {"const": 2}, "then": {"maximum": 3}}),
    ],
    ids=short,
)
def test_what_is_not_decided_is_not_understood(base: Any, head: Any) -> None:
    assert judged(got(base), got(head))[2]


def test_a_unknown_keyword_that_stays_is_no_doubt_and_an_extension_never_is() -> None:
    for base, head in [
        ({"vendor": 1}, {"vendor": 1, "title": "t"}),
        ({"x-a": 1}, {"x-a": 2}),
        ({}, {"x-b": []}),
    ]:
        assert judged(got(base), got(head)) == (0, [], [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": True}, {"anyOf": [TEXT, {"type": "null"}]}),
        ({"type": "string", "nullable": True, "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a"]}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            {"type": "integer", "exclusiveMinimum": 0},
        ),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": False}, {"type": "integer", "maximum": 9}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        ({"type": "string", "enum": ["x"]}, {"type": "string", "const": "x"}),
        ({"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
        ({"type": "string", "format": "binary"}, {"contentMediaType": "application/octet-stream"}),
        ({"type": "string", "format": "binary"}, {"type": "string", "format": "binary"}),
        ({}, True),
        ({"type": "object", "additionalProperties": True}, {"type": "object", "additionalProperties": {}}),
        ({"allOf": [TEXT]}, TEXT),
        ({"enum": ["a", "b"]}, {"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]}),
        ({"anyOf": [TEXT, {"type": "integer"}]}, {"type": ["string", "integer"]}),
        ({"nullable": True, "allOf": [TEXT]}, {"anyOf": [TEXT, {"type": "null"}]}),
        ({"nullable": True, "oneOf": [TEXT, LIST]}, {"oneOf": [TEXT, LIST, {"type": "null"}]}),
    ],
    ids=short,
)
def test_the_spellings_of_3_0_and_3_1_are_equal(old: Any, new: Any) -> None:
    for build in (posted, got):
        assert judged(build(old, "3.0.3"), build(new, "3.1.0")) == (0, [], [])
        assert judged(build(new, "3.1.0"), build(old, "3.0.3")) == (0, [], [])


def test_bytes_have_no_schema_in_3_1() -> None:
    media = "application/octet-stream"
    old, new = posted({"type": "string", "format": "binary"}, "3.0.3", media), posted({}, "3.1.0", media)
    assert judged(old, new) == (0, [], [])


def test_items_as_a_list_are_prefix_items() -> None:
    old = {"type": "array", "items": [TEXT], "additionalItems": {"type": "integer"}}
    new = {"type": "array", "prefixItems": [TEXT], "items": {"type": "integer"}}
    assert judged(posted(old), posted(new)) == (0, [], [])


# --- parameters


def test_the_name_of_a_cookie_with_a_key_is_compared_with_its_case() -> None:
    one, other = (
        {"in": place, "type": "apiKey", "name": name} for place, name in (("cookie", "s"), ("cookie", "S"))
    )
    assert judged(secured([{"k": []}], k=one), secured([{"k": []}], k=other))[1]
    assert not judged(
        secured([{"k": []}], k=one | {"in": "header"}), secured([{"k": []}], k=other | {"in": "header"})
    )[1]


def test_each_value_of_a_variable_of_a_server_is_a_server() -> None:
    def served(*regions: str) -> Api:
        variables = {"region": {"default": "eu", "enum": list(regions)}}
        return posted(TEXT) | {"servers": [{"url": "https://x.test/{region}", "variables": variables}]}

    assert judged(served("eu", "us"), served("eu"))[1] == ["server-removed"]
    assert judged(served("eu"), served("eu", "us"))[1:] == ([], [])


@pytest.mark.parametrize(
    ("base", "head", "breaking"),
    [
        ({"schema": {"default": 1}}, {"schema": {"default": 2}}, True),
        ({"schema": {"default": 1}}, {"schema": {}}, True),
        ({"schema": {}}, {"schema": {"default": 1}}, True),
        ({"required": True, "schema": {"default": 1}}, {"required": True, "schema": {"default": 2}}, False),
        ({"schema": LIST}, {"schema": LIST, "explode": False}, True),
        ({"schema": LIST}, {"schema": LIST, "style": "pipeDelimited"}, True),
        ({"schema": LIST, "style": "form"}, {"schema": LIST, "explode": True}, False),
        ({}, {"explode": False}, False),
        ({"allowReserved": True}, {}, True),
        ({}, {"allowReserved": True}, False),
        ({"allowEmptyValue": True}, {}, True),
        ({"schema": TEXT}, {"schema": None, "content": {"application/json": {"schema": TEXT}}}, True),
        ({"in": "query"}, {"in": "query", "description": "more", "deprecated": True, "example": 3}, False),
    ],
    ids=short,
)
def test_how_a_parameter_is_written(base: Any, head: Any, breaking: bool) -> None:
    old, new = asked(**base), asked(**head)
    if new["paths"]["/a"]["get"]["parameters"][0]["schema"] is None:
        del new["paths"]["/a"]["get"]["parameters"][0]["schema"]
    _, told, doubts = judged(old, new)
    assert (bool(told), doubts) == (breaking, [])


def test_an_unknown_field_that_differs_is_not_understood() -> None:
    assert judged(asked(), asked(collectionFormat="csv"))[2] == ["parameter-field-changed"]
    assert judged(with_operation({}), with_operation({"consumes": []}))[2] == ["operation-field-changed"]
    mistyped = description(paths={"/a": {"get": {}, "gett": {}}})
    assert judged(description(paths={"/a": {"get": {}}}), mistyped)[2] == ["path-item-field-changed"]
    dialect = description(jsonSchemaDialect="https://json-schema.org/draft/2020-12/schema")
    assert judged(description(), dialect) == (0, [], [])
    assert judged(description(), description(jsonSchemaDialect="https://example.org/x"))[2]


# --- bodies and headers


def test_a_media_type_with_other_parameters_is_another() -> None:
    base = posted(TEXT, media="application/json; version=1")
    assert judged(base, posted(TEXT, media="application/json;version=1; charset=utf-8")) == (0, [], [])
    assert judged(base, posted(TEXT, media="application/json; version=2"))[1]


def test_the_encoding_of_a_form_and_xml_are_not_understood() -> None:
    form = [
        posted(OBJECT, media="multipart/form-data", encoding={"a": {"contentType": kind}})
        for kind in ("x/y", "x/z")
    ]
    assert judged(*form)[2] == ["request-body-encoding-changed"]
    xml = [{"type": "string", "xml": {"name": name}} for name in "ab"]
    assert judged(posted(xml[0], media="text/xml"), posted(xml[1], media="text/xml"))[2]
    assert judged(posted(xml[0]), posted(xml[1])) == (0, [], [])


def test_a_link_that_is_removed_is_not_understood() -> None:
    link: dict[str, Any] = {"links": {"next": {"operationId": "a"}}}
    assert judged(got(TEXT, **link), got(TEXT))[2] == ["response-link-changed"]
    assert judged(got(TEXT), got(TEXT, **link)) == (0, [], [])


def test_a_range_of_statuses_covers_each_of_them() -> None:
    def answers(**schemas: Any) -> Api:
        responses = {
            code.strip("_"): {"content": {"application/json": {"schema": one}}}
            for code, one in schemas.items()
        }
        return description(paths={"/a": {"get": {"responses": responses}}})

    assert judged(answers(_2XX=TEXT), answers(_200=TEXT, _201=TEXT))[1] == []
    assert judged(answers(_2XX=TEXT), answers(_200={"type": "integer"}))[1]
    assert judged(answers(_2XX=TEXT), answers(_2XX=TEXT, _200={"type": "integer"}))[1]


def test_a_property_that_is_hidden_now() -> None:
    def marked(**flags: bool) -> Any:
        return {"type": "object", "properties": {"a": {"type": "string", **flags}}}

    assert judged(posted(marked()), posted(marked(readOnly=True)))[2] == ["request-property-became-readonly"]
    assert judged(got(marked()), got(marked(writeOnly=True)))[1] == ["response-property-became-writeonly"]
    assert judged(got(marked()), got(marked(readOnly=True))) == (0, [], [])


# --- choices


CAT = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"const": "cat"}, "age": {"maximum": 9}},
}
DOG = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}}}
OLD_CAT = {**CAT, "properties": {"kind": {"const": "cat"}, "age": {"maximum": 99}}}
OPEN_DOG = {"type": "object", "properties": {"age": {}, "kind": {}}}


@pytest.mark.parametrize(
    ("base", "head", "breaking", "doubt"),
    [
        ([CAT, DOG], [DOG, CAT], False, False),
        ([CAT, DOG], [OLD_CAT, DOG], False, False),
        ([OLD_CAT, DOG], [CAT, DOG], True, False),
        ([CAT], [CAT, DOG], True, False),
        ([CAT, DOG], [CAT, DOG, TEXT], False, False),
        ([CAT, DOG, TEXT], [CAT, DOG], True, False),
        ([CAT, OPEN_DOG], [OLD_CAT, OPEN_DOG], False, True),
    ],
    ids=short,
)
def test_branches_of_one_of_must_stay_apart(base: Any, head: Any, breaking: bool, doubt: bool) -> None:
    _, told, doubts = judged(posted({"oneOf": base}), posted({"oneOf": head}))
    assert (bool(told), bool(doubts)) == (breaking, doubt)


@pytest.mark.long
def test_several_choices_that_apply_together_stay_what_they_are() -> None:
    choices = [{"anyOf": [{"properties": {f"p{one}": {"const": n}}} for n in range(2)]} for one in range(4)]
    for head in (choices, choices[::-1]):
        assert judged(posted({"allOf": choices}), posted({"allOf": head})) == (0, [], [])


def test_too_many_combinations_of_choices_are_not_understood() -> None:
    def combined(last: Any) -> Any:
        numbers = range(5)
        choices = [{"anyOf": [{"properties": {f"p{one}": {"const": n}}} for n in numbers]} for one in numbers]
        return {"allOf": choices, "properties": {"last": last}}

    assert judged(posted(combined(TEXT)), posted(combined(TEXT))) == (0, [], [])
    assert "request-body-choices-too-many" in judged(posted(combined({})), posted(combined(TEXT)))[2]


def test_the_values_of_a_discriminator() -> None:
    def chosen(**discriminator: Any) -> Api:
        names = ("Cat", "Dog")
        schema = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}
        api = posted(schema | ({"discriminator": discriminator} if discriminator else {}))
        return api | {"components": {"schemas": {"Cat": CAT, "Dog": DOG}}}

    cat = {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}
    assert judged(chosen(**cat), chosen(propertyName="kind"))[1] == [
        "request-body-discriminator-mapping-changed"
    ]
    assert judged(chosen(propertyName="kind"), chosen(**cat)) == (1, [], [])
    assert judged(chosen(propertyName="kind"), chosen(propertyName="age"))[1]
    assert judged(chosen(), chosen(propertyName="kind")) == (1, [], [])
    assert judged(chosen(), chosen(propertyName="sort"))[2] == ["request-body-discriminator-added"]


def test_an_optional_property_added_by_all_of_is_not_understood() -> None:
    pet, more = {"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}
    assert judged(posted({"allOf": [pet]}), posted({"allOf": [pet, more]}))[1:] == (
        [],
        ["request-body-all-of-added"],
    )
    asked = {"allOf": [pet, more | {"required": ["b"]}]}
    assert judged(posted({"allOf": [pet]}), posted(asked))[1] == ["new-required-request-property"]


@pytest.mark.parametrize("mapped", [True, False])
def test_a_renamed_branch_is_not_understood_and_breaks_if_its_name_is_a_value(mapped: bool) -> None:
    def chosen(name: str, cat: Any = CAT, *, tagged: bool = True) -> Api:
        schema: Any = {"oneOf": [{"$ref": f"#/components/schemas/{one}"} for one in (name, "Dog")]}
        if tagged:
            mapping = {"mapping": {"cat": f"#/components/schemas/{name}"}} if mapped else {}
            schema["discriminator"] = {"propertyName": "kind"} | mapping
        return posted(schema) | {"components": {"schemas": {name: cat, "Dog": DOG}}}

    renamed = ["request-body-one-of-renamed"]
    assert judged(chosen("Cat", tagged=False), chosen("Tom", tagged=False))[1:] == ([], renamed)
    assert bool(judged(chosen("Cat"), chosen("Tom"))[1]) is not mapped
    assert judged(chosen("Cat"), chosen("Tom", CAT | {"required": ["kind", "age"]}))[1]
    swapped = deepcopy(chosen("Cat", {"properties": {"kind": TEXT, "claws": TEXT}}))
    components = swapped["components"]["schemas"]
    components["Cat"], components["Dog"] = components["Dog"], components["Cat"]
    assert any(judged(chosen("Cat", {"properties": {"kind": TEXT, "claws": TEXT}}), swapped)[1:])


def test_a_failure_that_only_the_default_response_describes_has_its_schema() -> None:
    def failing(code: str, type_: str) -> Api:
        content = {"application/json": {"schema": {"type": type_}}}
        return with_operation({"responses": {code: {"description": "", "content": content}}})

    assert judged(failing("404", "string"), failing("default", "string"))[1] == []
    assert judged(failing("404", "string"), failing("default", "array"))[1]


@pytest.mark.long
def test_a_large_description_without_choices_is_compared() -> None:
    def large(last: Any) -> Api:
        named = {f"p{at}": {"type": "string", "maxLength": at + 1} for at in range(21_000)}
        return posted({"properties": named | {"last": last}})

    assert judged(large(TEXT), large({"type": "integer"}))[1] == ["request-property-type-changed"]


# --- access


KEY = {"type": "apiKey", "in": "header", "name": "X"}
OAUTH: dict[str, Any] = {
    "type": "oauth2",
    "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"a": "", "b": ""}}},
}


def secured(security: Any = None, root: Any = None, **schemes: Any) -> Api:
    api = with_operation({} if security is None else {"security": security})
    api["components"] = {"securitySchemes": {"k": KEY, "o": OAUTH} | schemes}
    return api | ({} if root is None else {"security": root})


@pytest.mark.parametrize(
    ("base", "head", "breaking"),
    [
        (secured([]), secured([{"k": []}]), True),
        (secured(), secured(root=[{"k": []}]), True),
        (secured([], root=[{"k": []}]), secured(root=[{"k": []}]), True),
        (secured([{"k": []}]), secured([]), False),
        (secured([{"k": []}]), secured([{"k": []}, {"o": []}]), False),
        (secured([{"k": []}, {"o": []}]), secured([{"k": []}]), True),
        (secured([{"k": []}]), secured([{"k": [], "o": []}]), True),
        (secured([{"o": ["a"]}]), secured([{"o": ["a", "b"]}]), True),
        (secured([{"o": ["a", "b"]}]), secured([{"o": ["a"]}]), False),
        (secured([{"k": []}]), secured([{"k": []}], k={**KEY, "name": "Y"}), True),
        (secured([{"k": []}]), secured([{"k": []}], k={**KEY, "description": "more", "name": "x"}), False),
        (secured([{"k": []}]), secured([{"renamed": []}], renamed=KEY), False),
        (secured([{"k": []}]), secured([{"k": []}, {}]), False),
        (secured([{"k": []}, {}]), secured([{"k": []}]), True),
        (
            secured([{"o": []}]),
            secured([{"o": []}], o={**OAUTH, "flows": OAUTH["flows"] | {"implicit": {}}}),
            False,
        ),
        (secured([{"o": []}]), secured([{"o": []}], o={**OAUTH, "flows": {"implicit": {}}}), True),
    ],
    ids=short,
)
def test_who_was_let_in_must_still_be(base: Api, head: Api, breaking: bool) -> None:
    _, told, doubts = judged(base, head)
    assert (bool(told), doubts) == (breaking, [])


def servers(*urls: str) -> Api:
    return with_operation({}, servers=[{"url": url} for url in urls])


@pytest.mark.parametrize(
    ("base", "head", "breaking", "doubt"),
    [
        (servers("https://a.example/v1"), servers("https://a.example/v1/"), False, False),
        (
            servers("https://a.example/v1"),
            servers("https://a.example/v1", "https://b.example/v2"),
            False,
            False,
        ),
        (servers("https://a.example/v1"), servers("https://a.example/v2"), True, False),
        (servers("https://a.example/v1"), servers("https://b.example/v1"), False, True),
        (servers(), servers("https://a.example"), False, False),
    ],
    ids=short,
)
def test_an_operation_must_be_served_where_it_was(base: Api, head: Api, breaking: bool, doubt: bool) -> None:
    _, told, doubts = judged(base, head)
    assert (bool(told), bool(doubts)) == (breaking, doubt)


LIVES: list[tuple[Any, Any, bool, bool]] = [
    ({"x-sunset": "2027-01-01"}, {"x-sunset": "2026-01-01"}, True, False),
    ({"x-sunset": "2027-01-01"}, {"deprecated": True}, True, False),
    ({"x-sunset": "2027-01-01"}, {"x-sunset": "2028-01-01"}, False, False),
    ({"x-sunset": "2027-01-01"}, {}, False, False),
    ({}, {"deprecated": True, "x-sunset": "2027-01-01"}, False, False),
    ({}, {"x-sunset": "soon"}, False, True),
    ({"x-stability-level": "stable"}, {"x-stability-level": "beta"}, True, False),
    ({"x-stability-level": "alpha"}, {"x-stability-level": "beta"}, False, False),
    ({"x-stability-level": "alpha"}, {}, False, False),
    ({"x-stability-level": "alpha"}, {"x-stability-level": "omega"}, False, True),
]


@pytest.mark.parametrize(("base", "head", "breaking", "doubt"), LIVES, ids=short)
def test_what_was_promised_about_its_life(base: Any, head: Any, breaking: bool, doubt: bool) -> None:
    def properties(life: Any) -> Api:
        return got({"type": "object", "properties": {"a": {"type": "string", **life}}})

    for build in (with_operation, lambda life: asked(**life), properties):
        _, told, doubts = judged(build(base), build(head))
        assert (bool(told), bool(doubts)) == (breaking, doubt)


# --- webhooks and callbacks


def webhook(schema: Any) -> Api:
    return description(webhooks={"w": posted(schema)["paths"]["/a"]})


def callback(schema: Any) -> Api:
    return with_operation({"callbacks": {"done": {"{$request.body#/url}": posted(schema)["paths"]["/a"]}}})


@pytest.mark.parametrize("build", [webhook, callback])
def test_in_a_call_of_the_service_the_client_reads(build: Callable[[Any], Api]) -> None:
    assert judged(build({"enum": ["a"]}), build({"enum": ["a", "b"]}))[1]
    assert judged(build({"enum": ["a", "b"]}), build({"enum": ["a"]}))[1] == []
    assert judged(build(OBJECT), build({**OBJECT, "required": ["a"]}))[1] == []
    assert judged(build({**OBJECT, "required": ["a"]}), build(OBJECT))[1]
    removed = {**build({}), "webhooks": {}} if build is webhook else with_operation({})
    assert judged(build({}), removed)[1] == [f"{build.__name__}-removed"]
    assert judged(removed, build({}))[1] == []


# --- good work


ORDERS: Api = {
    **description(
        servers=[{"url": "https://a.example/v1"}],
        security=[{"k": []}],
        webhooks={"w": posted({"$ref": "#/components/schemas/Order"})["paths"]["/a"]},
    ),
    "components": {
        "securitySchemes": {"k": KEY},
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["id", "pet"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
                    "parent": {"$ref": "#/components/schemas/Order"},
                    "tags": {"type": "array", "uniqueItems": True, "items": {"type": "string", "pattern": "^a"}},
                    "more": {"allOf": [{"$ref": "#/components/schemas/Dog"}], "unevaluatedProperties": False},
                    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
                },
                "if": {"required": ["tags"]},
                "then": {"required": ["map"]},
            },
            "Cat": CAT,
            "Dog": DOG,
        },
    },
    "paths": {
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "put": {
                "operationId": "change",
                "parameters": [{"name": "dry", "in": "query", "schema": {"type": "boolean", "default": False}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {
                    "200": {
                        "description": "one",
                        "headers": {"ETag": {"required": True, "schema": TEXT}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    },
                    "default": {"description": "an error"},
                },
            },
        }
    },
}  # fmt: skip


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def reversed_lists(api: Api) -> None:
    order = api["components"]["schemas"]["Order"]
    order["required"].reverse()
    order["properties"]["pet"]["oneOf"].reverse()


def described_anew(api: Api) -> None:
    api["info"] = {"title": "Orders", "version": "2", "description": "more"}
    put = api["paths"]["/orders/{id}"]["put"]
    put |= {"summary": "s", "description": "d", "tags": ["t"], "deprecated": True, "x-owner": "us"}
    api["components"]["schemas"]["Order"] |= {"title": "An order", "description": "d", "examples": [{}]}
    api["components"]["schemas"]["Cat"]["properties"]["age"]["deprecated"] = True


def optional_things(api: Api) -> None:
    path = api["paths"]["/orders/{id}"]
    path["get"] = {"responses": {"200": {"description": "one"}}}
    path["put"]["parameters"].append({"name": "verbose", "in": "query", "schema": {"type": "boolean"}})
    path["put"]["responses"]["404"] = {"description": "none"}
    path["put"]["responses"]["200"]["headers"]["X-Id"] = {"schema": TEXT}
    api["paths"]["/health"] = {"get": {"responses": {"200": {"description": "fine"}}}}
    properties = api["components"]["schemas"]["Order"]["properties"]
    properties["note"] = {"type": "string", "maxLength": 9}
    api["components"]["schemas"]["Cat"]["properties"]["name"] = TEXT
    api["components"]["schemas"]["Unused"] = {"not": {}}


def moved_behind_references(api: Api) -> None:
    schemas = api["components"]["schemas"]
    schemas["Map"] = schemas["Order"]["properties"]["map"]
    schemas["Order"]["properties"]["map"] = {"$ref": "#/components/schemas/Map"}
    schemas["Age"] = schemas["Cat"]["properties"]["age"]
    schemas["Cat"]["properties"]["age"] = {"$ref": "#/components/schemas/Age", "description": "in years"}
    put = api["paths"]["/orders/{id}"]["put"]
    api["components"] |= {
        "parameters": {"Dry": put["parameters"][0]},
        "responses": {"One": put["responses"]["200"]},
    }
    put["parameters"] = [{"$ref": "#/components/parameters/Dry"}]
    put["responses"]["200"] = {"$ref": "#/components/responses/One"}


def written_inline(api: Api) -> None:
    schemas = api["components"]["schemas"]
    schemas["Order"]["properties"]["pet"]["oneOf"] = [
        copy.deepcopy(schemas["Cat"]),
        copy.deepcopy(schemas["Dog"]),
    ]


@pytest.mark.parametrize(
    "edit",
    [
        lambda _: None,
        reversed_lists,
        described_anew,
        optional_things,
        moved_behind_references,
        written_inline,
    ],
)
def test_good_work_is_not_refused(edit: Callable[[Api], None]) -> None:
    head = copy.deepcopy(ORDERS)
    edit(head)
    changes, told, doubts = judged(ORDERS, reordered(head))
    assert (told, doubts) == ([], [])
    assert edit is optional_things or changes == 0
    if edit is not optional_things:
        assert judged(reordered(head), ORDERS) == (0, [], [])
