"""What a change does to a service: lost, gained, claimed; and what, taken back, would undo it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from builders.judging import (
    AS_OF,
    ENTRY,
    FOUR,
    GATES,
    GOVERNANCE,
    L4_PLAN,
    RULEBOOK,
    SKELETON,
    STANZA,
    WORDS,
    Known,
    api,
    attested,
    broken,
    coverage,
    evidence,
    load_test,
    parsed,
    redated,
    report,
    roadmap,
    rulebook,
    service,
    signed,
    source,
)
from gatekeeper.collectors.source.facts import SourceFacts
from gatekeeper.collectors.tests import facts as results
from gatekeeper.collectors.vulnerabilities.facts import VulnerabilitiesFacts
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.regressions import new_service
from gatekeeper.judging.changes.verdict_changes import compare_verdicts
from gatekeeper.model.changes import Cause, Change
from gatekeeper.model.evidence import Attempt, EvidenceStatus, Finding, Subject, SubjectType
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis

G1_PLAN = "{M0: {level: L2, gates: {G1: }}, M1: {level: L2}}"
GOOD, BAD = report("unit_tests", "a"), report("unit_tests", "a", failed=["b"])


def side(model: Service, *known: Known, entries: Sequence[str] = (), as_of: date = AS_OF) -> Side:
    evidence = {key: value for part in known for key, value in part.items()}
    mapped = {slot: {"path": "x"} for slot, _ in evidence}
    with_evidence = model.model_copy(
        update={"evidence": Service.model_validate(parsed("{service: s, owner: o, plan: {M0: {level: L1}}}") | {"evidence": mapped}).evidence}
    )  # fmt: skip
    given = [RegisteredException.model_validate(parsed(text)) for text in entries]
    return Side(with_evidence, evidence, given, as_of, FOUR)


def told(base: Side, head: Side) -> list[tuple[str, str, str]]:
    found = list(compare_verdicts(base, head, RULEBOOK, "services/shop.yaml"))
    return [(change.kind, change.id, change.cause) for change in found]


def one(base: Side, head: Side, name: str) -> Change:
    found = compare_verdicts(base, head, RULEBOOK, "services/shop.yaml")
    [change] = [change for change in found if change.id == name]
    return change


def test_the_same_is_no_change() -> None:
    model = service(plan=G1_PLAN, attestations=attested(**WORDS), sign_offs=signed("L1"))
    assert told(side(model, GOOD), side(model, GOOD)) == []


def test_a_criterion_that_no_longer_holds_is_told_once_with_its_milestones_and_cause() -> None:
    model = service(plan=G1_PLAN)
    change = one(side(model, GOOD), side(model, BAD), "shop:G1.tests")
    assert (change.kind, change.cause, change.milestones) == ("regression", Cause.ARTEFACT, ("M0", "M1"))
    assert change.blocks
    assert change.message == "G1.tests: pass → fail"
    assert change.where == ("services/shop.yaml", ("evidence", "unit_tests"))


def test_what_an_exited_milestone_asked_is_history() -> None:
    model = service(plan=G1_PLAN)
    base, head = side(model, GOOD), side(model, BAD)
    found = compare_verdicts(base, head, RULEBOOK, "services/shop.yaml", exited={"M0"})
    assert [change.milestones for change in found if change.id == "shop:G1.tests"] == [("M1",)]
    found = compare_verdicts(base, head, RULEBOOK, "services/shop.yaml", exited={"M0", "M1"})
    assert "shop:G1.tests" not in {change.id for change in found}


def test_what_was_signed_off_has_to_hold_whatever_has_exited() -> None:
    model = service(
        plan="{M0: {level: L1, gates: {}}}", attestations=attested(**WORDS), sign_offs=signed("L1")
    )
    lost = service(plan="{M0: {level: L1, gates: {}}}", sign_offs=signed("L1"))
    found = compare_verdicts(side(model), side(lost), RULEBOOK, "services/shop.yaml", exited={"M0"})
    assert [change.id for change in found if change.blocks] == ["shop:signed-level:L1"]


def test_a_criterion_that_holds_now_is_an_improvement() -> None:
    model = service(plan=G1_PLAN)
    change = one(side(model, BAD), side(model, GOOD), "shop:G1.tests")
    assert (change.kind, change.cause, change.blocks) == ("improvement", Cause.ARTEFACT, False)


def test_what_the_plan_asks_anew_is_not_lost() -> None:
    before = service(plan="{M0: {level: L1, gates: {G1: {scope: s, only: [G1.coverage]}}}}")
    after = service(plan="{M0: {level: L1, gates: {G1: }}}")
    assert told(side(before, BAD), side(after, BAD)) == []


def test_a_waiver_that_is_withdrawn_is_lost_ground() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = "{M0: {level: L1, gates: {G2: }}}"
    base, head = service(plan=plan, not_applicable=waiver), service(plan=plan)
    change = one(side(base), side(head), "shop:G2.limits")
    assert (change.kind, change.cause) == ("regression", Cause.NOT_APPLICABLE)
    assert change.where == ("services/shop.yaml", ("attestations", "G2.limits"))


def test_a_target_that_was_tightened_is_caused_by_the_plan() -> None:
    plan = "{M0: {level: L1, gates: {G7: }}}"
    base, head = service(plan=plan, targets="{p95_ms: 300}"), service(plan=plan, targets="{p95_ms: 100}")
    assert one(side(base, load_test(200)), side(head, load_test(200)), "shop:G7.load").cause is Cause.PLAN


def test_what_only_time_undoes_is_caused_by_the_calendar() -> None:
    model = service(plan="{M0: {level: L1, gates: {G7: }}}", targets="{p95_ms: 300}")
    later = side(model, load_test(200), as_of=date(2027, 2, 1))
    assert one(side(model, load_test(200)), later, "shop:G7.load").cause is Cause.CALENDAR


def test_two_causes_together_give_the_weightier() -> None:
    plan = "{M0: {level: L1, gates: {G7: }}}"
    base, head = service(plan=plan, targets="{p95_ms: 300}"), service(plan=plan, targets="{p95_ms: 100}")
    change = one(side(base, load_test(200)), side(head, load_test(400)), "shop:G7.load")
    assert change.cause is Cause.ARTEFACT


def test_an_exception_that_is_gone_is_caused_by_the_register() -> None:
    words = attested(**WORDS)
    model = service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3"))
    found = told(side(model, entries=[ENTRY]), side(model))
    assert ("regression", "excepted:L4.chaos", "exception") in found


def test_a_signed_level_that_nothing_carries_any_more_is_lost() -> None:
    words = attested(**WORDS)
    base = service(plan=SKELETON, attestations=words, sign_offs=signed("L1"))
    head = service(plan=SKELETON, attestations="{}", sign_offs=signed("L1"))
    change = one(side(base), side(head), "shop:signed-level:L1")
    assert (change.kind, change.cause, change.blocks) == ("regression", Cause.ATTESTATION, True)
    assert told(side(head), side(head)) == []


def test_a_level_that_is_signed_and_not_carried_is_lost_at_once() -> None:
    base, head = service(plan=SKELETON), service(plan=SKELETON, sign_offs=signed("L1"))
    assert one(side(base), side(head), "shop:signed-level:L1").cause is Cause.SIGNATURE


def test_a_level_that_is_carried_now_is_an_improvement() -> None:
    base, head = service(plan=SKELETON), service(plan=SKELETON, attestations=attested(**WORDS))
    assert ("improvement", "shop:verified", "attestation") in told(side(base), side(head))


def test_a_twin_is_told_by_its_original() -> None:
    plan = "{M0: {level: L2, gates: {G8: }}}"
    base = service(plan=plan, attestations=attested(G8__isolation="cy security"))
    found = told(side(base), side(service(plan=plan)))
    assert [name for _, name, _ in found] == ["shop:G8.isolation"]


def test_a_gate_of_which_nothing_applies_any_more_is_lost() -> None:
    plan = "{M0: {level: L1, gates: {G2: {scope: s, only: [G2.writes]}}}}"
    model = service(plan=plan)
    writes = api(writes=1, writes_without_idempotency_key=())
    change = one(side(model, writes), side(model, api(writes=0)), "shop:G2")
    assert (change.kind, change.cause, change.milestones) == ("regression", Cause.ARTEFACT, ("M0",))


def test_a_milestone_that_is_gone_is_not_compared() -> None:
    plan = "{M0: {level: L1, gates: {G2: {scope: s, only: [G2.writes]}}}, M1: {level: L1}}"
    writes = api(writes=1, writes_without_idempotency_key=())
    base = service(plan=plan)
    head = service(plan="{M1: {level: L1, gates: {G2: {scope: s, only: [G2.writes]}}}, M2: {level: L1}}")
    assert one(side(base, writes), side(head, api(writes=0)), "shop:G2").milestones == ("M1",)
    moved = service(plan="{M2: {level: L1, gates: {G2: }}}")
    assert told(side(base, writes), side(moved, api(writes=0))) == []


def test_a_claim_without_its_signatures_blocks_and_says_whose_are_missing() -> None:
    base = service(plan=SKELETON, level="L0")
    head = service(plan=SKELETON, level="L1", sign_offs=signed("L1", owner="other"))
    change = one(side(base), side(head), "shop:level:L0->L1")
    assert (change.kind, change.blocks, change.lacks) == (
        "upgrade",
        True,
        ("owner (other is not in team-shop)",),
    )
    bare = one(side(base), side(service(plan=SKELETON, level="L1")), "shop:level:L0->L1")
    assert bare.lacks == ("owner", "architecture", "security")


@pytest.mark.parametrize("level", ["L1", "L2"])
def test_a_claim_that_is_signed_is_told_and_does_not_block(level: str) -> None:
    base, head = service(plan=SKELETON), service(plan=SKELETON, level="L1", sign_offs=signed(level))
    change = one(side(base), side(head), "shop:level:L0->L1")
    assert (change.blocks, change.lacks) == (False, ())


def test_signatures_that_are_withdrawn_are_a_weakening() -> None:
    words = attested(**WORDS)
    base = service(plan=SKELETON, attestations=words, sign_offs=signed("L1"))
    withdrawn = side(service(plan=SKELETON, attestations=words))
    [change] = compare_verdicts(side(base), withdrawn, RULEBOOK, "services/shop.yaml")
    assert change.message == "it is signed off for L0 instead of L1"
    assert (change.kind, change.cause, change.needs_sign_off) == ("plan-weakened", Cause.GOVERNANCE, True)


def test_an_artefact_that_is_gone_is_told() -> None:
    model = service(plan=SKELETON)
    gone = side(model, broken("unit_tests", EvidenceStatus.MISSING))
    assert told(side(model, GOOD), gone) == [
        ("evidence-removed", "shop:evidence.unit_tests:removed", "artefact")
    ]
    assert "evidence-removed" not in {kind for kind, _, _ in told(gone, side(model, GOOD))}
    assert told(side(model, GOOD, source("a.ts")), side(model, GOOD)) == []
    narrowed: Known = {("unit_tests", (("paths", ("a",)),)): GOOD["unit_tests", ()]}
    assert told(side(model, narrowed), side(model)) == []


def new(**more: Any) -> list[tuple[str, str, bool]]:
    found = new_service(side(service(plan=SKELETON, **more)), RULEBOOK, "services/shop.yaml")
    return [(change.kind, change.id, change.blocks) for change in found]


def test_a_new_service_is_told_and_has_nothing_to_lose() -> None:
    assert new() == [("note", "shop:new", False)]


def test_a_new_service_has_to_have_signed_what_it_claims_and_to_carry_what_it_signed() -> None:
    assert new(level="L1")[1:] == [("upgrade", "shop:level:L0->L1", True)]
    assert new(sign_offs=signed("L1"))[1:] == [("regression", "shop:signed-level:L1", True)]


def test_causes_without_any_difference_are_those_of_the_evidence() -> None:
    from gatekeeper.judging.changes.causes import Causes

    same = side(service(plan=SKELETON))
    assert Causes(same, same, RULEBOOK).of(lambda _: False) is Cause.ARTEFACT


def test_what_an_exception_covered_is_lost_with_the_level_and_not_told_again() -> None:
    words = attested(**WORDS)
    model = service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3"))
    bare = model.model_copy(update={"attestations": {}})
    found = [name for _, name, _ in told(side(model, entries=[ENTRY]), side(bare, entries=[ENTRY]))]
    assert "excepted:signed-level:L3" in found
    assert "excepted:L4.chaos" not in found


def test_the_same_bytes_with_an_earlier_date_are_told() -> None:
    model = service(plan=SKELETON)
    before, after = (bytes_of(load_test(200, day), "1") for day in ("2026-11-10", "2026-11-01"))
    assert told(side(model, before), side(model, after)) == [("note", "shop:evidence.load:dated", "artefact")]
    assert told(side(model, before), side(model, bytes_of(after, "2"))) == []


def test_the_same_bytes_with_a_later_date_are_a_weakening_where_age_counts() -> None:
    model = service(plan=SKELETON)
    before, after = (bytes_of(load_test(200, day), "1") for day in ("2026-11-01", "2026-11-10"))
    [change] = compare_verdicts(side(model, before), side(model, after), RULEBOOK, "services/shop.yaml")
    assert (change.kind, change.needs_sign_off) == ("plan-weakened", True)
    assert change.message == (
        "`load` is dated 2026-11-10T00:00:00Z instead of 2026-11-01T00:00:00Z, and has the same bytes"
    )
    assert told(side(model, before), side(model, bytes_of(after, "2"))) == []
    assert told(side(model, bytes_of(load_test(200, None), "1")), side(model, after)) == [], "dated first"
    ageless = [
        bytes_of(
            evidence("unit_tests", GOOD["unit_tests", ()].facts, datetime(2026, 11, day, tzinfo=UTC)), "1"
        )
        for day in (1, 10)
    ]
    assert [kind for kind, _, _ in told(*(side(model, one) for one in ageless))] == ["note"]


def test_a_report_that_lists_nothing_has_the_same_bytes_whenever_it_is_made() -> None:
    model = service(plan=SKELETON)
    before, after = (
        with_parts(bytes_of(load_test(200, day), "1"), items=0) for day in ("2026-11-01", "2026-11-10")
    )
    assert [kind for kind, _, _ in told(side(model, before), side(model, after))] == ["note"]


def with_parts(known: Known, **more: Any) -> Known:
    """Return evidence whose parts state something else."""
    return {
        key: value._replace(parts=tuple(part._replace(**more) for part in value.parts))
        for key, value in known.items()
    }


def test_a_level_that_was_lost_before_is_lost_again_where_more_is_signed_or_less_is_left() -> None:
    two = "{M0: {level: L1, gates: {}}, M1: {level: L3, gates: {G1: }}}"
    lost = service(plan=two, attestations=attested(**WORDS), sign_offs=signed("L2"))
    higher = service(plan=two, attestations=attested(**WORDS), sign_offs=signed("L3"))
    lower = service(plan=two, attestations="{}", sign_offs=signed("L2"))
    assert told(side(lost), side(lost)) == []
    assert one(side(lost), side(higher), "shop:signed-level:L3").cause is Cause.SIGNATURE
    assert one(side(lost), side(lower), "shop:signed-level:L2").cause is Cause.ATTESTATION


# The cause, if more than one thing differs


def test_a_lapse_is_caused_by_the_calendar_whatever_else_differs() -> None:
    plan = "{M0: {level: L1, gates: {G7: }}}"
    base = service(plan=plan, targets="{p95_ms: 300}")
    head = service(plan=plan, targets="{p95_ms: 290}", attestations=attested(L1__scaffold="ada owner"))
    later = side(head, load_test(200), as_of=date(2027, 2, 1))
    assert one(side(base, load_test(200)), later, "shop:G7.load").cause is Cause.CALENDAR


def test_a_failure_is_not_caused_by_the_calendar_because_days_have_passed() -> None:
    model = service(plan="{M0: {level: L1, gates: {G7: }}}", targets="{p95_ms: 300}")
    later = side(model, load_test(400), as_of=date(2026, 11, 22))
    assert one(side(model, load_test(200)), later, "shop:G7.load").cause is Cause.ARTEFACT


def test_a_level_lapses_by_the_calendar() -> None:
    words = attested(**WORDS, L2__contracts="ada owner")
    plan = "{M0: {level: L2, gates: {G7: }}}"
    model = service(plan=plan, targets="{p95_ms: 300}", attestations=words, sign_offs=signed("L2"))
    later = side(model, load_test(200), as_of=date(2027, 2, 1))
    change = one(side(model, load_test(200)), later, "shop:signed-level:L2")
    assert (change.cause, change.message) == (
        Cause.CALENDAR,
        "L2 was signed off; evidence has lapsed: G7.load",
    )


def test_a_tightened_target_is_the_cause_beside_other_evidence() -> None:
    plan = "{M0: {level: L1, gates: {G7: }}}"
    base = service(plan=plan, targets="{p95_ms: 300}")
    head = service(plan=plan, targets="{p95_ms: 100}", attestations=attested(L1__scaffold="ada owner"))
    assert one(side(base, load_test(200)), side(head, load_test(200)), "shop:G7.load").cause is Cause.PLAN


def test_signing_a_level_that_does_not_hold_is_the_cause_beside_other_evidence() -> None:
    base = service(plan=SKELETON)
    head = service(plan=SKELETON, attestations=attested(L1__scaffold="ada owner"), sign_offs=signed("L1"))
    assert one(side(base), side(head), "shop:signed-level:L1").cause is Cause.SIGNATURE


@pytest.mark.parametrize("others", ["", "G1: , "], ids=["alone", "beside another red gate"])
def test_a_gate_narrowed_to_nothing_is_caused_by_the_plan(others: str) -> None:
    writes = api(writes=0, throttled_without_headers=())
    base = service(plan=f"{{M0: {{level: L1, gates: {{{others}G2: }}}}}}")
    narrowed = "G2: {scope: s, only: [G2.writes]}"
    head = service(
        plan=f"{{M0: {{level: L1, gates: {{{others}{narrowed}}}}}}}",
        attestations=attested(L1__scaffold="ada owner"),
    )
    change = one(side(base, writes), side(head, writes), "shop:G2")
    assert (change.kind, change.cause) == ("regression", Cause.PLAN)


def test_a_gate_that_turns_red_by_a_criterion_is_told_by_the_criterion_alone() -> None:
    model = service(plan="{M0: {level: L1, gates: {G1: {scope: s, only: [G1.tests]}}}}")
    found = [name for _, name, _ in told(side(model, GOOD), side(model, BAD))]
    assert "shop:G1.tests" in found
    assert "shop:G1" not in found


# What closes something


PASSING = "{M0: {level: L1, gates: {G1: {scope: s, only: [G1.tests]}}}}"
FAILING = report("unit_tests", "a", failed=["b"])


def bytes_of(known: Known, digest: str, path: str = "x") -> Known:
    return {key: value._replace(sha256=digest, path=path) for key, value in known.items()}


def closing(base: Side, head: Side, name: str = "shop:G1.tests", **more: Any) -> tuple[str, list[str]]:
    """Return the cause of an improvement, and the weakenings that are reported with it."""
    found = list(compare_verdicts(base, head, RULEBOOK, "services/shop.yaml", **more))
    [improved] = [change for change in found if change.id == name]
    assert (improved.kind, improved.blocks) == ("improvement", False)
    return improved.cause, [change.message for change in found if change.needs_sign_off]


def test_new_bytes_close_by_an_artefact() -> None:
    model = service(plan=PASSING)
    base, head = side(model, bytes_of(FAILING, "1")), side(model, bytes_of(GOOD, "2"))
    assert closing(base, head) == ("artefact", [])


def test_bytes_that_the_base_held_already_close_by_a_weakening() -> None:
    model = service(plan=PASSING)
    base, head = side(model, bytes_of(FAILING, "1")), side(model, bytes_of(GOOD, "2", "old.xml"))
    cause, weaker = closing(base, head._replace(known_bytes=frozenset({"2"})))
    assert (cause, len(weaker)) == ("weakening", 1)
    assert weaker[0].startswith(
        "`unit_tests` is read from old.xml, whose bytes the base holds already: G1.tests"
    )
    both = service(plan="{M0: {level: L3, gates: {G1: {scope: s, only: [G1.tests, G1.deep]}}}}")
    deep = bytes_of(report("unit_tests", "deep"), "2", "old.xml")
    found = compare_verdicts(
        side(both, bytes_of(FAILING, "1")),
        side(both, deep)._replace(known_bytes=frozenset({"2"})),
        RULEBOOK,
        "f",
    )
    assert len([change for change in found if change.needs_sign_off]) == 1, "one edit, two criteria"
    other_slot = side(model, bytes_of(FAILING, "1"), bytes_of(source("a.ts"), "2"))
    assert closing(other_slot, head)[0] == "weakening"


def test_new_bytes_in_another_slot_do_not_hide_an_edit() -> None:
    """G1.coverage needs two slots; only the one that is read from old bytes closes it."""
    model = service(plan="{M0: {level: L1, gates: {G1: {scope: s, only: [G1.coverage]}}}}")
    files, low, high = source("a.ts"), coverage(50.0, "a.ts"), coverage(99.0, "a.ts")
    base = side(model, bytes_of(files, "1"), bytes_of(low, "2"))
    head = side(model, bytes_of(files, "3"), bytes_of(high, "4"))
    assert closing(base, head, "shop:G1.coverage") == ("artefact", [])
    cause, weaker = closing(base, head._replace(known_bytes=frozenset({"4"})), "shop:G1.coverage")
    assert (cause, len(weaker)) == ("weakening", 1)
    assert weaker[0].startswith("`coverage` is read from ")


def test_other_facts_of_the_same_bytes_close_by_a_weakening() -> None:
    """Somebody edits a record by hand: the digest says that the artefact is the same."""
    model = service(plan=PASSING)
    cause, weaker = closing(side(model, bytes_of(FAILING, "1")), side(model, bytes_of(GOOD, "1")))
    assert (cause, len(weaker)) == ("weakening", 1)
    assert weaker[0].startswith("`unit_tests` has other facts and the same bytes: ")


def test_another_date_of_the_same_bytes_closes_by_a_weakening() -> None:
    model = service(plan="{M0: {level: L1, gates: {G7: }}}", targets="{p95_ms: 300}")
    old, new = (bytes_of(load_test(200, day), "1") for day in ("2026-01-01", "2026-11-10"))
    cause, weaker = closing(side(model, old), side(model, new), "shop:G7.load")
    assert (cause, len(weaker)) == ("weakening", 1)
    assert weaker[0].startswith("`load` has another date and the same bytes: ")
    renewed = bytes_of(load_test(200, "2026-11-10"), "2")
    assert closing(side(model, old), side(model, renewed), "shop:G7.load") == ("artefact", [])


def recorded(known: Known, digest: str, day: int, **more: Any) -> Known:
    """Return evidence by the record of a pipeline of a day in November."""
    moment = datetime(2026, 11, day, tzinfo=UTC)
    more |= {"basis": Basis.RECORD, "pipeline": "unit", "age": (moment, moment)}
    return {key: value._replace(**more) for key, value in bytes_of(known, digest).items()}


def test_an_earlier_record_closes_by_a_weakening_unless_it_is_a_later_attempt() -> None:
    model, failing, at = service(plan=PASSING), recorded(FAILING, "1", 18), datetime(2026, 11, 17, tzinfo=UTC)
    cause, weaker = closing(side(model, failing), side(model, recorded(GOOD, "2", 17)))
    assert (cause, len(weaker)) == ("weakening", 1)
    assert weaker[0].startswith("`unit_tests` goes back to an earlier record, by the pipeline unit: ")
    again = recorded(GOOD, "2", 17, attempts=(Attempt(at, "1", "1"),))
    assert closing(side(model, failing), side(model, again)) == ("artefact", [])
    assert closing(side(model, failing), side(model, recorded(GOOD, "2", 19))) == ("artefact", [])


def test_new_bytes_of_another_pipeline_close_by_an_artefact() -> None:
    """The newest record passes before and after: the other one decides."""
    model = service(plan=PASSING)
    base, head = (
        side(model, recorded(GOOD, "1", 18, others=tuple(recorded(other, digest, 18).values())))
        for other, digest in ((FAILING, "2"), (GOOD, "3"))
    )
    assert closing(base, head) == ("artefact", [])
    cause, weaker = closing(base, head._replace(known_bytes=frozenset({"3"})))
    assert (cause, len(weaker)) == ("weakening", 1)


def test_evidence_that_is_hidden_closes_by_a_weakening() -> None:
    """Without the failing report, an attestation that was there before would count."""
    words = attested(G8__isolation="cy security")
    model = service(plan="{M0: {level: L2, gates: {G8: }}}", attestations=words)
    failing = report("isolation", "a", failed=["b"])
    for hidden in (side(model), side(model, broken("isolation", EvidenceStatus.MISSING))):
        cause, weaker = closing(side(model, bytes_of(failing, "1")), hidden, "shop:G8.isolation")
        assert cause == "weakening"
        assert weaker[0].startswith("the evidence of `isolation` is gone: ")


def test_acts_of_people_close_by_what_they_are() -> None:
    words = attested(**WORDS)
    base = service(plan=SKELETON, attestations=words)
    assert closing(
        side(base), side(service(plan=SKELETON, attestations=words, sign_offs=signed("L1"))), "shop:signed"
    ) == ("signature", [])
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = "{M0: {level: L1, gates: {G2: }}}"
    assert closing(
        side(service(plan=plan)), side(service(plan=plan, not_applicable=waiver)), "shop:G2.limits"
    ) == ("not_applicable", [])
    model = service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3"))
    cause, _ = closing(side(model), side(model, entries=[ENTRY]), "excepted:L4.chaos")
    assert cause == "exception"


def test_another_owner_whose_people_signed_closes_by_a_weakening() -> None:
    words = attested(L1__scaffold="other owner", L1__no_customers="other owner")
    base, head = (
        service(plan=SKELETON, owner=team, attestations=words) for team in ("team-shop", "team-elsewhere")
    )
    cause, weaker = closing(side(base), side(head), "shop:L1.scaffold")
    assert (cause, len(weaker)) == ("weakening", 1)
    assert weaker[0].startswith("the owner is team-elsewhere instead of team-shop: ")


def test_another_owner_and_the_word_of_its_people_are_a_weakening_together() -> None:
    """Otherwise whoever edits the owner could have a team of their own attest."""
    theirs = attested(L1__scaffold="other owner")
    base = service(plan=SKELETON)
    head = service(plan=SKELETON, owner="team-elsewhere", attestations=theirs)
    cause, weaker = closing(side(base), side(head), "shop:L1.scaffold")
    assert (cause, len(weaker)) == ("weakening", 1)


def test_an_approval_of_one_date_covers_no_other() -> None:
    model = service(plan="{M0: {level: L1, gates: {G7: }}}", targets="{p95_ms: 300}")
    old = side(model, bytes_of(load_test(200, "2026-01-01"), "1"))
    ids = set()
    for day in ("2026-11-10", "2026-11-19"):
        found = compare_verdicts(old, side(model, bytes_of(load_test(200, day), "1")), RULEBOOK, "f")
        ids |= {change.id for change in found if change.needs_sign_off}
    assert len(ids) == 2


def test_a_first_target_is_a_declaration_and_a_weaker_plan_a_weakening() -> None:
    plan = "{M0: {level: L1, gates: {G7: }}}"
    base, head = service(plan=plan), service(plan=plan, targets="{p95_ms: 300}")
    assert closing(side(base, load_test(200)), side(head, load_test(200)), "shop:G7.load") == (
        "declaration",
        [],
    )
    loose = service(plan=plan, targets="{p95_ms: 900}")
    tight = service(plan=plan, targets="{p95_ms: 100}")
    cause, _ = closing(
        side(tight, load_test(200)), side(loose, load_test(200)), "shop:G7.load", weakened=[("plan", "M0")]
    )
    assert cause == "weakening"


def test_another_name_of_a_service_is_a_declaration_unless_it_is_reported_as_a_weakening() -> None:
    about = with_parts(GOOD, subjects=(Subject(SubjectType.SERVICE, "till"),))
    base, head = (side(service(plan=PASSING, identity=of), about) for of in ("{}", "{names: [till]}"))
    assert closing(base, head) == ("declaration", [])
    assert closing(base, head, weakened=[("identity",)]) == ("weakening", [])


def test_a_criterion_that_an_exit_ends_is_closed_by_the_exit() -> None:
    model = service(
        plan="{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {}}}",
        sign_offs=signed("L1"),
        attestations=attested(L1__scaffold="ada owner"),
    )
    exited = roadmap("M0", "M1", "M2", "M3", exits={"M0": "2026-10-30"})
    base = side(model)
    assert closing(base, base._replace(roadmap=exited), "shop:verified")[0] == "exit"


# What an answer rests on


def test_an_attestation_instead_of_evidence_is_a_weakening() -> None:
    words = attested(G8__isolation="cy security")
    plan = "{M0: {level: L2, gates: {G8: }}}"
    passing = report("isolation", "a")
    found = compare_verdicts(
        side(service(plan=plan), passing),
        side(service(plan=plan, attestations=words)),
        RULEBOOK,
        "services/shop.yaml",
    )
    weaker = [change.message for change in found if change.needs_sign_off]
    assert weaker == ["G8.isolation was shown by evidence and is attested now"]


def test_records_instead_of_artefacts_are_one_note() -> None:
    model = service(plan=PASSING)
    recorded = {key: value._replace(basis=Basis.RECORD) for key, value in GOOD.items()}
    assert told(side(model, GOOD), side(model, recorded)) == [("note", "shop:evidence:recorded", "artefact")]
    assert told(side(model, recorded), side(model, GOOD)) == []


@pytest.mark.parametrize("before", [Basis.ARTEFACT, Basis.RECORD])
@pytest.mark.parametrize(
    ("field", "what"), [("produced_at_basis", "when"), ("commit_basis", "of which commit")]
)
def test_what_the_manifest_states_instead_of_the_evidence_is_a_weakening(
    before: Basis, field: str, what: str
) -> None:
    model, known = service(plan=SKELETON), load_test(200, "2026-11-10")
    stated, typed = (side(model, with_parts(known, **{field: basis})) for basis in (before, Basis.TYPED))
    [change] = compare_verdicts(stated, typed, RULEBOOK, "services/shop.yaml")
    assert change.message == f"the manifest states {what} `load` was made; before, the evidence did"
    assert told(typed, typed) == told(typed, stated) == []
    assert told(side(model, with_parts(known, **{field: None})), typed) == [], "stated for the first time"


def test_a_gate_that_is_dropped_because_nothing_of_it_applied_is_no_longer_red() -> None:
    writes = api(writes=0, throttled_without_headers=())
    narrowed = service(plan="{M0: {level: L1, gates: {G2: {scope: s, only: [G2.writes]}}}}")
    dropped = service(plan="{M0: {level: L1, gates: {}}}")
    cause, _ = closing(side(narrowed, writes), side(dropped, writes), "shop:G2", weakened=[("plan", "M0")])
    assert cause == "weakening"


def test_what_closes_at_a_level_alone_is_reported() -> None:
    """Level L3 is above every target: no milestone shows what it lacks."""
    plan = "{M0: {level: L1, gates: {G1: }}}"
    base, head = service(plan=plan), service(plan=plan, attestations=attested(G1__deep="ada owner"))
    assert closing(side(base), side(head), "shop:G1.deep") == ("attestation", [])


def test_an_overdue_exception_that_is_closed_while_something_is_open_is_a_weakening() -> None:
    words = attested(**WORDS)
    model = service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3"))
    closed = ENTRY + "closed: 2026-11-10\n"
    found = list(compare_verdicts(side(model, entries=[ENTRY]), side(model, entries=[closed]), RULEBOOK, "f"))
    [change] = [change for change in found if change.needs_sign_off]
    assert change.message.startswith("RR-1 was closed on 2026-11-10, and still open is ")
    assert "L4.chaos" in change.message


def test_what_is_stated_for_the_first_time_closes_by_a_declaration() -> None:
    model = service(plan="{M0: {level: L1, gates: {G7: }}}", targets="{p95_ms: 300}")
    dated = bytes_of(load_test(200, "2026-11-10"), "1")
    undated = {key: redated(value, None) for key, value in dated.items()}
    assert closing(side(model, undated), side(model, dated), "shop:G7.load") == ("declaration", [])


def test_an_edit_does_not_hide_behind_a_waiver_of_the_same_change() -> None:
    """The next change could drop the waiver, and what the edit closed would stay closed."""
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = "{M0: {level: L1, gates: {G2: }}}"
    bad, good = (
        bytes_of(api(throttled_without_headers=flaws), digest)
        for flaws, digest in (((Finding("a"),), "1"), ((), "2"))
    )
    base = side(service(plan=plan), bad)
    head = side(service(plan=plan, not_applicable=waiver), good)._replace(known_bytes=frozenset({"2"}))
    cause, weaker = closing(base, head, "shop:G2.limits")
    assert (cause, len(weaker)) == ("weakening", 1)


def test_a_plan_that_reads_more_and_so_closes_something_is_a_weakening() -> None:
    """No obligation is lost: the scope is wider. Still nothing new was shown."""
    book = rulebook(
        gates=GATES
        | {
            "G2": GATES["G2"].replace(
                "api.writes_without_idempotency_key: {empty: true}", "api.writes: {at_least: 2}"
            )
        }
    )
    narrow = service(plan="{M0: {level: L1, gates: {G2: {scope: s, paths: [/a]}}}}")
    wide = service(plan="{M0: {level: L1, gates: {G2: {scope: s, paths: [/a, /b]}}}}")
    both: Known = {
        ("api", (("paths", ("/a",)),)): api(writes=1)["api", ()],
        ("api", (("paths", ("/a", "/b")),)): api(writes=2)["api", ()],
    }
    found = list(compare_verdicts(side(narrow, both), side(wide, both), book, "f"))
    [weaker] = [change for change in found if change.needs_sign_off]
    assert weaker.message == "the plan differs: G2.writes is no longer open"


def test_failing_evidence_that_is_hidden_is_a_weakening_although_nothing_closes() -> None:
    """Otherwise the next change could attest what this one hides."""
    model = service(plan="{M0: {level: L2, gates: {G8: }}}")
    failing = bytes_of(report("isolation", "a", failed=["b"]), "1")
    [weaker] = [
        change.message
        for change in compare_verdicts(side(model, failing), side(model), RULEBOOK, "f")
        if change.needs_sign_off
    ]
    assert weaker == "the evidence of `isolation` is gone, which showed that G8.isolation did not hold"
    missing = broken("isolation", EvidenceStatus.MISSING)
    assert told(side(model, missing), side(model)) == []


def test_a_first_mapping_to_bytes_of_another_service_is_a_weakening() -> None:
    base, head = side(service(plan=PASSING)), side(service(plan=PASSING), bytes_of(GOOD, "2"))
    own = head._replace(known_bytes=frozenset({"2"}))
    assert closing(base, own) == ("declaration", [])
    cause, weaker = closing(base, own._replace(bytes_of_others=frozenset({"2"})))
    assert (cause, len(weaker)) == ("weakening", 1)


def test_a_capability_that_becomes_optional_no_longer_blocks() -> None:
    base = service(plan="{M0: {level: L1, gates: {}, adds: [a]}}")
    head = service(plan="{M0: {level: L1, gates: {}, adds: [{capability: a, optional: true}]}}")
    [message] = [
        change.message
        for change in compare_verdicts(side(base), side(head), RULEBOOK, "f", weakened=[("plan", "M0")])
        if change.id == "shop:capability:a"
    ]
    assert message == "capability:a: missing → it no longer blocks"


def test_two_differences_that_either_suffice_are_found_by_making_one_alone() -> None:
    """Reverting one of them leaves the other, so neither is needed."""
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = "{M0: {level: L1, gates: {G2: }}}"
    bad, good = (
        bytes_of(api(throttled_without_headers=flaws), digest)
        for flaws, digest in (((Finding("a"),), "1"), ((), "2"))
    )
    head = service(plan=plan, not_applicable=waiver, attestations=attested(L1__scaffold="ada owner"))
    cause, _ = closing(side(service(plan=plan), bad), side(head, good), "shop:G2.limits")
    assert cause in ("artefact", "not_applicable")
    later = side(head, good)._replace(as_of=date(2026, 11, 21))
    cause, _ = closing(side(service(plan=plan), bad), later, "shop:G2.limits")
    assert cause in ("artefact", "not_applicable"), "and not the calendar, which alone changes nothing"


def test_hidden_evidence_that_also_closes_something_is_one_weakening() -> None:
    """G1.tests fails and G1.deep lacks an attestation's effect by the same report."""
    words = attested(G1__deep="ada owner")
    plan = "{M0: {level: L3, gates: {G1: {scope: s, only: [G1.tests, G1.deep]}}}}"
    base = side(service(plan=plan, attestations=words), bytes_of(FAILING, "1"))
    found = list(compare_verdicts(base, side(service(plan=plan, attestations=words)), RULEBOOK, "f"))
    assert len([change for change in found if change.needs_sign_off]) == 1


