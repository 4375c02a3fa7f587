"""Changes of an API: what oasdiff wrote, and the comparison of two descriptions."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.artefacts import SAMPLES, collect, facts, fixture, needs_samples, outcome, short, tree
from builders.json_values import JSON_VALUES, containers
from gatekeeper.collectors.api_diff import read as api_diff
from gatekeeper.collectors.api_diff.facts import ApiDiffFacts
from gatekeeper.model.evidence import Absent, Collected, Finding, Unreadable


def change(level: Any, **more: Any) -> dict[str, Any]:
    return {"id": "some-check", "text": "something changed", "level": level, **more}


def test_changelog() -> None:
    collected = collect(api_diff, fixture("api_diff", "changelog.json"))
    assert (collected.format, collected.produced_at) == ("oasdiff", None)
    assert collected.facts == ApiDiffFacts(
        changes=3,
        breaking=(
            Finding(
                "DELETE /orders/{id}: api removed without deprecation [api-removed-without-deprecation]",
                "base/openapi.yaml",
                42,
            ),
            Finding(
                "GET /orders: deleted the `query` request parameter `expand` [request-parameter-removed]",
                "head/openapi.yaml",
                15,
            ),
        ),
    )


def test_before_1_6_the_levels_were_others() -> None:
    found = facts(api_diff, fixture("api_diff", "old.json"))
    assert found.changes == 2
    assert [finding.file for finding in found.breaking] == ["head/openapi.yaml"] * 2


OLD_WARNING = {"id": "request-parameter-removed"}


@pytest.mark.parametrize(
    ("report", "changes", "breaking"),
    [
        ([], 0, 0),
        ({"changes": [], "diff_empty": True}, 0, 0),
        ({"changes": [], "diff_empty": False}, 0, 0),
        ([change(3), change(2), change(1)], 3, 2),
        ({"changes": [change(3), change(1)], "diff_empty": False}, 2, 1),
        ([change(0), change(1)], 2, 2),
        ([change(0)], 1, 1),
        ([change(1)], 1, 0),
        ([change(1, **OLD_WARNING), change(1)], 2, 2),
        ([change(1, **OLD_WARNING, section="paths")], 1, 0),
        ([change(1, **OLD_WARNING), change(2)], 2, 1),
        ({"changes": [change(1, **OLD_WARNING)]}, 1, 0),
        ([{"level": 3, "id": "only-an-id"}], 1, 1),
    ],
    ids=short,
)
def test_levels(report: Any, changes: int, breaking: int) -> None:
    found = facts(api_diff, json.dumps(report))
    assert (found.changes, len(found.breaking)) == (changes, breaking)


@pytest.mark.parametrize(
    ("entry", "finding"),
    [
        (change(3), Finding("something changed [some-check]", "report-0", 1, "/0")),
        (
            change(3, operation="GET", path="/a"),
            Finding("GET /a: something changed [some-check]", "report-0", 1, "/0"),
        ),
        (change(3, source="a.yaml"), Finding("something changed [some-check]", "a.yaml")),
        (change(3, baseSource={"file": "b.yaml"}), Finding("something changed [some-check]", "b.yaml")),
        (
            change(3, baseSource={"file": "b.yaml", "line": 0}, revisionSource={"line": 3}),
            Finding("something changed [some-check]", "b.yaml"),
        ),
        ({"level": 2, "text": "two\nlines"}, Finding("two lines", "report-0", 1, "/0")),
    ],
    ids=short,
)
def test_where_a_change_is(entry: dict[str, Any], finding: Finding) -> None:
    assert facts(api_diff, json.dumps([entry])).breaking == (finding,)


def test_the_report_may_be_yaml() -> None:
    text = "changes:\n  - id: a\n    level: 3\n  - id: b\n    level: 1\n"
    assert facts(api_diff, text) == (2, (Finding("a", "report-0", 2, "/changes/0"),))


def test_reports_are_merged_each_with_its_own_levels() -> None:
    files = {"a.json": json.dumps([change(0), change(1)]), "b.json": json.dumps([change(1)]), "c.json": "[]"}
    found = api_diff.collect(tree(files), {}).facts
    assert (found.changes, len(found.breaking or ())) == (3, 2)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("{}", "unreadable: report-0: the JSON has no supported format"),
        ('{"paths": {"deleted": ["/a"]}}', "unreadable: report-0: the JSON has no supported format"),
        ("all good", "unreadable: report-0: the file has no supported format"),
        ("null", "unreadable: report-0: "),
        ('{"changes": null}', "unreadable: report-0: the JSON has no"),
        ('{"changes": null, "diff_empty": true}', "unreadable: report-0: changes is missing, not a list"),
        ('{"changes": {}}', "unreadable: report-0: the JSON has no"),
        ("[3]", "unreadable: report-0: the JSON has no"),
        (json.dumps([{"id": "a"}]), "unreadable: report-0: the JSON has no"),
        ('[{"level": 3}]', "unreadable: report-0: the JSON has no"),
        (
            json.dumps([change(3, source={"file": "a"})]),
            "unreadable: report-0: change 1 is a finding of `oasdiff v",
        ),
        (json.dumps([change(0), change(3)]), "unreadable: report-0: its levels are of different releases of"),
        (
            json.dumps({"changes": [change(1)], "diff_empty": True}),
            "unreadable: report-0: it lists changes and has",
        ),
        ('[{"level": 1e999, "id": "a"}]', "unreadable: report-0: "),
        ('[{"level": 3', "unreadable: report-0: line 1: not JSON"),
        ("[]".encode("utf-16-le"), "unreadable: report-0: "),
        ("[" * 5_000, "unreadable: report-0: "),
        (
            '{"openapi": "3.1.0", "paths": {}}',
            "unreadable: reports: two OpenAPI descriptions are compared, and there are 1",
        ),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: str | bytes, expected: str) -> None:
    assert outcome(api_diff, report).startswith(expected)


def doubts(collected: Collected[Any]) -> list[str]:
    """What was not understood, where it touches `breaking`."""
    places = [place for origin in collected.origins for place in origin.not_understood]
    assert all("breaking" in place.touches for place in places)
    return [place.place.message for place in places]


@pytest.mark.parametrize("level", ["3", True, 4, 2.5, None, [], {}], ids=short)
def test_an_unknown_level_is_not_understood(level: Any) -> None:
    collected = collect(api_diff, json.dumps([change(3), change(level)]))
    assert (collected.facts.changes, len(collected.facts.breaking)) == (2, 1)
    [doubt] = doubts(collected)
    assert doubt.startswith("something changed [some-check]: its level is ")


@pytest.mark.parametrize("id_", [[], {}, 3, None, True], ids=short)
def test_an_id_may_be_any_value(id_: Any) -> None:
    assert facts(api_diff, json.dumps([{"text": "a", "level": 1, "id": id_}])) == (1, ())


# --- two descriptions


def api(paths: dict[str, Any], version: str = "3.1.0", **components: Any) -> dict[str, Any]:
    return {"openapi": version, "paths": paths, "components": components}


def compared(base: Mapping[str, Any], head: Mapping[str, Any]) -> ApiDiffFacts:
    files = {"base.json": json.dumps(base), "head.json": json.dumps(head)}
    collected = api_diff.collect(tree(files, "api"), {})
    assert collected.format == "openapi-comparison"
    assert isinstance(collected.facts, ApiDiffFacts)
    return collected.facts


def broken(base: Mapping[str, Any], head: Mapping[str, Any]) -> list[str]:
    """The breaking changes, by the names of their checks."""
    breaking = compared(base, head).breaking or ()
    return [finding.message.rpartition("[")[2].removesuffix("]") for finding in breaking]


def parameter(name: str = "q", where: str = "query", required: bool = False, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": schema}


def get(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {"/a": {"get": {"parameters": list(parameters)}}}


@pytest.mark.parametrize(
    ("base", "head", "changes", "breaking"),
    [
        ({"/a": {"get": {}}}, {"/a": {"get": {}}}, 0, []),
        ({"/a": {"get": {}, "put": {}}}, {"/a": {"get": {}}}, 1, ["api-removed"]),
        ({"/a": {"get": {}}, "/b": {"get": {}}}, {"/a": {"get": {}}}, 1, ["api-path-removed"]),
        ({"/a": {"get": {}}}, {"/b": {"get": {}}}, 2, ["api-path-removed"]),
        ({"/a": {"get": {}}}, {"/a": {"get": {}, "post": {}}}, 1, []),
        ({"/a/{id}": {"get": {}}}, {"/a/{key}": {"get": {}}}, 0, []),
        (
            {"/a/{id}": {"get": {"parameters": [parameter("id", "path", True, type="integer")]}}},
            {"/a/{key}": {"get": {"parameters": [parameter("key", "path", True, type="boolean")]}}},
            1,
            ["request-parameter-type-changed"],
        ),
        (get(parameter()), get(), 1, ["request-parameter-removed"]),
        (get(parameter("q")), get(parameter("query")), 2, ["request-parameter-removed"]),
        (get(), get(parameter()), 1, []),
        (get(), get(parameter(required=True)), 1, ["new-required-request-parameter"]),
        (get(parameter()), get(parameter(required=True)), 1, ["request-parameter-became-required"]),
        (get(parameter(required=True)), get(parameter()), 1, []),
        (get(parameter("X-A", "header")), get(parameter("x-a", "header")), 0, []),
        (get(parameter(where="query")), get(parameter(where="header")), 2, ["request-parameter-removed"]),
        ({"/a": {"get": {}, "parameters": [parameter()]}}, get(parameter()), 0, []),
    ],
    ids=short,
)
def test_operations_and_parameters(
    base: dict[str, Any], head: dict[str, Any], changes: int, breaking: list[str]
) -> None:
    assert broken(api(base), api(head)) == breaking
    assert compared(api(base), api(head)).changes == changes


def post(body: dict[str, Any] | None) -> dict[str, Any]:
    return api({"/a": {"post": {} if body is None else {"requestBody": body}}})


JSON: dict[str, Any] = {"application/json": {}}
XML: dict[str, Any] = {"application/xml": {}}


@pytest.mark.parametrize(
    ("base", "head", "breaking"),
    [
        (None, {"content": JSON}, []),
        (None, {"content": JSON, "required": True}, ["request-body-added-required"]),
        ({"content": JSON}, None, ["request-body-removed"]),
        ({"content": JSON}, {"content": JSON, "required": True}, ["request-body-became-required"]),
        ({"content": JSON, "required": True}, {"content": JSON}, []),
        ({"content": JSON | XML}, {"content": JSON}, ["request-body-media-type-removed"]),
        ({"content": JSON | XML}, {"content": {"*/*": {}}}, []),
        ({"content": JSON}, {"content": {"Application/JSON; charset=utf-8": {}, **XML}}, []),
    ],
    ids=short,
)
def test_request_bodies(base: dict[str, Any], head: dict[str, Any], breaking: list[str]) -> None:
    assert broken(post(base), post(head)) == breaking


def answer(**responses: Any) -> dict[str, Any]:
    return api(
        {"/a": {"get": {"responses": {code.removeprefix("_"): value for code, value in responses.items()}}}}
    )


@pytest.mark.parametrize(
    ("base", "head", "breaking"),
    [
        (answer(_200={}, _201={}), answer(_200={}), ["response-success-status-removed"]),
        (answer(_200={}, _404={}), answer(_200={}), []),
        (answer(_200={}), answer(_200={}, _202={}, _404={}), []),
        (answer(_200={}), answer(_2XX={}), []),
        (
            answer(_200={"content": JSON | XML}),
            answer(_200={"content": JSON}),
            ["response-body-media-type-removed"],
        ),
        (answer(_200={"content": JSON}), answer(_200={"content": JSON | XML}), []),
        (answer(_200={"headers": {"ETag": {}}}), answer(_200={"headers": {"etag": {}}}), []),
        (answer(_200={"headers": {"ETag": {}}}), answer(_200={}), ["optional-response-header-removed"]),
        (
            answer(_200={"headers": {"ETag": {"required": True}}}),
            answer(_200={"headers": {"ETag": {"schema": {"type": "string"}}}}),
            ["response-header-became-optional"],
        ),
        (
            answer(_200={"headers": {"A": {"schema": {"type": "integer"}}}}),
            answer(_200={"headers": {"A": {"schema": {"type": "string"}}}}),
            ["response-header-type-changed"],
        ),
    ],
    ids=short,
)
def test_responses(base: dict[str, Any], head: dict[str, Any], breaking: list[str]) -> None:
    assert broken(base, head) == breaking


def both_ways(schema: dict[str, Any], version: str = "3.1.0", **schemas: Any) -> dict[str, Any]:
    """A description that takes what the schema describes, and one more that returns it."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {"requestBody": content, "responses": {"200": content}}
    return api({"/a": {"post": operation}}, version, schemas=schemas)


