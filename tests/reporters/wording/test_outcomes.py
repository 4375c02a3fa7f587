"""What would have to change, and where a finding is."""

from typing import Any

import pytest

from gatekeeper.model.evidence import Finding
from gatekeeper.model.rule import (
    Condition,
    FactOf,
    Literal,
    Operand,
    Operator,
)
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import Outcome
from gatekeeper.reporters.wording import outcomes


def condition(operator: Operator, operand: Operand) -> Condition:
    return Condition("slot", ("fact", "key"), operator, operand)


@pytest.mark.parametrize(
    ("operator", "operand", "distance", "words"),
    [
        (Operator.AT_LEAST, 95, 3.8, "it has to rise by 3.8"),
        (Operator.AT_MOST, 250, 1500.25, "it has to fall by 1,500.25"),
        (Operator.EMPTY, True, 1234, "1,234 to remove"),
        (Operator.EMPTY, False, 1, "it must not be empty"),
        (Operator.WITHIN, ("a",), 2, "2 not among fact.key"),
        (Operator.INCLUDES, ("a",), 1, "1 missing"),
        (Operator.MENTIONS, ("a",), 1, "1 missing"),
        (Operator.EQUALS, "3.1", None, "it has to be 3.1"),
        (Operator.ONE_OF, ("a", "b"), None, "it has to be a, b"),
    ],
)
def test_what_would_have_to_change(
    operator: Operator, operand: Any, distance: float | None, words: str
) -> None:
    source = FactOf("fact", ("key",)) if operator is Operator.WITHIN else Literal(operand)
    outcome = Outcome(condition(operator, source), Status.FAIL, None, "x", operand, distance)
    assert outcomes.change_words(outcome) == words
    assert outcomes.change_words(outcome._replace(status=Status.PASS)) is None


@pytest.mark.parametrize(
    ("finding", "where"),
    [
        (Finding("m"), None),
        (Finding("m", "a.ts"), "a.ts"),
        (Finding("m", "a.ts", 3), "a.ts:3"),
        (Finding("m", "a.json", 3, "/a/0"), "a.json:3#/a/0"),
        (Finding("m", pointer="/a"), "#/a"),
    ],
)
def test_where_a_finding_is(finding: Finding, where: str | None) -> None:
    assert outcomes.location(finding) == where


@pytest.mark.parametrize(
    ("number", "words"),
    [(23.5714, "23.57"), (12.5, "12.5"), (3, "3"), (1500.25, "1,500.25"), (0.0004, "0.0004"), (100.0, "100")],
)
def test_a_figure_has_two_decimals_at_most(number: float, words: str) -> None:
    assert outcomes.figure(number) == words