def test_an_entry_that_is_closed_when_all_is_delivered_is_no_weakening() -> None:
    words = attested(**WORDS)
    before = service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3"))
    entry = ENTRY.replace('delta: [L4.capabilities, L4.chaos, "capability:b"]', "delta: [L4.chaos]")
    after = before.model_copy(update={"sign_offs": service(sign_offs=signed("L4")).sign_offs})
    closed = entry + "closed: 2026-11-10\n"
    base, head = side(before, entries=[entry]), side(after, report("chaos", "a"), entries=[closed])
    found = compare_verdicts(base, head, RULEBOOK, "f")
    assert [change.message for change in found if change.needs_sign_off] == []


def test_evidence_of_another_slot_hides_nothing() -> None:
    """G1.coverage rests on two slots: only the one that is gone is named."""
    model = service(plan="{M0: {level: L1, gates: {G1: {scope: s, only: [G1.coverage]}}}}")
    files = source("a.ts")
    base = side(model, bytes_of(files, "1"), bytes_of(coverage(50.0, "a.ts"), "2"))
    found = compare_verdicts(base, side(model, bytes_of(files, "1")), RULEBOOK, "f")
    [weaker] = [change.message for change in found if change.needs_sign_off]
    assert weaker.startswith("the evidence of `coverage` is gone, which showed")