def names(*properties: str, required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in properties} | more,
        "required": list(required),
    }


def test_what_is_required_without_being_defined_is_listed_by_name() -> None:
    found = compared(both_ways(names()), both_ways(names(required=tuple("hgfedcba"))))
    messages = [finding.message for finding in found.breaking or ()]
    assert len(messages) == 8
    assert messages == sorted(messages)


A, B = {"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}


@pytest.mark.parametrize(
    ("base", "head", "request_broken", "response_broken"),
    [
        (names("a"), names("a"), [], []),
        (names("a", "b"), names("a"), ["request-property-removed"], ["response-optional-property-removed"]),
        (
            names("a", required=("a",)),
            names("b"),
            ["request-property-removed"],
            ["response-required-property-removed"],
        ),
        (names("a"), names("a", "b"), [], []),
        (names("a"), names("a", "b", required=("b",)), ["new-required-request-property"], []),
        (names("a"), names("a", required=("a",)), ["request-property-became-required"], []),
        (names("a"), names("a", required=("b",)), ["new-required-request-property"], []),
        (names("a", required=("a",)), names("a"), [], ["response-property-became-optional"]),
        (names("a"), names("a", b={"readOnly": True}, required=("b",)), [], []),
        (names("a", b={"readOnly": True}), names("a"), [], ["response-optional-property-removed"]),
        (names("a", b={"writeOnly": True}), names("a"), ["request-property-removed"], []),
        (
            {"type": "string"},
            {"type": "integer"},
            ["request-body-type-changed"],
            ["response-body-type-changed"],
        ),
        ({"type": "integer"}, {"type": "number"}, [], ["response-body-type-changed"]),
        ({"type": "number"}, {"type": "integer"}, ["request-body-type-changed"], []),
        ({}, {"type": "string"}, ["request-body-type-changed"], []),
        ({"type": "string"}, {}, [], ["response-body-type-changed"]),
        ({"type": "string"}, {"type": ["string", "null"]}, [], ["response-body-became-nullable"]),
        ({"type": ["string", "null"]}, {"type": "string"}, ["request-body-became-not-nullable"], []),
        (
            {"type": "string"},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            [],
            ["response-body-became-nullable"],
        ),
        ({"type": ["string", "null"]}, {"oneOf": [{"type": "null"}, {"type": "string"}]}, [], []),
        (
            {"properties": {"a": {}}},
            {"type": "object", "properties": {"a": {}}},
            ["request-body-type-changed"],
            [],
        ),
        ({"enum": ["x"]}, {"type": "string", "enum": ["x"]}, [], []),
        (
            {"format": "date"},
            {"format": "uuid"},
            ["request-body-type-changed"],
            ["response-body-type-changed"],
        ),
        ({"format": "int32"}, {"format": "int64"}, [], ["response-body-type-changed"]),
        ({"format": "int64"}, {"format": "int32"}, ["request-body-type-changed"], []),
        ({}, {"format": "date"}, ["request-body-type-changed"], []),
        ({"enum": ["x", "y"]}, {"enum": ["x"]}, ["request-body-enum-value-removed"], []),
        ({"enum": ["x"]}, {"enum": ["x", "y"]}, [], ["response-body-enum-value-added"]),
        ({"const": 1}, {"const": 2}, ["request-body-enum-value-removed"], ["response-body-enum-value-added"]),
        ({"type": "string"}, {"type": "string", "enum": ["x"]}, ["request-body-became-enum"], []),
        ({"type": "string", "enum": ["x"]}, {"type": "string"}, [], ["response-body-enum-removed"]),
        ({"maxLength": 9}, {"maxLength": 5}, ["request-body-max-length-changed"], []),
        ({"maxLength": 5}, {"maxLength": 9}, [], ["response-body-max-length-changed"]),
        ({"minimum": 1}, {"minimum": 2}, ["request-body-minimum-changed"], []),
        ({}, {"maxItems": 2}, ["request-body-max-items-changed"], []),
        ({"maxItems": 2}, {}, [], ["response-body-max-items-changed"]),
        ({"pattern": "a"}, {"pattern": "b"}, ["request-body-pattern-changed"], []),
        ({"pattern": "a"}, {}, [], ["response-body-pattern-changed"]),
        (
            {"items": {"type": "string"}},
            {"items": {"type": "boolean"}},
            ["request-property-type-changed"],
            ["response-property-type-changed"],
        ),
        (
            {"additionalProperties": {"type": "string"}},
            {"additionalProperties": {"type": "number"}},
            ["request-property-type-changed"],
            ["response-property-type-changed"],
        ),
        ({"allOf": [names("a"), names("b")]}, names("a", "b"), [], []),
        (
            {"allOf": [names("a"), names("b")]},
            names("a"),
            ["request-property-removed"],
            ["response-optional-property-removed"],
        ),
        ({"oneOf": [A, B]}, {"oneOf": [B, A]}, [], []),
        (
            {"oneOf": [A, B]},
            {"oneOf": [A, {"title": "C", "type": "array"}]},
            ["request-body-one-of-removed"],
            ["response-body-one-of-added"],
        ),
        (A, {"oneOf": [A, B]}, ["request-body-wrapped-in-one-of"], ["response-body-wrapped-in-one-of"]),
        ({"oneOf": [A, B]}, A, ["request-body-type-changed"], []),
        (
            {"oneOf": [A, B]},
            {"$ref": "#/components/schemas/C"},
            ["request-body-type-changed"],
            ["response-body-one-of-removed"],
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
            ["request-property-type-changed"],
            ["response-property-type-changed"],
        ),
    ],
    ids=short,
)
def test_schemas(
    base: dict[str, Any], head: dict[str, Any], request_broken: list[str], response_broken: list[str]
) -> None:
    schemas: dict[str, Any] = {"A": {"type": "string"}, "B": {"type": "integer"}, "C": {"type": "boolean"}}
    assert broken(both_ways(base, **schemas), both_ways(head, **schemas)) == request_broken + response_broken


def test_nullable_of_3_0() -> None:
    base, head = {"type": "string", "nullable": True}, {"type": "string"}
    assert broken(both_ways(base, "3.0.3"), both_ways(head, "3.0.3")) == ["request-body-became-not-nullable"]
    assert broken(both_ways(base, "3.0.3"), both_ways({"type": ["string", "null"]})) == []


def test_no_schema_allows_anything() -> None:
    without, with_ = {"content": JSON}, {"content": {"application/json": {"schema": {"type": "string"}}}}
    assert broken(post(without), post(with_)) == ["request-body-type-changed"]
    assert broken(answer(_200=with_), answer(_200=without)) == ["response-body-type-changed"]
    assert broken(post(with_), post(without)) == []


def test_a_change_is_told_once_and_where_it_stands() -> None:
    def described(order: dict[str, Any]) -> dict[str, Any]:
        content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}
        return api(
            {f"/{name}": {"get": {"responses": {"200": content}}} for name in "ab"},
            schemas={"Order": order, "Address": {"properties": {"city": order["x-city"]}}},
        )

    address = {
        "address": {"$ref": "#/components/schemas/Address"},
        "next": {"$ref": "#/components/schemas/Order"},
    }
    base = described({"properties": {**address, "note": {}}, "x-city": {"type": "string"}})
    head = described({"properties": address, "x-city": {"type": "integer"}})
    assert compared(base, head) == ApiDiffFacts(
        2,
        (
            Finding(
                "GET /a: removed the property 'Order/note' of the response 200 [response-optional-property-removed]",
                "base.json",
                1,
                "/components/schemas/Order/properties/note",
            ),
            Finding(
                "GET /a: the property 'Address/city' of the response 200 changed its type from string to integer "
                "[response-property-type-changed]",
                "head.json",
                1,
                "/components/schemas/Address/properties/city/type",
            ),
        ),
    )


