"""Conditions and operands as text."""

import pytest

from gatekeeper.model.rule import (
    Condition,
    FactOf,
    Literal,
    MilestoneContext,
    Operand,
    Operator,
    TargetOperand,
)


@pytest.mark.parametrize(
    ("operator", "operand", "words"),
    [
        (Operator.AT_LEAST, Literal(95), "fact.key at least 95"),
        (Operator.AT_MOST, TargetOperand("p95_ms"), "fact.key at most targets.p95_ms"),
        (Operator.EQUALS, MilestoneContext(), "fact.key equals the milestone"),
        (Operator.EQUALS, Literal(True), "fact.key equals true"),
        (Operator.ONE_OF, Literal(("a", "b")), "fact.key one of a, b"),
        (Operator.EMPTY, Literal(True), "fact.key empty"),
        (Operator.EMPTY, Literal(False), "fact.key not empty"),
        (Operator.WITHIN, FactOf("other", ("paths",)), "fact.key within other.paths"),
        (Operator.MENTIONS, Literal(("a", "b", "c", "d", "e")), "fact.key mentions a, b, c and 2 more"),
        (Operator.INCLUDES, Literal(("a",)), "fact.key includes a"),
    ],
)
def test_a_condition_in_words(operator: Operator, operand: Operand, words: str) -> None:
    assert Condition("slot", ("fact", "key"), operator, operand).describe() == words


def test_a_list_can_be_shown_whole() -> None:
    assert Literal(("a", "b", "c", "d")).describe(limit=None) == "a, b, c, d"
