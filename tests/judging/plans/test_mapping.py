"""A mapping says which tests of a report count, and how many parts it has."""

from typing import Any

import pytest

from builders.judging import GATES, L2, case, report, rulebook, service
from gatekeeper.judging.obligations.asked import CriterionContext, MilestoneSpan
from gatekeeper.judging.plans.mapping import options_of
from gatekeeper.judging.verdicts.criteria import judge_criterion
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.service import Service
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.verdict import CriterionResult

BY_ID = GATES | {
    "G8": GATES["G8"]
    .replace("isolation: {kind: tests}", "isolation: {kind: tests, by: id}")
    .replace(", or_attested_by: security", "", 1)
}
BOOK = rulebook(gates=BY_ID)
PLAN = "{M0: {level: L3, gates: {G1: , G8: }}}"


def isolation(*passed: str, mapping: dict[str, Any] | None = None) -> CriterionResult:
    """Return the result of the criterion whose tests count by id."""
    of = case(service(plan=PLAN), report("isolation", *passed), book=BOOK)
    fields = of.service.model_dump(by_alias=True, mode="json", exclude_unset=True)
    fields["evidence"]["isolation"] |= mapping or {}
    of = of._replace(service=Service.model_validate(fields))
    context = CriterionContext(L2, None, MilestoneSpan("M0"))
    return judge_criterion(BOOK.by_id["G8.isolation"], of, context)


@pytest.mark.parametrize(
    "name", ["reads own rows [G8.isolation]", "@G8.isolation x", "[G8.isolation:read] y"]
)
def test_a_passed_test_with_the_id_counts(name: str) -> None:
    assert isolation(name, "another").status is Status.PASS


@pytest.mark.parametrize("name", ["reads own rows", "[G8.isolated] x", "[G8.isolation-2] y", "G8.isolation"])
def test_without_the_id_a_report_proves_too_little(name: str) -> None:
    found = isolation(name)
    assert (found.status, found.reason_code) == (Status.UNPROVEN, ReasonCode.TOO_LITTLE)
    assert found.reason == "`isolation` has no passed test with the id [G8.isolation]"
    assert len(found.reasons) == 1
    assert "`[G8.isolation]`" in remedy_of(found)


@pytest.mark.parametrize("mapping", [{"whole": True}, {"select": {"suite": "isolation*"}}])
def test_a_report_of_the_slot_alone_or_a_selection_needs_no_id(mapping: dict[str, Any]) -> None:
    assert isolation("reads own rows", mapping=mapping).status is Status.PASS


def test_a_mapping_with_fewer_parts_than_it_says_is_partial() -> None:
    found = isolation("[G8.isolation] x", mapping={"parts": 2})
    assert (found.status, found.reason_code) == (Status.UNPROVEN, ReasonCode.PARTIAL)
    assert found.reason == "`isolation` has 1 of 2 parts"


def options(
    *, plan: str = PLAN, others: str = "all.xml", gates: Any = BY_ID, not_applicable: str = "{}"
) -> Any:
    evidence = f"{{unit_tests: all.xml, isolation: {{path: {others}, select: {{suite: iso*}}}}}}"
    of = service(plan=plan, evidence=evidence, not_applicable=not_applicable)
    return options_of(of, "unit_tests", rulebook(gates=gates))


def test_failures_that_another_binding_slot_selects_of_the_same_report_are_its_own() -> None:
    assert options() == {"others": [{"suite": "iso*"}]}


def test_failures_that_no_asked_criterion_reads_stay_with_the_report() -> None:
    assert options(plan="{M0: {level: L1, gates: {G1: }}}") == {}
    assert options(others="another.xml") == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("isolation.failed: {empty: true}", "isolation.failed: {empty: false}"),
        ("isolation.failed: {empty: true}, ", ""),
        ("{id: G8.isolation,", "{id: G8.isolation, effective: M3,"),
        ("{id: G8.isolation,", "{id: G8.isolation, advisory: true,"),
    ],
)
def test_failures_that_no_binding_criterion_rejects_are_not_hidden(old: str, new: str) -> None:
    text = BY_ID["G8"]
    assert old in text
    assert options(gates=BY_ID | {"G8": text.replace(old, new)}) == {}


@pytest.mark.parametrize(
    "plan",
    [
        "{M0: {level: L2, gates: {G1: }}, M1: {level: L3, gates: {G1: , G8: }}}",
        "{M0: {level: L3, gates: {G1: , G8: {scope: tokens, only: [G8.tokens]}}}}",
    ],
)
def test_failures_that_a_cell_does_not_ask_about_are_not_hidden(plan: str) -> None:
    assert options(plan=plan) == {}


def test_failures_of_a_criterion_declared_not_applicable_are_not_hidden() -> None:
    waived = "{G8.isolation: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    assert options(not_applicable=waived) == {}


def test_a_report_is_whole_or_selected_from() -> None:
    with pytest.raises(ValueError, match="keep one"):
        service(plan=PLAN, evidence="{isolation: {path: a, whole: true, select: {suite: x}}}")