def test_shared_parameters_and_responses_are_compared_once() -> None:
    def described(required: bool, status: dict[str, Any]) -> dict[str, Any]:
        operation = {
            "parameters": [{"$ref": "#/components/parameters/P"}],
            "responses": {"200": {"$ref": "#/components/responses/R"}},
        }
        return api(
            {"/a": {"get": operation}, "/b": {"get": operation}},
            parameters={"P": parameter(required=required)},
            responses={"R": {"headers": status}},
        )

    assert broken(described(False, {"A": {}}), described(True, {})) == [
        "request-parameter-became-required",
        "optional-response-header-removed",
    ]


def nested(levels: int, leaf: str) -> dict[str, Any]:
    """Schemas that refer to the next, many more than Python could descend."""
    schemas: dict[str, Any] = {
        f"S{n}": {"properties": {"next": {"$ref": f"#/components/schemas/S{n + 1}"}}} for n in range(levels)
    }
    schemas[f"S{levels}"] = {"type": leaf}
    return both_ways({"$ref": "#/components/schemas/S0"}, **schemas)


@pytest.mark.long
def test_cycles_and_depth_end() -> None:
    cyclic = both_ways(A, A={"properties": {"a": A, "b": B}}, B={"allOf": [B, A], "oneOf": [B]})
    assert broken(cyclic, cyclic) == []
    assert broken(nested(3_000, "string"), nested(3_000, "integer")) == [
        "request-property-type-changed",
        "response-property-type-changed",
    ]