def test_an_overdue_exception_does_not_end_with_a_higher_target() -> None:
    """L4 is excused; a target above it has no exceptions, and the entry would no longer be overdue."""
    book = rulebook(governance=GOVERNANCE + "exceptions: {excuse: L3, ship_at: L2}\n")
    words = attested(**WORDS)
    entry = ENTRY.replace(
        'delta: [L4.capabilities, L4.chaos, "capability:b"]', "delta: ['sign-off:L3']"
    ).replace("service: excepted", "service: shop")
    plan = "{{M0: {{level: L3, gates: {{G1: }}}}, M1: {{level: L3}}, M2: {{level: {}}}}}"
    base, head = (
        side(service(plan=plan.format(level), attestations=words, sign_offs=signed("L2")), entries=[entry])
        for level in ("L3", "L4")
    )
    found = compare_verdicts(base, head, book, "f")
    said = [change.message for change in found if change.needs_sign_off]
    assert said == ["RR-1 is not overdue any more, and still open is sign-off:L3"]


def test_another_owner_whose_people_have_signed_off_is_a_weakening() -> None:
    """Nothing else closes: only the sign-off of the owner counts newly."""
    signatures = signed("L1", owner="other")
    base, head = (
        service(plan=SKELETON, owner=team, attestations="{}", sign_offs=signatures)
        for team in ("team-shop", "team-elsewhere")
    )
    cause, weaker = closing(side(base), side(head), "shop:signed")
    assert cause == "weakening"
    assert weaker == ["the owner is team-elsewhere instead of team-shop: sign-off:L1 is no longer open"]


