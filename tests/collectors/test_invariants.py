"""Registers of aggregates, their invariants and the tests of each."""

import json
from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.invariants import read as invariants
from gatekeeper.collectors.invariants.facts import InvariantsFacts
from gatekeeper.model.evidence import Finding


def test_mapping() -> None:
    collected = collect(invariants, fixture("invariants", "register.yaml"))
    assert (collected.format, collected.produced_at) == ("yaml", None)
    assert collected.facts == InvariantsFacts(
        aggregates=("Order", "Cart"),
        invariants=3,
        untested=(
            Finding(
                "Cart: holds-at-most-100-lines has no test",
                "report-0",
                9,
                "/aggregates/Cart/holds-at-most-100-lines",
            ),
        ),
        tests=(
            "Order refuses a line below zero",
            "Order does not change once it is placed",
            "Order refuses a second placing",
        ),
    )


def test_list() -> None:
    collected = collect(invariants, fixture("invariants", "register.json"))
    assert collected.format == "json"
    assert collected.facts == InvariantsFacts(
        aggregates=("Order", "Cart"),
        invariants=3,
        untested=(Finding("Cart: holds at most 100 lines has no test", "report-0", 4, "/2"),),
        tests=("Order refuses a line below zero", "Order does not change", "Order refuses"),
    )


def untested(text: str, **options: Any) -> list[str]:
    return [finding.message for finding in facts(invariants, text, **options).untested]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aggregates: {Order: {positive: refuses zero}}", []),
        ("aggregates: {Order: {positive: [refuses zero, keeps ten]}}", []),
        ("aggregates: {Order: {positive: {test: refuses zero}}}", []),
        ("aggregates: {Order: {positive: {why: money, tests: [refuses zero]}}}", []),
        ("aggregates: {Order: {positive: [null, refuses zero]}}", []),
        ("aggregates: [{aggregate: Order, invariant: positive, tests: [refuses zero]}]", []),
        ("aggregates: {Order: {positive: }}", ["Order: positive has no test"]),
        ("aggregates: {Order: {positive: ''}}", ["Order: positive has no test"]),
        ("aggregates: {Order: {positive: []}}", ["Order: positive has no test"]),
        ("aggregates: {Order: {positive: [null]}}", ["Order: positive has no test"]),
        ("aggregates: {Order: {positive: {why: money}}}", ["Order: positive has no test"]),
        # It would occur in the name of many a test.
        ("aggregates: {Order: {positive: '-'}}", ["Order: positive has no test"]),
        ("[{aggregate: Order, invariant: positive, test: }]", ["Order: positive has no test"]),
        ("aggregates: {Order: {positive: refuses}}", ["Order: positive has no test"]),
        ("aggregates: {Order: {positive: a}}", ["Order: positive has no test"]),
        ("aggregates: {Order: {positive: order_refuses_zero}}", []),
        ("aggregates: {Order: {positive: refusesZero}}", []),
        ("aggregates: {Order: {positive: 零を拒む}}", []),
        ("aggregates: {Order: {'-': refuses zero}}", ["Order has an invariant without words"]),
        ("aggregates: {Order: {TODO: refuses zero}}", ["Order has an invariant without words"]),
        # One test for all of them covers one of them.
        (
            "aggregates: {Order: {positive: it works, small: it works}}",
            ["Order: small has no test of its own: `it works` is that of Order: positive"],
        ),
        ("aggregates: {Order: {positive: [it works, is more], small: it works}}", []),
        (
            "aggregates: {Order: {small: it works}, Cart: {small: it works}}",
            ["Cart: small has no test of its own: `it works` is that of Order: small"],
        ),
        # An aggregate without any invariant would keep them all.
        ("aggregates: {Order: {}}", ["Order lists no invariant"]),
        ("aggregates:\n  Order:\n  Cart: {small: stays small}", ["Order lists no invariant"]),
        ("aggregates: {Order: {}}\n---\naggregates: {Order: {positive: refuses zero}}", []),
        ("aggregates: {Order: {positive: }}\n---\naggregates: {Order: {positive: refuses zero}}", []),
        (
            "aggregates: {Order: {b: }}\n---\naggregates: {Cart: {a: }}",
            ["Order: b has no test", "Cart: a has no test"],
        ),
    ],
)
def test_what_is_untested(text: str, expected: list[str]) -> None:
    assert untested(text) == expected


