"""The verdict on a milestone, its exit code, and the work that unblocks it."""

import pytest

from builders.judging import AS_OF, ENTRY, FOUR, RULEBOOK, blocked, excepted, milestone_of, ready, regressed
from gatekeeper.errors import ExitCode
from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.milestones import exit_code
from gatekeeper.model.status import FailOn, MilestoneVerdict


@pytest.mark.parametrize(
    ("cases", "verdict", "blockers"),
    [
        ([ready()], "ready", ()),
        ([ready(), excepted()], "ready_with_exceptions", ()),
        ([ready(), excepted(), blocked()], "blocked", ("blocked",)),
        ([blocked("b"), blocked("a")], "blocked", ("b", "a")),
        ([], "blocked", ()),
    ],
)
def test_the_worst_service_decides(cases: list[Case], verdict: str, blockers: tuple[str, ...]) -> None:
    result = milestone_of(*cases, exceptions=[ENTRY])
    assert result.verdict == MilestoneVerdict(verdict)
    assert result.blocked_by == blockers


def test_a_milestone_in_which_no_service_has_a_target_is_not_ready() -> None:
    facts = Facts([ready().service], {}, (), AS_OF, FOUR)
    result = judge_milestone(RULEBOOK, facts, "M3")
    assert (result.verdict, result.services) == (MilestoneVerdict.BLOCKED, ())


@pytest.mark.parametrize(
    ("cases", "strict", "fail_on", "code"),
    [
        ([ready()], False, FailOn.BLOCKED, ExitCode.READY),
        ([ready()], True, FailOn.BLOCKED, ExitCode.READY),
        ([excepted()], False, FailOn.BLOCKED, ExitCode.READY),
        ([excepted()], True, FailOn.BLOCKED, ExitCode.BLOCKED),
        ([blocked()], False, FailOn.BLOCKED, ExitCode.BLOCKED),
        ([blocked()], False, FailOn.REGRESSION, ExitCode.READY),
        ([regressed()], False, FailOn.REGRESSION, ExitCode.BLOCKED),
        ([regressed()], True, FailOn.CHANGE, ExitCode.READY),
        ([excepted()], True, FailOn.REGRESSION, ExitCode.READY),
    ],
)
def test_the_exit_code_follows_from_the_verdict(
    cases: list[Case], strict: bool, fail_on: FailOn, code: ExitCode
) -> None:
    result = milestone_of(*cases, exceptions=[ENTRY])
    assert exit_code(result, strict=strict, fail_on=fail_on) is code
