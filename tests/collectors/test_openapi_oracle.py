"""What openapi-spec-validator refuses is refused, not understood, or a mistake on which no fact depends."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from builders.artefacts import collect, fixture
from gatekeeper.collectors.openapi import read as openapi
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Absent, Unreadable

HARMLESS = (
    "'(description|info|title|version|schema)' is a required property",  # the fact on the version is null
    "Path parameter .* was not resolved",
    "None is not of type 'string'",  # a title or a version
)
"""Mistakes after which facts may differ, and still say what the document says."""
VALUES: Mapping[str, Any] = {
    "null": None,
    "list": [],
    "object": {},
    "number": 5,
    "text": "no",
    "lost": {"$ref": "#/no"},
}


def document(version: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(fixture("openapi", "orders.json"))
    if version.startswith("3.0"):
        # OpenAPI 3.0 has no lists of types.
        whole = json.loads(json.dumps(whole).replace('["string", "null"]', '"string"'))
    return {**whole, "openapi": version}


def damaged(value: Any) -> Iterator[Any]:
    """Every copy of a document in which one part is missing, renamed, disabled or another value."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        if isinstance(value, dict):
            yield {name: inner for name, inner in value.items() if name != key}
            for renamed in (f"{key}z", f"x-{key}", str(key).upper()):
                if renamed not in value:
                    yield {renamed if name == key else name: inner for name, inner in value.items()}
        for other in VALUES.values():
            copy = value.copy()
            copy[key] = other
            yield copy
        for inner in damaged(value[key]) if isinstance(value[key], dict | list) else ():
            copy = value.copy()
            copy[key] = inner
            yield copy


def refusal(whole: dict[str, Any]) -> str | None:
    """The first thing that the oracle finds wrong."""
    of_3_0 = str(whole.get("openapi")).startswith("3.0")
    validator = OpenAPIV30SpecValidator if of_3_0 else OpenAPIV31SpecValidator
    try:
        error = next(iter(validator(whole).iter_errors()), None)
        within = [inner.message for inner in getattr(error, "context", None) or ()]
        return None if error is None else " | ".join([str(getattr(error, "message", error)), *within])
    except Exception as error:  # noqa: BLE001 - it crashes on a reference that leads nowhere
        return repr(error)


def known(whole: dict[str, Any]) -> dict[str, Any] | None:
    """What is read of a document, without places; None if it is refused or anything was not understood."""
    try:
        collected = collect(openapi, json.dumps(whole))
    except (Absent, Unreadable):
        return None
    if any(origin.not_understood for origin in collected.origins):
        return None
    found = without_touched(collected)._asdict()
    return {
        name: [getattr(one, "message", one) for one in v] if isinstance(v, tuple) else v
        for name, v in found.items()
    }


@pytest.mark.long
@pytest.mark.parametrize("version", ["3.0.4", "3.1.1"])
def test_whatever_the_oracle_refuses_is_not_answered(version: str) -> None:
    whole = document(version)
    assert refusal(whole) is None
    read, refused, wrong = known(whole), 0, []
    assert read is not None
    for copy in damaged(whole):
        found = known(copy)
        # The same facts: the mistake is in a place on which none depends.
        if found is not None and found != read and (why := refusal(copy)) is not None:
            refused += 1
            differs = {name: value for name, value in found.items() if value != read[name]}
            # A header without a schema promises no value: a flaw, and nothing that passes.
            is_flaw = differs.keys() == {"throttled_without_headers"} and differs["throttled_without_headers"]
            if not is_flaw and not any(re.search(harmless, why) for harmless in HARMLESS):
                wrong.append((why, differs))
    assert refused > 10
    assert wrong == []
