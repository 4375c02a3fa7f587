"""Statements: the rules of in-toto and of the verification summary, each broken once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.attested import statement, text
from gatekeeper.attested import Unverified
from gatekeeper.attested.statement import flaws, read


def without(field: str) -> dict[str, Any]:
    found = statement()
    del found["predicate"][field]
    return found


def test_a_whole_statement_has_no_flaw() -> None:
    assert list(flaws(statement())) == []
    assert read(text(statement()).encode()) == statement()


def test_unknown_fields_are_passed_over_and_optional_ones_may_lack() -> None:
    more = {**statement(**{"https://example.org/x": 1, "slsaVersion": "1.0"}), "later": True}
    assert list(flaws(more)) == []
    assert list(flaws(without("inputAttestations"))) == []


def deployment(resource: object = "pkg:oci/shop?repository_url=shop", **details: Any) -> dict[str, Any]:
    named = {"service": "shop", "destination": "production", "may_ship": True, **details}
    levels = ["GATEKEEPER_SHIPS_TO:production"]
    return statement(resourceUri=resource, verifiedLevels=levels, **{"gatekeeper:shipping/v1": named})


def test_a_statement_on_a_deployment_has_no_flaw() -> None:
    assert list(flaws(deployment())) == []
    assert list(flaws(deployment("gatekeeper:service/shop"))) == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({**statement(), "_type": "https://in-toto.io/Statement/v0.1"}, "its _type is"),
        ({**statement(), "predicateType": "https://slsa.dev/provenance/v1"}, "its predicateType is"),
        ({**statement(), "subject": []}, "it needs at least one subject"),
        ({**statement(), "subject": [{"name": "x"}]}, "it needs at least one subject"),
        ({**statement(), "subject": [{"digest": {}}]}, "it needs at least one subject"),
        ({**statement(), "subject": [{"digest": {"sha256": "xyz"}}]}, "it needs at least one subject"),
        ({**statement(), "subject": {"digest": {"sha256": "ab" * 32}}}, "it needs at least one subject"),
        ({**statement(), "predicate": None}, "it has no predicate"),
        (without("verifier"), "its verifier is not"),
        (statement(verifier={"id": "https://example.org/other"}), "its verifier is not"),
        (without("policy"), "its policy has no uri"),
        (statement(policy={"uri": "no uri"}), "its policy has no uri"),
        (statement(policy={"uri": "a:b", "digest": []}), "the digest of its policy is invalid"),
        (without("timeVerified"), "its timeVerified is not a timestamp"),
        (statement(timeVerified="2026-11-20"), "its timeVerified is not a timestamp"),
        (without("resourceUri"), "its resourceUri names no milestone"),
        (statement(resourceUri="https://example.org/M1"), "its resourceUri names no milestone"),
        (deployment("no uri"), "its resourceUri is not a URI"),
        (deployment(1), "its resourceUri is not a URI"),
        (deployment(destination=None), "it names no service and destination"),
        (deployment(service=["shop"]), "it names no service and destination"),
        (statement(resourceUri="a:b", **{"gatekeeper:shipping/v1": "x"}), "it names no service and"),
        (statement(verificationResult="passed"), "its verificationResult is 'passed'"),
        (without("verificationResult"), "its verificationResult is None"),
        (without("verifiedLevels"), "its verifiedLevels must be a list"),
        (statement(verifiedLevels=[1]), "its verifiedLevels must be a list"),
        (statement(verifiedLevels=["FAILED"]), "its verifiedLevels contradict"),
        (statement(verificationResult="FAILED"), "its verifiedLevels contradict"),
        (statement(inputAttestations=[{"uri": "a:b"}]), "each of its inputAttestations"),
        (statement(inputAttestations=None), "each of its inputAttestations"),
        ([], "it is not an object"),
        ("x", "it is not an object"),
    ],
)
def test_each_rule_is_asked(broken: Any, told: str) -> None:
    [flaw] = flaws(broken)
    assert flaw.startswith(told)
    with pytest.raises(Unverified, match="the signed payload is not a verification summary of gatekeeper: "):
        read(json.dumps(broken).encode())


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Unverified, match="the signed payload is not"):
        read(data)


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2) | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)  # fmt: skip


@given(st.sampled_from(sorted(statement()["predicate"])), JSON)
def test_any_value_of_any_field_is_taken_or_refused(field: str, value: Any) -> None:
    assert all(isinstance(flaw, str) for flaw in flaws(statement(**{field: value})))
    assert all(isinstance(flaw, str) for flaw in flaws({**statement(), "subject": value}))