# Evidence that holds less


def ran(*passed: str, skipped: int = 0, total: int | None = None) -> Known:
    count = len(passed) + skipped if total is None else total
    return evidence("unit_tests", results.TestsFacts(total=count, passed=passed, failed=(), skipped=skipped))


def shrunk(before: Known, after: Known, book: Rulebook = RULEBOOK) -> list[Change]:
    model = service(plan=PASSING)
    found = compare_verdicts(side(model, before), side(model, after), book, "services/shop.yaml")
    return [change for change in found if change.kind == "evidence-shrunk"]


NAMES = tuple(f"test {n}" for n in range(120))


def test_fewer_tests_that_pass_are_told_with_figures() -> None:
    [change] = shrunk(ran(*NAMES), ran(*NAMES[:12], skipped=108))
    assert change.message == (
        "less evidence than before for `unit_tests`: passed 120 → 12, skipped 0 → 108; still met: G1.tests"
    )
    assert (change.id, change.cause) == ("shop:evidence.unit_tests:shrunk", Cause.ARTEFACT)
    assert (change.blocks, change.needs_sign_off) == (False, False)
    assert change.amounts == {"passed": (120, 12), "skipped": (0, 108)}
    assert change.where == ("services/shop.yaml", ("evidence", "unit_tests"))


