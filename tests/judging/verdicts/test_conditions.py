"""One condition: which findings come along where it does not hold."""

import pytest

from builders.judging import RULEBOOK, case, evidence, service
from gatekeeper.collectors.tests import facts as results
from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.verdicts.conditions import is_nothing, outcome
from gatekeeper.judging.verdicts.lookup import Lookup
from gatekeeper.model.evidence import Finding
from gatekeeper.model.rule import Condition, FactOf, Literal, Operator
from gatekeeper.model.status import Status

FLAWS = (Finding("a"), Finding("b", "b.ts", 3))
REPORT = evidence(
    "unit_tests", results.TestsFacts(total=3, passed=("c",), failed=FLAWS, skipped=0, counted_from="cases")
)


@pytest.mark.parametrize(
    ("fact", "operator", "operand", "findings"),
    [
        ("failed", Operator.EMPTY, True, FLAWS),
        ("passed", Operator.MENTIONS, ("d",), (Finding("d", "reports/unit_tests"),)),
        ("total", Operator.AT_LEAST, 4, FLAWS),
        ("total", Operator.AT_MOST, 2, FLAWS),
        ("counted_from", Operator.EQUALS, "counters", ()),
        ("counted_from", Operator.ONE_OF, ("a", "b"), ()),
    ],
)
def test_a_figure_brings_along_all_flaws_and_a_word_brings_none(
    fact: str, operator: Operator, operand: object, findings: tuple[Finding, ...]
) -> None:
    condition = Condition("unit_tests", (fact,), operator, Literal(operand))
    of = case(service(), REPORT)
    found = outcome(
        condition,
        RULEBOOK.by_id["G1.tests"],
        Lookup(of, RULEBOOK.by_id["G1.tests"], None),
        MilestoneSpan("M0"),
    )
    assert (found.status, found.findings) == (Status.FAIL, findings)


@pytest.mark.parametrize(
    ("operand", "status", "reason"),
    [
        ("skipped", "fail", None),
        ("passed", "missing", "`unit_tests` names no passed"),
        ("failed", "missing", "`unit_tests` names no failed"),
    ],
)
def test_an_operand_of_zero_counts_and_an_empty_list_does_not(
    operand: str, status: str, reason: str | None
) -> None:
    known = evidence("unit_tests", results.TestsFacts(total=1, passed=(), failed=(), skipped=0))
    operator = Operator.AT_MOST if operand == "skipped" else Operator.WITHIN
    condition = Condition("unit_tests", ("total",), operator, FactOf("unit_tests", (operand,)))
    rule, of = RULEBOOK.by_id["G1.tests"], case(service(), known)
    found = outcome(condition, rule, Lookup(of, rule, None), MilestoneSpan("M0"))
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(
    ("operator", "passed", "status"),
    [(Operator.WITHIN, (), "pass"), (Operator.WITHIN, ("a",), "missing"), (Operator.INCLUDES, (), "missing")],
)
def test_only_nothing_is_within_an_empty_register(
    operator: Operator, passed: tuple[str, ...], status: str
) -> None:
    condition = Condition("unit_tests", ("passed",), operator, FactOf("unit_tests", ("failed",)))
    known = evidence("unit_tests", results.TestsFacts(passed=passed, failed=()))
    rule, of = RULEBOOK.by_id["G1.tests"], case(service(), known)
    assert outcome(condition, rule, Lookup(of, rule, None), MilestoneSpan("M0")).status == status


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, True), (0.0, True), (1, False), ((), True), ("", True), ("a", False), (None, False)],
)
def test_nothing_is_zero_or_empty(value: object, expected: bool) -> None:
    assert is_nothing(value) is expected
