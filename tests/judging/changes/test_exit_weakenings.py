"""Which changes of exit records are weakenings."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from builders.judging import AS_OF, GOVERNANCE, roadmap, rulebook, workspace
from builders.signing import key_pair
from gatekeeper.judging.changes.exit_weakenings import JudgedExit, compare_exits, new_exits
from gatekeeper.model.milestone import ExitRecord, Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.statement import of_exit
from gatekeeper.model.status import MilestoneVerdict
from gatekeeper.model.workspace import Manifests

HERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11"
RULEBOOK, EVIDENCE, OWN_RULES, OWN_EVIDENCE = (f"sha256:{digit * 64}" for digit in "1234")
GOOD = {"by": "bo", "verdict": "ready", "rulebook": RULEBOOK, "evidence": EVIDENCE}
DAY = "2026-11-10"


def state(records: Mapping[str, Any], governance: str = GOVERNANCE) -> Manifests:
    milestone = Milestone.model_validate({"milestone": "M1", "exited": dict(records)})
    order = Roadmap(roadmap("M0", exits={"M0": "2026-11-01"}) | {"M1": milestone})
    return workspace(governance=governance)._replace(milestones=order)


def changes(
    base: Mapping[str, Any],
    head: Mapping[str, Any],
    verdict: MilestoneVerdict = MilestoneVerdict.READY,
    governance: str = GOVERNANCE,
    by_own_rules: MilestoneVerdict = MilestoneVerdict.READY,
) -> list[tuple[bool, str]]:
    """Return whether each change blocks, and its message."""
    before, after = state(base, governance), state(head, governance)
    judged = {
        (name, exited.on): {
            RULEBOOK: JudgedExit(verdict, EVIDENCE),
            OWN_RULES: JudgedExit(by_own_rules, OWN_EVIDENCE),
        }
        for name, exited in new_exits(before.milestones, after.milestones)
    }
    found = compare_exits(before, after, rulebook(governance=governance), judged, AS_OF)
    return [(change.blocks, change.message) for change in found]


def test_what_stays_as_it_was_is_no_change() -> None:
    assert changes({DAY: GOOD}, {DAY: GOOD}, MilestoneVerdict.BLOCKED) == []


def test_a_record_made_by_the_command_is_a_note() -> None:
    assert changes({}, {DAY: GOOD}) == [(False, f"bo recorded the exit of M1 on {DAY}")]


@pytest.mark.parametrize(
    ("record", "verdict", "why"),
    [
        ({"by": "bo"}, "ready", "it lacks the digests"),
        (GOOD | {"rulebook": EVIDENCE}, "ready", "it lacks the digests"),
        (GOOD | {"evidence": RULEBOOK}, "ready", "it lacks the digests"),
        (GOOD | {"evidence": OWN_EVIDENCE}, "ready", "it lacks the digests"),
        (GOOD | {"rulebook": OWN_RULES}, "ready", "it lacks the digests"),
        (GOOD, "blocked", "the milestone is blocked on that day"),
        (GOOD | {"by": "zoe"}, "ready", "zoe is not on the roster of the base"),
        (GOOD | {"override": "the fair starts"}, "blocked", "governance does not allow an override"),
    ],
)
def test_a_record_that_does_not_count_is_a_weakening(record: dict[str, str], verdict: str, why: str) -> None:
    [(blocks, message)] = changes({}, {DAY: record}, MilestoneVerdict(verdict))
    assert blocks
    assert why in message


def test_a_record_made_by_the_rules_of_the_change_counts_if_no_rules_block() -> None:
    record = GOOD | {"rulebook": OWN_RULES, "evidence": OWN_EVIDENCE}
    assert changes({}, {DAY: record}) == [(False, f"bo recorded the exit of M1 on {DAY}")]
    ready, blocked = MilestoneVerdict.READY, MilestoneVerdict.BLOCKED
    for by_base, by_own in ((ready, blocked), (blocked, ready)):
        [(blocks, message)] = changes({}, {DAY: record}, by_base, by_own_rules=by_own)
        assert (blocks, "the milestone is blocked on that day" in message) == (True, True)


@pytest.mark.parametrize(
    ("of_m0", "why"),
    [
        ({}, "M0 comes before and has not exited"),
        ({"2026-11-11": {"by": "bo"}}, "M0 comes before and has not exited"),
        ({"2026-11-09": {"by": "bo", "withdrawn": "x"}}, "M0 comes before and has not exited"),
        ({"2026-11-09": {"by": "bo", "override": "x"}}, None),
        ({"2026-11-10": {"by": "bo"}}, None),
    ],
)
def test_a_new_record_may_not_skip_a_milestone(of_m0: dict[str, Any], why: str | None) -> None:
    def with_m0(records: Mapping[str, Any]) -> Manifests:
        found = state(records)
        first = Milestone.model_validate({"milestone": "M0", "exited": of_m0})
        return found._replace(milestones=Roadmap(found.milestones | {"M0": first}))

    judged = {("M1", date.fromisoformat(DAY)): {RULEBOOK: JudgedExit(MilestoneVerdict.READY, EVIDENCE)}}
    [change] = compare_exits(with_m0({}), with_m0({DAY: GOOD}), rulebook(), judged, AS_OF)
    assert (change.blocks, why is None or why in change.message) == (why is not None, True)
    assert list(compare_exits(with_m0({DAY: GOOD}), with_m0({DAY: GOOD}), rulebook(), judged, AS_OF)) == []


def test_a_record_of_tomorrow_does_not_count() -> None:
    [(blocks, message)] = changes({}, {"2026-11-21": GOOD})
    assert (blocks, ", after the as-of date 2026-11-20" in message) == (True, True)


def test_the_base_may_allow_an_override() -> None:
    allowed = GOVERNANCE + "break_glass: true\n"
    record = GOOD | {"override": "the fair starts"}
    assert changes({}, {DAY: record}, MilestoneVerdict.BLOCKED, allowed) == [
        (False, f"bo recorded the exit of M1 on {DAY}")
    ]


@pytest.mark.parametrize("after", [{}, {DAY: GOOD | {"by": "cy"}}, {"2026-11-11": GOOD}])
def test_an_old_record_may_not_be_removed_changed_or_dated_anew(after: dict[str, Any]) -> None:
    blocks, message = changes({DAY: GOOD}, after)[0]
    assert (blocks, f"the record of the exit of M1 on {DAY} was" in message) == (True, True)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        ({DAY: GOOD, "2026-11-11": {"by": "bo", "withdrawn": "x"}}, "a withdrawal asks for less"),
        ({DAY: GOOD, "2026-11-11": {"by": "zoe", "withdrawn": "x"}}, "zoe is not on the roster of the base"),
        ({DAY: GOOD | {"withdrawn": "x"}}, f"the record of the exit of M1 on {DAY} was changed"),
    ],
)
def test_a_withdrawal_is_a_weakening_because_less_is_due(after: dict[str, Any], why: str) -> None:
    [(blocks, message)] = changes({DAY: GOOD}, after)
    assert (blocks, why in message) == (True, True)


def test_the_last_record_up_to_a_day_decides() -> None:
    records = {DAY: GOOD, "2026-11-12": {"by": "bo", "withdrawn": "x"}, "2026-11-14": GOOD}
    order = state(records).milestones
    exited = [order.has_exited("M1", date(2026, 11, day)) for day in (9, 10, 11, 12, 13, 14)]
    assert exited == [False, True, True, False, False, True]


def test_a_single_record_may_name_its_day() -> None:
    short = Milestone.model_validate({"milestone": "M1", "exited": {"on": DAY, "by": "bo"}})
    assert short == Milestone.model_validate({"milestone": "M1", "exited": {DAY: {"by": "bo"}}})


def test_a_record_that_nobody_judged_does_not_count() -> None:
    found = list(compare_exits(state({}), state({DAY: GOOD}), rulebook(), {}, AS_OF))
    assert [change.blocks for change in found] == [True]


def test_another_exit_date_is_a_note() -> None:
    base = state({})
    dated = Milestone.model_validate({"milestone": "M1", "exit_date": "2026-12-01"})
    head = base._replace(milestones=Roadmap(base.milestones | {"M1": dated}))
    [change] = compare_exits(base, head, rulebook(), {}, AS_OF)
    assert (change.blocks, change.message) == (False, "M1 is planned to exit on 2026-12-01 instead of no day")


def test_a_record_that_skips_a_milestone_does_not_count() -> None:
    order = Roadmap(roadmap("M0") | {"M1": state({DAY: GOOD}).milestones["M1"]})
    head = state({})._replace(milestones=order)
    before = state({})._replace(milestones=roadmap("M0", "M1"))
    judged = {("M1", date(2026, 11, 10)): {RULEBOOK: JudgedExit(MilestoneVerdict.READY, EVIDENCE)}}
    [change] = compare_exits(before, head, rulebook(), judged, AS_OF)
    assert change.blocks
    assert "M0 comes before and has not exited" in change.message


@pytest.mark.parametrize(
    ("signer", "more", "is_change"),
    [("bo", {}, False), ("cy", {}, True), ("bo", {"report_sha256": "5" * 64}, True)],
)
def test_a_signature_of_its_own_person_is_no_change_of_a_record(
    signer: str, more: dict[str, str], is_change: bool
) -> None:
    keyed = GOVERNANCE.replace("bo: {", f"bo: {{keys: ['{key_pair('bo').public}'], ")
    rules = rulebook(governance=keyed)._replace(workspace=HERE)
    record = ExitRecord.model_validate(GOOD | more)
    role = rules.governance.exit_role
    message = of_exit("M1", date.fromisoformat(DAY), record, role).message(HERE)
    signed = GOOD | more | {"signature": key_pair(signer).sign(message)}
    before, after = state({DAY: GOOD}, keyed), state({DAY: signed}, keyed)
    found = [change.message for change in compare_exits(before, after, rules, {}, AS_OF)]
    assert bool(found) is is_change, found
    taken = list(compare_exits(after, before, rules, {}, AS_OF))
    assert ["was changed" in change.message for change in taken] == [True]


@pytest.mark.parametrize("is_revoked", [True, False])
def test_only_a_signature_that_does_not_count_is_replaced(is_revoked: bool) -> None:
    old, new = key_pair("old"), key_pair("new")
    keys = f"keys: [{{key: '{old.public}', revoked: {str(is_revoked).lower()}}}, '{new.public}']"
    keyed = GOVERNANCE.replace("bo: {", f"bo: {{{keys}, ")
    rules = rulebook(governance=keyed)._replace(workspace=HERE)
    record = ExitRecord.model_validate(GOOD)
    message = of_exit("M1", date.fromisoformat(DAY), record, rules.governance.exit_role).message(HERE)
    before, after = (state({DAY: GOOD | {"signature": key.sign(message)}}, keyed) for key in (old, new))
    assert bool(list(compare_exits(before, after, rules, {}, AS_OF))) is not is_revoked