@pytest.mark.parametrize(
    "after", [ran(*NAMES), ran(*NAMES, "more"), ran(*NAMES, skipped=5)], ids=["equal", "more", "more skipped"]
)
def test_as_much_as_before_is_not_told(after: Known) -> None:
    assert shrunk(ran(*NAMES), after) == []


def test_what_does_not_pass_before_and_after_is_told_otherwise() -> None:
    failing = report("unit_tests", "a", failed=["b"])
    assert shrunk(ran(*NAMES), failing) == []
    assert shrunk(failing, ran("a")) == []


def test_a_scan_that_lists_less_is_told_by_the_items_of_its_parts() -> None:
    scanned = GATES["G7"].replace("kind: load_test}", "kind: load_test}\n  scan: {kind: vulnerabilities}")
    asked = f"  - {{id: G7.scan, question: q, requires: {{scan.critical: {{equals: 0}}}}, {STANZA}}}\n"
    book = rulebook(gates=GATES | {"G7": scanned + asked})
    model = service(plan="{M0: {level: L1, gates: {G7: {scope: s, only: [G7.scan]}}}}")
    clean = evidence("scan", VulnerabilitiesFacts(critical=0, high=3))
    empty = evidence("scan", VulnerabilitiesFacts(critical=0, high=0))
    before, after = with_parts(clean, items=40), with_parts(empty, items=0)
    changes = compare_verdicts(side(model, before), side(model, after), book, "services/shop.yaml")
    [change] = [change for change in changes if change.kind == "evidence-shrunk"]
    assert change.message.endswith("`scan`: high 3 → 0, items 40 → 0; still met: G7.scan")
    unknown = compare_verdicts(side(model, clean), side(model, after), book, "services/shop.yaml")
    assert list(unknown) == []


