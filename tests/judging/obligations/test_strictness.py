"""Whether terms ask for as much as other terms, operator by operator and term by term."""

from typing import Any

import pytest

from builders.judging import RULEBOOK
from gatekeeper.judging.obligations.conditions import implied
from gatekeeper.judging.obligations.strictness import losses


def condition(operator: str, operand: Any, fact: str = "a.b") -> dict[str, Any]:
    return {"fact": fact, "operator": operator, "operand": operand}


def target(value: float | None, name: str = "p95_ms") -> dict[str, Any]:
    return {"target": name, "value": value}


FACT, OTHER_FACT, CONTEXT = {"fact": "c.d"}, {"fact": "e.f"}, {"context": "milestone"}


@pytest.mark.parametrize(
    ("before", "after", "is_as_strict"),
    [
        (("at_least", 5), ("at_least", 6), True), (("at_least", 5), ("at_least", 4), False),
        (("at_most", 5), ("at_most", 4), True), (("at_most", 5), ("at_most", 6), False),
        (("equals", 5), ("equals", 5), True), (("equals", 5), ("equals", 6), False), (("equals", True), ("equals", 1), False),
        (("at_least", 5), ("equals", 6), True), (("at_least", 5), ("equals", "x"), False), (("one_of", [1, 2]), ("equals", 2), True),
        (("one_of", [True]), ("equals", 1), False), (("equals", 5), ("at_least", 5), False), (("includes", ["a"]), ("equals", "a"), False),
        (("one_of", [1, 2]), ("one_of", [2]), True), (("one_of", [1]), ("one_of", [1, 2]), False),
        (("within", ["a", "b"]), ("within", ["a"]), True), (("within", ["a"]), ("within", ["a", "b"]), False),
        (("includes", ["a"]), ("includes", ["a", "b"]), True), (("includes", ["a", "b"]), ("includes", ["a"]), False),
        (("mentions", ["card"]), ("mentions", ["gift card"]), True), (("mentions", ["card"]), ("mentions", ["cards"]), False),
        (("mentions", ["card"]), ("mentions", ["giftCard"]), False), (("mentions", ["giftCard"]), ("mentions", ["a giftCard"]), True), (("mentions", ["ift card"]), ("mentions", ["gift card"]), False),
        (("mentions", ["orders"]), ("mentions", ["pending orders"]), False), (("mentions", ["..."]), ("mentions", ["..."]), True),
        (("mentions", ["drop", "retry"]), ("mentions", ["drop and retry"]), False), (("mentions", ["drop", "retry"]), ("mentions", ["a retry", "a drop"]), True),
        (("mentions", ["drop", "DROP"]), ("mentions", ["a drop"]), True), (("mentions", ["a", "b"]), ("mentions", ["a b", "a"]), True),
        (("mentions", ["drop", "a drop"]), ("mentions", ["a drop", "A Drop"]), False),
        (("mentions", ["a > b"]), ("mentions", ["A B"]), True), (("mentions", ["gift card"]), ("mentions", ["card"]), False),
        (("empty", True), ("empty", True), True), (("empty", True), ("empty", False), False),
        (("within", FACT), ("within", FACT), True), (("within", FACT), ("within", OTHER_FACT), False), (("within", FACT), ("within", ["a"]), False),
        (("equals", CONTEXT), ("equals", "M1"), False), (("equals", CONTEXT), ("equals", CONTEXT), True),
        (("at_most", target(250)), ("at_most", target(200)), True), (("at_most", target(250)), ("at_most", target(300)), False),
        (("at_least", target(5)), ("at_least", target(6)), True), (("at_least", target(5)), ("at_least", target(4)), False),
        (("at_most", target(None)), ("at_most", target(300)), True), (("at_most", target(250)), ("at_most", target(None)), True),
        (("at_most", target(250)), ("at_most", target(250, "p99_ms")), False), (("equals", target(250)), ("equals", target(200)), False),
        (("at_most", target(250)), ("at_most", 250), False), (("at_most", 250), ("at_most", target(250)), False),
    ],
)  # fmt: skip
def test_a_condition_is_as_strict_as_another(
    before: tuple[str, Any], after: tuple[str, Any], is_as_strict: bool
) -> None:
    base, head = condition(*before), condition(*after)
    assert implied([head], [base]) is is_as_strict
    assert implied([head, condition("empty", True, "x.y")], [base]) is is_as_strict, (
        "more conditions are stricter"
    )
    assert not implied([], [base])
    assert not implied([base | {"fact": "other.fact"}], [base])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"milestones": ["M1"]}, {"milestones": ["M1"]}, []),
        ({"milestones": ["M1"]}, {"milestones": ["M0", "M1"]}, ["accepts what was made for M0"]),
        ({"milestones": ["M1"]}, {"milestones": ["M1", "M9"]}, []),
        ({"milestones": ["M1"]}, {}, ["accepts what was made for any milestone"]),
        ({}, {"milestones": ["M1"]}, []),
        ({"from": "L1"}, {"from": "L2"}, ["is required from L2 on instead of from L1"]),
        ({"from": "L2"}, {"from": "L1"}, []),
        ({"level": "L2"}, {"level": "L1"}, ["is L1 instead of L2"]),
        ({"roles": ["a", "b"]}, {"roles": ["a"]}, ["is no longer signed by b"]),
        ({"roles": ["a"]}, {"roles": ["b", "a"]}, []),
        ({"gate": "One"}, {"gate": "Two"}, []),
        ({}, {"invented": 1}, ["has invented 1 instead of nothing"]),
        ({"invented": [1, 2]}, {"invented": [2]}, ["has invented 2 instead of 1, 2"]),
        ({"question": "q", "attested_by": "bo"}, {"question": " q ", "attested_by": "bo"}, []),
        ({"question": "q"}, {"question": "r"}, []),
        ({"slots": {"a": {"kind": "tests", "sha256": "1"}}}, {"slots": {"a": {"kind": "tests", "sha256": "2"}}}, []),
        ({"slots": {"a": {"kind": "tests", "only": {"paths": ["/a"]}}}}, {"slots": {"a": {"kind": "tests"}}}, []),
        ({"slots": {"a": {"kind": "tests"}}}, {"slots": {}}, []),
    ],
)  # fmt: skip
def test_terms_ask_for_as_much(before: dict[str, Any], after: dict[str, Any], expected: list[str]) -> None:
    assert list(losses(before, after, RULEBOOK.scale, ("M0", "M1", "M2"))) == expected
    assert list(losses(before, before, RULEBOOK.scale)) == []


