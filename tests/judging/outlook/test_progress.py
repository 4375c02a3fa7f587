"""How much of a milestone is done, in figures."""

import pytest
from hypothesis import given

from builders.judging import (
    ENTRY,
    G1,
    GATES,
    WORDS,
    attested,
    blocked,
    case,
    excepted,
    milestone_of,
    ready,
    rulebook,
    service,
    signed,
)
from builders.platforms import At, platforms_at
from gatekeeper.judging.outlook.progress import progress, tally
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict, Status
from gatekeeper.model.trend import MilestoneProgress, RuleVersion, Tally

EXCEPTED = milestone_of(excepted(), exceptions=[ENTRY]).services[0]


def test_what_passes_is_green_and_what_is_excepted_is_not() -> None:
    assert tally(milestone_of(ready()).services[0])[:4] == (ServiceVerdict.READY, 2, 2, 0)
    assert tally(milestone_of(blocked()).services[0])[:4] == (ServiceVerdict.BLOCKED, 2, 0, 0)
    assert tally(EXCEPTED).verdict is ServiceVerdict.EXCEPTED
    assert tally(EXCEPTED).excepted == 3
    assert tally(EXCEPTED).green + tally(EXCEPTED).excepted == tally(EXCEPTED).due


def test_twins_count_once() -> None:
    """`L2.isolation` asks what `G8.isolation` asks, where that gate is listed."""
    alone = service(plan="{M0: {level: L2, gates: {}}}", attestations=attested(**WORDS))
    both = service(plan="{M0: {level: L2, gates: {G8: {scope: s, only: [G8.isolation]}}}}")
    [without] = milestone_of(case(alone)).services
    [with_gate] = milestone_of(case(both)).services
    assert tally(with_gate).due == tally(without).due


def test_an_optional_capability_is_not_due() -> None:
    def due(added: str) -> int:
        plan = f"{{M0: {{level: L1, gates: {{}}, adds: [{added}]}}}}"
        return tally(milestone_of(case(service(plan=plan))).services[0]).due

    assert due("a") == due("") + 1
    assert due("{capability: a, optional: true}") == due("")


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], MilestoneProgress(MilestoneVerdict.BLOCKED, 0, 0, 0, 0, 0, 0)),
        (["ready", "ready"], MilestoneProgress(MilestoneVerdict.READY, 2, 2, 0, 6, 4, 2)),
        (["ready", "excepted"], MilestoneProgress(MilestoneVerdict.READY_WITH_EXCEPTIONS, 2, 1, 1, 6, 4, 2)),
        (["ready", "blocked", "excepted"], MilestoneProgress(MilestoneVerdict.BLOCKED, 3, 1, 1, 9, 6, 3)),
    ],
)
def test_a_milestone_is_the_sum_of_its_services(verdicts: list[str], expected: MilestoneProgress) -> None:
    assert progress(Tally(ServiceVerdict(verdict), 3, 2, 1) for verdict in verdicts) == expected


@pytest.mark.parametrize(("green", "due", "share"), [(0, 0, 0), (0, 4, 0), (1, 4, 0.25), (4, 4, 1)])
def test_of_nothing_nothing_is_done(green: int, due: int, share: float) -> None:
    assert MilestoneProgress(MilestoneVerdict.BLOCKED, 1, 0, 0, due, green, 0).share == share


@pytest.mark.long
@given(platforms_at())
def test_figures_agree_with_the_verdict(at: At) -> None:
    platform, milestone = at
    result = milestone_of(*platform, milestone=milestone)
    found = progress(map(tally, result.services))
    assert found.verdict is result.verdict
    assert 0 <= found.green + found.excused <= found.due
    for of in result.services:
        if of.verdict is ServiceVerdict.READY:
            assert tally(of).green == tally(of).due
        passed = {one.rule.id for one in of.criteria if one.status is Status.PASS}
        assert tally(of).green <= len(passed)


def test_a_signature_adds_no_criterion() -> None:
    words = attested(**WORDS)
    signed_off = service(attestations=words, sign_offs=signed("L1"))
    results = [milestone_of(case(of)).services[0] for of in (signed_off, service(attestations=words))]
    assert tally(results[0])[1:] == tally(results[1])[1:]


def test_a_twin_has_the_status_of_its_original() -> None:
    plan = "{M0: {level: L2, gates: {}}}"
    [alone] = milestone_of(case(service(plan=plan, attestations=attested(**WORDS)))).services
    assert {rule.criterion for rule in tally(alone).statuses} >= {"G8.isolation", "L1.scaffold"}
    assert all(rule.criterion != "L2.isolation" for rule in tally(alone).statuses)


def test_statuses_are_of_criteria_that_apply_whether_they_bind_or_not() -> None:
    rules = rulebook(gates=GATES | {"G1": G1.replace("id: G1.tests,", "id: G1.tests, advisory: true,")})
    of = case(service(plan="{M0: {level: L1, gates: {G1: }, adds: [a capability]}}"), book=rules)
    statuses = tally(milestone_of(of).services[0]).statuses
    assert statuses[RuleVersion("G1.tests")] is Status.MISSING
    assert {rule.criterion for rule in statuses} == {
        "G1.tests",
        "G1.coverage",
        "L1.scaffold",
        "L1.no-customers",
    }
