"""What the comparison of schemas must never overlook, checked by the library jsonschema."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from builders.artefacts import tree
from gatekeeper.collectors.api_diff import read as api_diff

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.sampled_from([None, True, False, 0, 1, 2, 3, 1.5, "", "a", "ab", "abc"])
INSTANCES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
SMALL = st.integers(0, 3)
KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
    "enum": st.lists(SCALARS, min_size=1, max_size=3),
    "const": SCALARS,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), SMALL),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), SMALL),
    **dict.fromkeys(("minProperties", "maxProperties"), SMALL),
    "multipleOf": st.sampled_from([1, 2, 0.5]),
    "pattern": st.sampled_from(["a", "^a", "b$", ".*"]),
    "uniqueItems": st.booleans(),
    "required": st.lists(NAMES, max_size=2, unique=True),
    "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
    "minContains": SMALL,
    "maxContains": SMALL,
}
WITH_SCHEMA = (
    "items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
WITH_SCHEMAS = ("anyOf", "oneOf", "allOf", "prefixItems")
WITH_NAMED = ("properties", "dependentSchemas", "patternProperties")
HERE = ("anyOf", "oneOf", "allOf", "then", "else", "dependentSchemas")


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keywords = KEYWORDS | dict.fromkeys(WITH_SCHEMA, inner)
    keywords |= dict.fromkeys(WITH_SCHEMAS, st.lists(inner, min_size=1, max_size=3))
    keywords |= dict.fromkeys(("properties", "dependentSchemas"), st.dictionaries(NAMES, inner, max_size=2))
    keywords["patternProperties"] = st.dictionaries(st.sampled_from(["a", "^b"]), inner, max_size=1)
    return st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({key: keywords[key] for key in chosen})
    )


LEAVES = st.booleans() | st.fixed_dictionaries(
    {}, optional={k: KEYWORDS[k] for k in ("type", "enum", "maximum", "minLength", "required")}
)
SCHEMAS = st.recursive(LEAVES, combined, max_leaves=6)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """A schema and one that differs from it a little, or altogether."""
    base = draw(SCHEMAS)
    head = json.loads(json.dumps(base))
    if isinstance(head, dict) and draw(st.booleans()):
        for _ in range(draw(st.integers(1, 2))):
            owner = draw(st.sampled_from(list(objects(head))))
            changed = draw(combined(LEAVES))
            if draw(st.booleans()) and owner:
                del owner[draw(st.sampled_from(sorted(owner)))]
            owner |= changed
        return base, head
    return base, draw(SCHEMAS)


def objects(schema: Any) -> Any:
    """Yield the schemas in a schema, itself first."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in WITH_SCHEMA:
        yield from objects(schema.get(key))
    for key in WITH_SCHEMAS:
        for one in schema.get(key, []):
            yield from objects(one)
    for key in WITH_NAMED:
        for one in schema.get(key, {}).values():
            yield from objects(one)


def closed(schema: Any, *, here: bool = False) -> Any:
    """Return the schema for those who send only what it mentions: no properties that it says nothing of."""
    if not isinstance(schema, dict):
        return schema
    found = dict(schema)
    for key in WITH_SCHEMA:
        if key in found and key not in ("not", "if", "propertyNames"):
            found[key] = closed(found[key], here=key in HERE)
    for key in WITH_SCHEMAS:
        if key in found:
            found[key] = [closed(one, here=key in HERE) for one in found[key]]
    for key in WITH_NAMED:
        if key in found:
            found[key] = {name: closed(one, here=key in HERE) for name, one in found[key].items()}
    if found.get("additionalProperties") in (True, {}) and found.get("additionalProperties") != 1:
        del found["additionalProperties"]
    if not here and found.get("unevaluatedProperties", True) in (True, {}):
        found["unevaluatedProperties"] = False
    return found


def both_ways(schema: Any) -> str:
    content = {"content": {"application/json": {"schema": schema}}}
    request = {"post": {"requestBody": content, "responses": {"204": {"description": "none"}}}}
    response = {"get": {"responses": {"200": {"description": "one", **content}}}}
    return json.dumps({"openapi": "3.1.0", "paths": {"/a": request, "/b": response}})


def verdicts(base: Any, head: Any) -> tuple[bool, bool]:
    """Return whether the request and the response are safe, with certainty."""
    files: dict[str, bytes | str] = {"base.json": both_ways(base), "head.json": both_ways(head)}
    collected = api_diff.collect(tree(files), {})
    doubts = [place.place.message for origin in collected.origins for place in origin.not_understood]
    told = [finding.message for finding in collected.facts.breaking or ()] + doubts
    return not any("POST /a" in one for one in told), not any("GET /b" in one for one in told)


def accepts(schema: Any, value: Any) -> bool:
    return Draft202012Validator(schema).is_valid(value)


def check(base: Any, head: Any, values: list[Any]) -> None:
    request, response = verdicts(base, head)
    for value in values:
        if request and accepts(closed(base), value):
            assert accepts(head, value), f"the request {value} was accepted"
        if response and accepts(closed(head), value):
            assert accepts(base, value), f"the response {value} was not possible"


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs(), st.lists(INSTANCES, min_size=20, max_size=40))
@example(
    ({"anyOf": [{"properties": {"a": {"type": "string"}}}]}, {"properties": {"a": {"type": "integer"}}}),
    [{"a": ""}],
)
def test_what_was_valid_and_is_not_any_more_is_breaking_or_not_understood(
    schemas: tuple[Any, Any], values: list[Any]
) -> None:
    check(*schemas, values)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs(), st.lists(INSTANCES, min_size=20, max_size=40))
def test_it_is_so_for_many_schemas(schemas: tuple[Any, Any], values: list[Any]) -> None:
    check(*schemas, values)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS)
def test_a_schema_does_not_differ_from_itself(schema: Any) -> None:
    files: dict[str, bytes | str] = {"base.json": both_ways(schema), "head.json": both_ways(schema)}
    collected = api_diff.collect(tree(files), {})
    assert collected.facts == (0, ())
    assert not any(origin.not_understood for origin in collected.origins)
