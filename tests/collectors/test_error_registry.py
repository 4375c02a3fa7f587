"""Registries of error codes, in the forms that people write."""

import pytest

from builders.artefacts import collect, facts, fixture, outcome, short, tree
from gatekeeper.collectors.error_registry import read as error_registry
from gatekeeper.collectors.error_registry.facts import ErrorRegistryFacts
from gatekeeper.model.evidence import Finding

UNMARKED = "unreadable: report-0: not a registry of error codes: expected `codes` or `errors`"
ORDERS = ("ORDER_NOT_FOUND", "ORDER_LOCKED", "RATE_LIMITED")


@pytest.mark.parametrize("name", ["codes.yaml", "codes.json"])
def test_fixtures(name: str) -> None:
    collected = collect(error_registry, fixture("error_registry", name))
    assert (collected.format, collected.produced_at) == (name.rpartition(".")[2], None)
    assert collected.facts == ErrorRegistryFacts(ORDERS, ())


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("codes:\n- A\n- B\n", ("A", "B")),
        ("codes:\n- A\n- {code: B, description: b}\n", ("A", "B")),
        ("codes: [A, B]\n", ("A", "B")),
        ("version: 1\nerrors:\n  A: a\n  B: b\n", ("A", "B")),
        ("codes:\n  A: {status: 404}\n  B: {status: 409}\n  C:\n", ("A", "B", "C")),
        ("codes: {A: 404, B: 409.5}\n", ("A", "B")),
        ('{"errors": ["A", 20404]}', ("A", "20404")),
        ("errors: {404: Not found}\n", ("404",)),
        ("codes: [' A ']\n", ("A",)),
        ("codes: [A]\n---\ncodes: [B]\n", ("A", "B")),
        ("codes: [A, {code: B, retired: true}, {code: C, retired: false}]\n", ("A", "C")),
        ("codes: [A, {code: B, status: retired}, {code: C, status: active}]\n", ("A", "C")),
        ("codes: [A, {code: B, status: draft}, {code: C, status: 404}]\n", ("A", "C")),
        ("codes: {A: {status: 404}, B: {removed: true}}\n", ("A",)),
    ],
)
def test_forms(text: str, codes: tuple[str, ...]) -> None:
    assert facts(error_registry, text) == (codes, ())


def test_files_are_parts_of_one_registry() -> None:
    found = error_registry.collect(
        tree({"a.yaml": "codes: [A]\n", "b.yaml": "codes:\n  - B\n  - A\n"}), {}
    ).facts
    assert found.codes == ("A", "B")
    assert found.duplicates == (Finding("A is listed before, at a.yaml: /codes/0", "b.yaml", 3, "/codes/1"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("[]", "absent: reports lists no code"),
        ("{}", "absent: reports lists no code"),
        ("codes: []", "absent: reports lists no code"),
        ("codes:\n", UNMARKED),
        ("A, B", UNMARKED),
        ("codes: [[A]]", "unreadable: report-0: /codes/0 is a list, not a code"),
        ("codes: [true]", "unreadable: report-0: /codes/0 is True, not a code"),
        ("codes: [1.5]", "unreadable: report-0: /codes/0 is 1.5, not a code"),
        ("codes: [null]", "unreadable: report-0: /codes/0 is missing, not a code"),
        ("codes: [{name: A}]", "unreadable: report-0: /codes/0 has no code"),
        ("codes: [{code: }]", "unreadable: report-0: /codes/0 has no code"),
        ("codes: [' ']", "unreadable: report-0: /codes/0 holds an empty code"),
        ("codes: {' ': a}", "unreadable: report-0: /codes holds an empty code"),
        ("codes: {A: a, B: [b]}", "unreadable: report-0: /codes does not map codes to descriptions"),
        ("codes: {A: [a]}", "unreadable: report-0: /codes does not map codes to descriptions"),
        (
            "codes: [something went wrong]",
            "unreadable: report-0: /codes/0 is 'something went wrong', a text and not a code",
        ),
        ("openapi: 3.1.0\npaths: {}\n", UNMARKED),
        ("- A\n- B\n", UNMARKED),
        ("A: a\n", UNMARKED),
        ('{"errors": [], "results": []}', UNMARKED),
        ("codes: A\n", UNMARKED),
        ("A: a\nA: b\n", "unreadable: report-0: line 2: duplicate key 'A'"),
        ('["A"', "unreadable: report-0: line 1: not JSON"),
        ("[1e999]", "unreadable: report-0: "),
        (b"- \xff", "unreadable: report-0: "),
        ("[" * 5_000, "unreadable: report-0: "),
    ],
    ids=short,
)
def test_what_is_no_evidence(text: str | bytes, expected: str) -> None:
    assert outcome(error_registry, text).startswith(expected)


def test_a_placeholder_is_no_code() -> None:
    assert facts(error_registry, "codes: [TODO, string, '-', ORDER_CLOSED]\n").codes == ("ORDER_CLOSED",)
    assert outcome(error_registry, "codes: [TODO]\n") == "absent: reports lists no code"