_ASKED = GATES["G1"].replace("id: G1.tests,", "id: G1.tests, must_not_shrink: true,")
STRICT = rulebook(gates=GATES | {"G1": _ASKED})


def test_much_less_evidence_needs_an_approval_where_it_must_not_shrink() -> None:
    [change] = shrunk(ran(*NAMES), ran(*NAMES[:107]), STRICT)
    assert (change.blocks, change.needs_sign_off, change.cause) == (True, True, Cause.ARTEFACT)
    assert change.id.startswith("shop:evidence.unit_tests:shrunk:sha256:")
    [other] = shrunk(ran(*NAMES), ran(*NAMES[:106]), STRICT)
    assert other.id != change.id


def test_a_small_fall_is_told_and_needs_no_approval() -> None:
    [change] = shrunk(ran(*NAMES), ran(*NAMES[:108]), STRICT)
    assert (change.blocks, change.message.count("passed 120 → 108")) == (False, 1)


IN_TYPESCRIPT = rulebook(
    gates={
        "G1": f"""
gate: G1
name: Domain
definition: d
artefact: a
role: security
slots: {{tree: {{kind: source}}}}
criteria:
  - id: G1.pure
    question: q
    requires: {{tree.files: {{empty: false}}, tree.disallowed_imports: {{empty: true}}}}
    decidable_in: {{languages: [typescript], else_attested_by: architecture}}
    {STANZA.replace(", ", chr(10) + "    ")}
"""
    },
    levels="levels: [{level: L0, name: n, meaning: m, audience: a}, {level: L1, name: n, meaning: m, audience: a}, {level: L2, name: n, meaning: m, audience: a}]",
)