@pytest.mark.parametrize(
    ("field", "is_open"),
    [
        ("skip: true", True),
        ("enabled: false", True),
        ("skip: flaky since May", True),
        ("status: skipped", True),
        ("todo: 2027", True),
        ("when: {os: linux}", True),
        ("why: an order is worth something", False),
        ("since: 2026", False),
    ],
)
def test_a_field_that_may_switch_a_test_off_is_not_understood(field: str, is_open: bool) -> None:
    of_mapping = f"aggregates: {{Order: {{positive: {{test: refuses zero, {field}}}}}}}"
    of_list = f"[{{aggregate: Order, invariant: positive, test: refuses zero, {field}}}]"
    for register in (of_mapping, of_list):
        places = collect(invariants, register).origins[0].not_understood
        assert [each.touches for each in places] == ([{"untested", "tests"}] if is_open else [])


def test_the_same_invariant_counts_once() -> None:
    rows = [{"aggregate": "Order", "invariant": "positive", "test": name} for name in ("a 1", "b 1", "a 1")]
    expected = {"aggregates": ("Order",), "invariants": 1, "tests": ("a 1", "b 1"), "untested": ()}
    assert chosen(facts(invariants, json.dumps(rows)), expected) == expected


def test_registers_of_several_files_are_merged() -> None:
    found = facts(
        invariants,
        "aggregates: {Order: {positive: refuses zero}}",
        '{"aggregates": {"Cart": {"small": null}}}',
    )
    assert (found.aggregates, found.invariants, found.tests) == (("Order", "Cart"), 2, ("refuses zero",))
    assert found.untested == (Finding("Cart: small has no test", "report-1", 1, "/aggregates/Cart/small"),)


def test_only_the_aggregates_of_the_scope() -> None:
    text = "aggregates: {Order: {positive: refuses zero}, Cart: {small: }}\n"
    assert facts(invariants, text, aggregates=("Order",)) == InvariantsFacts(
        aggregates=("Order",), invariants=1, untested=(), tests=("refuses zero",)
    )
    assert untested(text, aggregates="Cart") == ["Cart: small has no test"]


UNMARKED = "unreadable: report-0: not a register of invariants: expected `aggregates`, or a list of entries"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("# nothing yet\n", "absent: reports lists no aggregate"),
        ("{}", "absent: reports lists no aggregate"),
        ("[]", "absent: reports lists no aggregate"),
        ("aggregates:\n", "absent: reports lists no aggregate"),
        ("aggregates: []\n", "absent: reports lists no aggregate"),
        ("Order", UNMARKED),
        ("version: 1\nOrder: {a: b}", UNMARKED),
        ('{"compilerOptions": {"target": "ES2022"}}', UNMARKED),
        ("aggregates: {Order: [positive]}", "unreadable: report-0: Order is a list, not an object"),
        (
            "aggregates: {Order: {positive: 3}}",
            "unreadable: report-0: Order: positive: tests is 3, not a list",
        ),
        (
            "aggregates: {Order: {positive: true}}",
            "unreadable: report-0: Order: positive: tests is True, not a list",
        ),
        (
            "aggregates: {Order: {positive: [3]}}",
            "unreadable: report-0: Order: positive: test is 3, not text",
        ),
        ("[positive]", UNMARKED),
        ("[{invariant: a}]", UNMARKED),
        ("[{aggregate: , invariant: a}]", "unreadable: report-0: entry 0: aggregate is missing, not text"),
        (
            "[{aggregate: Order, invariant: }]",
            "unreadable: report-0: entry 0: invariant is missing, not text",
        ),
        ('{"Order": {"a": 1e999}}', "unreadable: report-0: "),
        ("Order: {a: .nan}", "unreadable: report-0: "),
        ('{"Order": {"a":', "unreadable: report-0: line 1: not JSON"),
        ("Order: {a: b}\nOrder: {a: c}", "unreadable: report-0: line 2: duplicate key 'Order'"),
        ("Order: *a", "unreadable: report-0: line 1: alias"),
        ("a: " + "{a: " * 5000, "unreadable: report-0: "),
        ("Order: {a: b}".encode("utf-16-le"), "unreadable: report-0: "),
    ],
    ids=short,
)
def test_what_is_no_evidence(text: str | bytes, expected: str) -> None:
    assert outcome(invariants, text).startswith(expected)


def test_a_scope_that_the_register_does_not_know() -> None:
    told = outcome(invariants, "aggregates: {Order: {a: b}}", aggregates=("Cart", "User"))
    assert told == "absent: reports lists none of Cart, User"


def test_an_empty_file_among_others_was_cut_short() -> None:
    assert outcome(invariants, "aggregates: {Order: {a: b}}", "") == "unreadable: report-1: the file is empty"