SAME = json.dumps(api({"/a": {"get": {}}}))
LESS = json.dumps(api({}))


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ("base.json", "head.json"),
        ("api-old.yaml", "api-new.yaml"),
        ("previous/openapi.json", "current/openapi.json"),
        ("before.yml", "after.yml"),
        ("base/openapi.json", "revision/openapi.json"),
        ("new-shop/openapi.base.json", "new-shop/openapi.head.json"),
    ],
)
def test_names_tell_which_is_earlier(base: str, head: str) -> None:
    found = api_diff.collect(tree({base: SAME, head: LESS}), {}).facts
    assert [finding.file for finding in found.breaking or ()] == [base]
    assert api_diff.collect(tree({base: LESS, head: SAME}), {}).facts.breaking == ()


def test_each_description_may_have_files_of_its_own() -> None:
    root = "openapi: 3.1.0\npaths:\n  /a: {$ref: a.yaml}\n"
    files = {
        "base/openapi.yaml": root,
        "base/a.yaml": "get: {}\nput: {}\n",
        "head/openapi.yaml": root,
        "head/a.yaml": "get: {}\n",
    }
    assert api_diff.collect(tree(files), {}).facts == (
        1,
        (Finding("PUT /a: removed [api-removed]", "base/a.yaml", 2, "/put"),),
    )