TS = {"languages": ["javascript", "typescript"], "else_attested_by": "architecture"}


@pytest.mark.parametrize(
    ("before", "after", "loss"),
    [
        (None, TS, "is attested by architecture in languages other than javascript, typescript instead of shown by evidence"),
        (TS, None, "is shown by evidence in languages other than javascript, typescript instead of attested by architecture"),
        (TS, TS | {"languages": ["typescript"]}, "is attested by architecture in javascript instead of shown by evidence"),
        (TS, TS | {"languages": ["go", "javascript", "typescript"]}, "is shown by evidence in go instead of attested by architecture"),
        (TS, TS | {"else_attested_by": "owner"}, "is attested by owner in other languages instead of architecture"),
        (TS, {"languages": ["go", "typescript"], "else_attested_by": "owner"}, "is attested by owner in javascript instead of shown by evidence; is shown by evidence in go instead of attested by architecture; is attested by owner in other languages instead of architecture"),
        (TS, dict(TS), None),
    ],
)  # fmt: skip
def test_a_person_and_evidence_are_not_comparable(
    before: dict[str, Any] | None, after: dict[str, Any] | None, loss: str | None
) -> None:
    base, head = ({"decidable_in": of} if of else {} for of in (before, after))
    assert list(losses(base, head, RULEBOOK.scale)) == ([loss] if loss else [])


def test_the_question_to_a_person_may_not_change_where_languages_decide() -> None:
    base, head = ({"decidable_in": TS, "question": of} for of in ("Is it pure?", "Is it mostly pure?"))
    assert list(losses(base, head, RULEBOOK.scale)) == [
        "asks people 'Is it mostly pure?' instead of 'Is it pure?'"
    ]