def tree(*languages: str, flaws: Sequence[str] = ()) -> Known:
    return evidence(
        "tree", SourceFacts(files=("a",), languages=languages, disallowed_imports=tuple(map(Finding, flaws)))
    )


@pytest.mark.parametrize("was_attested", [False, True], ids=["attested with it", "attested before"])
def test_a_file_in_another_language_does_not_let_a_person_say_unseen_what_evidence_showed(
    was_attested: bool,
) -> None:
    words = attested(G1__pure="bo architecture")
    models = (
        service(plan=G1_PLAN, attestations=words if was_attested else "{}"),
        service(plan=G1_PLAN, attestations=words),
    )

    def weaker(before: Known, after: Known) -> list[str]:
        base, head = side(models[0], before), side(models[1], after)
        found = compare_verdicts(base, head, IN_TYPESCRIPT, "services/shop.yaml")
        return [change.message for change in found if change.needs_sign_off]

    assert weaker(tree("typescript"), tree("go", "typescript")) == [
        "G1.pure was shown by evidence and is attested now"
    ]
    assert weaker(tree("typescript", flaws=["nest"]), tree("go", "typescript", flaws=["nest"])) == []
    still = side(models[1], tree("go", "typescript", flaws=["nest"])).judged(IN_TYPESCRIPT)
    assert [one.status for one in still["M0"].criteria] == ["fail"]