@pytest.mark.parametrize(
    ("files", "error", "told"),
    [
        (
            {"a.json": SAME, "b.json": SAME},
            Unreadable,
            "src: the names do not show which description is the earlier version",
        ),
        ({"base.json": SAME, "old.json": SAME}, Unreadable, "src: the names do not show which"),
        (
            {"base-head.json": SAME, "x.json": SAME},
            Unreadable,
            "src: the names do not show which",
        ),
        ({"news.json": SAME, "olds.json": SAME}, Unreadable, "src: the names do not show which"),
        (
            {"base.json": SAME, "b.md": ""},
            Unreadable,
            "src: two OpenAPI descriptions are compared, and there are 1",
        ),
        (
            dict.fromkeys(["base.json", "head.json", "x.json"], SAME),
            Unreadable,
            "src: two OpenAPI descriptions are compared, and there are 3",
        ),
        ({"base.json": SAME, "head.json": '{"swagger": "2.0"}'}, Unreadable, "head.json: Swagger '2.0'"),
        ({"base.json": SAME, "head.json": "{"}, Unreadable, "head.json: line 1: not JSON"),
        ({"a.json": "[]", "b.json": "{}"}, Unreadable, "b.json: the JSON has no supported format"),
        ({"a.json": "", "b.json": " "}, Absent, "src: its files are empty"),
    ],
    ids=short,
)
def test_what_cannot_be_compared(files: dict[str, str], error: type[Exception], told: str) -> None:
    with pytest.raises(error) as caught:
        api_diff.collect(tree(files), {})
    assert str(caught.value).startswith(told)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(st.data(), JSON_VALUES)
def test_any_value_anywhere(data: st.DataObject, value: Any) -> None:
    base = json.loads(fixture("openapi", "orders.json"))
    head = json.loads(fixture("openapi", "orders.json"))
    container = data.draw(st.sampled_from(list(containers(head))))
    keys = list(container) if isinstance(container, dict) else range(len(container))
    container[data.draw(st.sampled_from(keys))] = value
    for files in ({"old": base, "new": head}, {"old": head, "new": base}):
        texts: dict[str, bytes | str] = {f"{name}.json": json.dumps(text) for name, text in files.items()}
        try:
            found = api_diff.collect(tree(texts), {}).facts
        except Unreadable as reason:
            assert "\n" not in str(reason)
        else:
            assert len(found.breaking or ()) <= (found.changes or 0)


@needs_samples
def test_samples() -> None:
    assert facts(api_diff, (SAMPLES / "oasdiff/unit-basesource.json").read_bytes()) == ApiDiffFacts(
        1, (Finding("GET /test: This is a breaking change. [change_id]", "base.yaml", 10),)
    )
    assert facts(api_diff, (SAMPLES / "oasdiff/unit-empty.json").read_bytes()) == ApiDiffFacts(0, ())


@needs_samples
@pytest.mark.parametrize(
    "sample", ["open-payments-resource-server", "formance-ledger-v3", "chainloop-3.1-min"]
)
def test_nothing_changes_between_a_sample_and_itself(sample: str) -> None:
    data = (SAMPLES / f"openapi/{sample}.yaml").read_bytes()
    assert api_diff.collect(tree({"base.yaml": data, "head.yaml": data}), {}).facts == ApiDiffFacts(0, ())


@needs_samples
def test_a_sample_with_one_property_become_optional() -> None:
    data = (SAMPLES / "openapi/chainloop-3.1-min.yaml").read_bytes()
    found = api_diff.collect(
        tree({"base.yaml": data, "head.yaml": data.replace(b"        - title\n", b"")}), {}
    )
    assert found.facts.breaking == (
        Finding(
            "GET /books: the property 'Book/title' of the response 200 became optional "
            "[response-property-became-optional]",
            "head.yaml",
            29,
            "/components/schemas/Book/properties/title",
        ),
    )
