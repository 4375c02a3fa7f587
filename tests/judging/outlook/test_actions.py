"""The work that unblocks an exit: who does what, and in which order."""

import pytest

from builders.judging import (
    AS_OF,
    ENTRY,
    FOUR,
    G1,
    G8,
    GATES,
    L4_PLAN,
    RULEBOOK,
    SKELETON,
    WORDS,
    Known,
    attested,
    blocked,
    broken,
    case,
    milestone_of,
    parsed,
    ready,
    report,
    roadmap,
    rulebook,
    service,
    signed,
)
from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.outlook.actions import Outlook, actions, actions_of
from gatekeeper.judging.outlook.needs import Need, Wording, Work
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.action import Action, ActionKind, Option, Way
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.status import Effort
from gatekeeper.reporters.wording.actions import what_to_do


def test_an_action_is_the_same_thing_to_do_in_all_services_of_all_owners() -> None:
    elsewhere = case(service(service="elsewhere", owner="team-elsewhere", plan=SKELETON))
    actions = milestone_of(blocked("a"), blocked("b"), elsewhere).actions
    of = {action.id: action for action in actions}
    scaffold = of["attest:L1.scaffold"]
    assert scaffold.services == ("a", "b", "elsewhere")
    assert scaffold.owners == ("team-shop", "team-elsewhere")
    assert (scaffold.answers, scaffold.roles) == (3, ("owner",))
    share = scaffold.of_owners(["team-elsewhere"])
    assert share
    assert share.services == ("elsewhere",)
    assert scaffold.of(["a", "b", "elsewhere"]) is scaffold
    assert scaffold.of(["unknown"]) is None


@pytest.mark.parametrize("efforts", [("small", "large"), ("large", "small")])
def test_an_action_takes_the_effort_of_the_service_where_it_takes_most(efforts: tuple[str, str]) -> None:
    work = [Work(ActionKind.CHANGE, ("API.docs",), "team", "", "", "", Effort(effort)) for effort in efforts]
    [action] = actions_of("M1", [("a", (Need(work[0]),)), ("b", (Need(work[1]),))])
    assert (action.services, action.effort) == (("a", "b"), Effort.LARGE)


def test_the_step_that_finishes_a_service_comes_first() -> None:
    nearly = case(
        service(
            service="nearly",
            plan=SKELETON,
            attestations=attested(L1__scaffold="ada owner", L1__no_customers="ada owner"),
        )
    )
    result = milestone_of(blocked(), nearly)
    first = result.actions[0]
    assert first.unblocks_services == ("nearly",)
    assert what_to_do(first) == "Get L1 signed off by owner, architecture, security."
    assert first.unblocks_milestones == ()
    [only] = milestone_of(nearly).actions
    assert only.unblocks_milestones == ("M0",)


def test_signatures_come_after_the_work_that_is_to_be_signed() -> None:
    steps = milestone_of(blocked()).actions
    assert [step.criteria for step in steps] == [("L1.scaffold",), ("L1.no-customers",), ()]


def test_what_an_exception_could_cover_is_named_so() -> None:
    words = attested(**WORDS)
    of = case(service(plan=L4_PLAN, attestations=words, sign_offs=signed("L3")))
    steps = milestone_of(of).actions
    assert {step.criteria: step.excusable for step in steps} == {
        ("L4.capabilities",): True,
        ("L4.chaos",): True,
        ("capability:b",): True,
        (): False,
    }


def test_lost_ground_cannot_be_excused() -> None:
    of = case(service(plan=L4_PLAN, attestations=attested(**WORDS), sign_offs=signed("L4")))
    assert not any(step.excusable for step in milestone_of(of).actions)


def test_claims_and_dead_gates_have_steps_of_their_own() -> None:
    claims = case(service(service="claims", plan=SKELETON, level="L2"))
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    dead = case(
        service(
            service="dead",
            plan="{M0: {level: L1, gates: {G2: {scope: s, only: [G2.limits]}}}}",
            not_applicable=waiver,
        )
    )
    steps = [what_to_do(step) for step in milestone_of(claims, dead).actions]
    assert "Have L2 signed off, or lower `level:` to L0." in steps
    assert "Remove G2 from the plan, or give it something to judge: none of its criteria applies." in steps


def test_a_dead_gate_where_nothing_is_lost_recovers_nothing() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = "{M0: {level: L1, gates: {G2: {scope: s, only: [G2.limits]}}}}"
    dead = case(service(plan=plan, not_applicable=waiver, attestations=attested(**WORDS)))
    steps = [(what_to_do(step)[:9], step.recovers) for step in milestone_of(dead).actions]
    assert steps == [("Remove G2", False), ("Get L1 si", False)]


def test_a_claim_that_the_target_has_signed_anyway_is_one_step() -> None:
    claims = case(service(plan=SKELETON, level="L1", attestations=attested(**WORDS)))
    [step] = milestone_of(claims).actions
    assert what_to_do(step) == "Get L1 signed off by owner, architecture, security."
    assert step.unblocks_services == ("shop",)


def test_a_claim_beyond_the_target_needs_both() -> None:
    beyond = case(service(plan=SKELETON, level="L2", attestations=attested(**WORDS)))
    assert [what_to_do(step) for step in milestone_of(beyond).actions] == [
        "Have L2 signed off, or lower `level:` to L0.",
        "Get L1 signed off by owner, architecture, security.",
    ]


def test_an_artefact_that_nobody_can_read_is_to_be_mended() -> None:
    plan = "{M0: {level: L1, gates: {G1: }}}"
    of = case(service(plan=plan), broken("unit_tests"))
    actions = {action.id: (what_to_do(action), action.criteria) for action in milestone_of(of).actions}
    assert actions["fix:unit_tests"] == ("Fix the artefact: `unit_tests` is unreadable.", ("G1.tests",))
    produce = "Produce and map `coverage` (kind `coverage`)."
    assert actions["map:coverage"] == (produce, ("G1.coverage",))


def test_ready_services_need_nothing() -> None:
    assert milestone_of(ready()).actions == ()


def test_closing_an_overdue_exception_is_no_work_of_its_own() -> None:
    """Once what it covers is delivered, its record no longer blocks: `check` then asks to close it."""
    words = attested(**WORDS)
    of = case(service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3")))
    steps = milestone_of(of, milestone="M1", exceptions=[ENTRY]).actions
    assert {step.criteria: step.recovers for step in steps} == {
        ("L4.chaos",): True,
        ("capability:b",): True,
        ("L4.capabilities",): True,
        (): False,
    }
    assert not any(step.excusable for step in steps)


# What a step is: as few as will do


def test_a_criterion_that_waits_for_others_alone_is_no_step() -> None:
    words = attested(**WORDS, L4__capabilities="bo architecture")
    of = case(service(plan=L4_PLAN, attestations=words, sign_offs=signed("L3")))
    criteria = [step.criteria for step in milestone_of(of).actions]
    assert ("L4.capabilities",) not in criteria
    assert ("capability:b",) in criteria


def test_a_criterion_that_waits_for_what_is_not_due_yet_is_a_step() -> None:
    """L4 was signed off and is lost for want of a capability, which M0 itself does not ask for."""
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L4, adds: [b]}}"
    words = attested(**WORDS, L4__capabilities="bo architecture")
    of = case(
        service(plan=plan, attestations=words, sign_offs=signed("L4")),
        report("chaos", "x"),
    )
    assert ("L4.capabilities",) in [step.criteria for step in milestone_of(of).actions]


def test_an_artefact_that_nobody_can_read_is_mended_once() -> None:
    plan = "{M0: {level: L3, gates: {G1: {scope: s, only: [G1.tests, G1.deep]}}}}"
    of = case(service(plan=plan), broken("unit_tests"))
    steps = [step for step in milestone_of(of).actions if what_to_do(step).startswith("Fix the artefact")]
    assert [step.criteria for step in steps] == [("G1.tests", "G1.deep")]


def test_work_on_one_artefact_is_about_its_slots_in_any_order() -> None:
    known = {**broken("unit_tests"), **broken("coverage")}
    known = {slot: seen._replace(path="reports/all.xml") for slot, seen in known.items()}
    [result] = milestone_of(case(service(), known)).services
    results = {of.rule.id: of for of in result.open_criteria}
    orders = (results, dict(reversed(results.items())))
    fixes = [[work.about for work, _ in Wording().works("o", of) if work.kind == "fix"] for of in orders]
    assert fixes == [[("coverage", "unit_tests")]] * 2


@pytest.mark.parametrize("remembered", [1, 2, 3, 50])
def test_what_is_remembered_of_other_services_changes_no_work(remembered: int) -> None:
    broken = report("unit_tests", failed=["a"])
    cases = [
        case(service(service=name, owner=f"team-{name}"), *of)
        for name, of in zip("abc", [(), (broken,), ()], strict=True)
    ]
    results = [{of.rule.id: of for of in result.open_criteria} for result in milestone_of(*cases).services]
    wording = Wording(remembered)
    seen = [list(wording.works(f"o{place}", of)) for place, of in enumerate(results)]
    assert seen == [list(Wording().works(f"o{place}", of)) for place, of in enumerate(results)]
    assert seen[0] != seen[1]


def test_a_twin_is_one_step() -> None:
    of = case(service(plan="{M0: {level: L2, gates: {G8: }}}"))
    criteria = {name for step in milestone_of(of).actions for name in step.criteria}
    assert "G8.isolation" in criteria
    assert "L2.isolation" not in criteria


# The order


def test_lost_ground_comes_first_and_signatures_last() -> None:
    one = case(
        service(
            service="a",
            plan="{M0: {level: L1, gates: {}}, M1: {level: L2, gates: {}}}",
            attestations=attested(L1__scaffold="ada owner"),
            sign_offs=signed("L1"),
        )
    )
    two = blocked("b")
    steps = milestone_of(two, one, milestone="M0").actions
    assert [(step.criteria, step.recovers) for step in steps] == [
        (("L1.no-customers",), True),
        (("L1.scaffold",), False),
        ((), False),
    ]


def test_what_helps_more_services_comes_before_what_helps_fewer() -> None:
    nearly = service(service="c", plan=SKELETON, attestations=attested(L1__scaffold="ada owner"))
    steps = milestone_of(blocked("a"), case(nearly)).actions
    assert [step.services for step in steps] == [("a", "c"), ("a",), ("a", "c")]


def test_a_signature_that_is_all_that_is_left_does_not_wait_for_the_others() -> None:
    signs = case(service(service="signs", plan=SKELETON, attestations=attested(**WORDS)))
    first, *_, last = milestone_of(blocked(), signs).actions
    assert (what_to_do(first), first.services) == (what_to_do(last), ("signs",))
    assert last.services == ("blocked",)


# Other ways


def _options(*cases: Case, milestone: str = "M0") -> dict[tuple[str, ...], list[tuple[str, str | None]]]:
    steps = milestone_of(*cases, milestone=milestone).actions
    return {step.criteria: [(option.way, option.by) for option in step.options] for step in steps}


@pytest.mark.parametrize(
    ("known", "ways"),
    [
        ((), [("attestation", "security")]),
        ((report("isolation", "a", failed=["b"]),), []),
        ((broken("isolation"),), []),
    ],
)
def test_a_person_may_stand_in_only_for_what_is_missing(
    known: tuple[Known, ...], ways: list[tuple[str, str]]
) -> None:
    of = case(service(plan="{M0: {level: L2, gates: {G8: {scope: s, only: [G8.isolation]}}}}"), *known)
    assert _options(of)["G8.isolation",] == ways


def test_a_person_may_renew_a_word_that_lapsed() -> None:
    plan = "{M1: {level: L2, gates: {G8: {scope: s, only: [G8.threats]}}}}"
    words = attested(G8__threats="cy security 2026-11-01 M0")
    steps = milestone_of(case(service(plan=plan, attestations=words)), milestone="M1").actions
    assert [what_to_do(step) for step in steps if step.criteria == ("G8.threats",)] == [
        "Have security attest G8.threats again for this milestone."
    ]


def test_what_may_be_waived_says_by_whom() -> None:
    of = case(service(plan="{M0: {level: L2, gates: {G2: {scope: s, only: [G2.limits]}}}}"))
    assert _options(of)["G2.limits",] == [("waiver", "architecture")]


def test_an_exception_is_an_option_and_waives_the_signatures_of_l4() -> None:
    words = attested(**WORDS)
    of = case(service(plan=L4_PLAN, attestations=words, sign_offs=signed("L3")))
    options = _options(of)
    assert ("exception", None) in options["L4.chaos",]
    assert options[()] == [("exception", None)]
    not_at_l3 = case(service(plan=L4_PLAN, attestations=words, sign_offs=signed("L2")))
    assert _options(not_at_l3)[()] == []


def test_signatures_of_l4_may_wait_if_an_exception_can_cover_some_of_the_work() -> None:
    entry = ENTRY.replace('L4.capabilities, L4.chaos, "capability:b"', "L4.chaos") + "closed: 2026-11-02"
    of = case(
        service(service="excepted", plan=L4_PLAN, attestations=attested(**WORDS), sign_offs=signed("L3"))
    )
    steps = {step.criteria: step for step in milestone_of(of, exceptions=[entry]).actions}
    assert not steps["L4.chaos",].excusable
    assert steps["capability:b",].excusable
    assert steps[()].options == (Option(Way.EXCEPTION, None, ("excepted",)),)


def test_signatures_of_l4_may_not_wait_if_they_are_all_that_is_left() -> None:
    words = attested(**WORDS, L4__capabilities="bo architecture", capability_b="ada owner")
    of = case(service(plan=L4_PLAN, attestations=words, sign_offs=signed("L3")), report("chaos", "x"))
    assert _options(of) == {(): []}


def test_an_option_names_the_services_that_it_is_open_to() -> None:
    plan = "{M0: {level: L1, gates: {}, adds: [b]}}"
    lacks, fails = (service(service=name, plan=plan) for name in ("lacks", "fails"))
    result = milestone_of(case(lacks), case(fails, report("capability_tests", failed=["b"])))
    to_map, to_change = (step for step in result.actions if step.criteria == ("capability:b",))
    assert (to_map.services, to_change.services) == (("lacks",), ("fails",))
    assert to_map.options == (Option(Way.ATTESTATION, "owner", ("lacks",)),)
    assert to_change.options == ()


def test_an_option_is_open_to_all_criteria_of_a_step() -> None:
    of = case(service(plan="{M0: {level: L3, gates: {G1: , G2: }}}"))
    steps = {step.criteria: step.options for step in milestone_of(of).actions}
    assert steps["G1.tests", "G1.deep"] == ()
    assert steps["G2.writes", "G2.limits"] == ()


def _excusable(milestone: str, *exceptions: str, milestones: tuple[str, ...] = ("M0", "M1")) -> bool:
    words = attested(**WORDS)
    of = case(service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L3")))
    entries = [RegisteredException.model_validate(parsed(text)) for text in exceptions]
    facts = Facts([of.service], {"excepted": of.evidence}, entries, AS_OF, roadmap(*milestones))
    steps = judge_milestone(RULEBOOK, facts, milestone).actions
    return any(step.excusable for step in steps)


def test_no_exception_opens_in_the_last_milestone_nor_twice() -> None:
    assert _excusable("M0")
    assert _excusable("M1", milestones=())
    assert not _excusable("M1")
    for_later = ENTRY.replace("opened_in: M0", "opened_in: M1")
    assert not _excusable("M0", for_later, milestones=("M0", "M1", "M2"))
    closed = ENTRY + "closed: 2026-11-02"
    assert not _excusable("M0", closed)


# Other milestones


def _ahead(*cases: Case, asked: str = "M0", others: tuple[str, ...] = ("M1",)) -> tuple[Action, ...]:
    further = {name: milestone_of(*cases, milestone=name).services for name in others}
    services = milestone_of(*cases, milestone=asked).services
    return actions(asked, services, Outlook(("M0", "M1", "M2", "M3"), further))


def test_a_step_says_which_milestones_it_helps_and_which_it_unblocks() -> None:
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L1}, M2: {level: L2}}"
    words = attested(L1__scaffold="ada owner")
    of = case(service(plan=plan, attestations=words, sign_offs=signed("L1")))
    [step] = _ahead(of, others=("M1", "M2"))
    assert (step.criteria, step.milestones) == (("L1.no-customers",), ("M0", "M1", "M2"))
    assert step.unblocks_milestones == ("M0", "M1")


def test_a_milestone_in_which_more_is_left_is_not_unblocked() -> None:
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L1, adds: [b]}}"
    words = attested(L1__scaffold="ada owner")
    [step] = _ahead(case(service(plan=plan, attestations=words, sign_offs=signed("L1"))))
    assert (step.milestones, step.unblocks_milestones) == (("M0", "M1"), ("M0",))


def test_what_is_made_for_one_milestone_does_not_help_another() -> None:
    plan = "{M0: {level: L2, gates: {G8: }}, M1: {level: L2}}"
    steps = {step.criteria: step.milestones for step in _ahead(case(service(plan=plan)))}
    assert steps["G8.threats",] == ("M0",)
    assert steps["G8.review",] == ("M0", "M1")


@pytest.mark.parametrize(
    ("plan", "milestones"),
    [
        ("{M0: {level: L2, gates: {G2: {scope: s, paths: [/a]}}}, M1: {level: L2}}", ("M0", "M1")),
        ("{M0: {level: L2, gates: {G2: {scope: s, paths: [/a]}}}, M1: {level: L2, gates: {G2: }}}", ("M0",)),
        ("{M0: {level: L2, gates: {G2: {scope: s, paths: [/a]}}}, M1: {level: L3}}", ("M0",)),
        ("{M0: {level: L2, gates: {G2: {scope: s, only: [G2.limits]}}}, M1: {level: L3}}", ("M0", "M1")),
    ],
)
def test_what_is_read_more_narrowly_does_not_help_where_all_is_read(
    plan: str, milestones: tuple[str, ...]
) -> None:
    steps = {name: step.milestones for step in _ahead(case(service(plan=plan))) for name in step.criteria}
    assert steps["G2.limits"] == milestones


def test_where_another_cell_asks_in_a_scope_of_its_own_nothing_is_promised() -> None:
    """Both milestones are held up by a gate that was signed for, and is read in part elsewhere."""
    gates = "{G2: {scope: s, paths: [/a], only: [G2.limits]}}"
    plan = f"{{M0: {{level: L1, gates: {{}}}}, M1: {{level: L1}}, M2: {{level: L2, gates: {gates}}}}}"
    of = case(service(plan=plan, attestations=attested(**WORDS), sign_offs=signed("L2")))
    steps = {step.criteria: step.milestones for step in _ahead(of)}
    assert steps["G2.limits",] == ("M0",)
    assert steps["L2.contracts",] == ("M0", "M1")


def test_a_question_with_a_level_of_its_own_is_the_same_at_that_level_only() -> None:
    rising = "{M0: {level: L1, gates: {G1: }}, M1: {level: L2}}"
    level = "{M0: {level: L2, gates: {G1: }}, M1: {level: L2}}"
    for plan, milestones in ((rising, ("M0",)), (level, ("M0", "M1"))):
        steps = {step.criteria: step.milestones for step in _ahead(case(service(plan=plan)))}
        assert steps["G1.coverage",] == milestones


def test_what_meets_a_rule_need_not_meet_its_tightened_version() -> None:
    upcoming = "upcoming: {effective: M1, requires: {unit_tests.total: {at_least: 9}}}"
    text = GATES["G1"].replace("{id: G1.tests,", f"{{id: G1.tests, {upcoming},")
    plan = "{M0: {level: L1, gates: {G1: }}, M1: {level: L1}}"
    of = case(service(plan=plan), book=rulebook(gates=GATES | {"G1": text}))
    steps = {step.criteria: step.milestones for step in _ahead(of)}
    assert steps["G1.tests",] == ("M0",)
    assert steps["L1.scaffold",] == ("M0", "M1")


def test_what_does_not_bind_is_no_step() -> None:
    text = GATES["G1"].replace("{id: G1.tests,", "{id: G1.tests, effective: M1,")
    of = case(service(plan="{M0: {level: L1, gates: {G1: }}}"), book=rulebook(gates=GATES | {"G1": text}))
    assert ("G1.tests",) not in [step.criteria for step in _ahead(of, others=())]


def test_a_dead_gate_is_a_matter_of_one_cell() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    plan = "{M0: {level: L1, gates: {G2: {scope: s, only: [G2.limits]}}}, M1: {level: L1}}"
    of = case(service(plan=plan, not_applicable=waiver))
    [dead] = [step for step in _ahead(of) if what_to_do(step).startswith("Remove G2")]
    assert dead.milestones == ("M0",)


def test_of_some_services_only_no_exit_is_promised() -> None:
    nearly = case(service(service="nearly", plan=SKELETON, attestations=attested(**WORDS)))
    facts = Facts([nearly.service], {}, (), AS_OF, FOUR, is_partial=True)
    [step] = judge_milestone(RULEBOOK, facts, "M0").actions
    assert (step.unblocks_services, step.unblocks_milestones) == (("nearly",), ())
    assert step.milestones == ("M0",)


# The order, rule by rule


def _criteria(*cases: Case, milestone: str = "M0") -> list[str]:
    return [name for step in milestone_of(*cases, milestone=milestone).actions for name in step.criteria]


def test_a_step_that_undoes_a_regression_comes_before_one_that_finishes_and_helps_more() -> None:
    plan = "{M0: {level: L1, gates: {G8: {scope: s, only: [G8.review]}}}}"
    owing = [
        case(
            service(
                service=name, plan=SKELETON, attestations=attested(L1__scaffold="ada owner"), sign_offs="{}"
            )
        )
        for name in ("b", "c")
    ]
    regressed = case(service(service="a", plan=plan, attestations=attested(**WORDS), sign_offs=signed("L1")))
    assert _criteria(*owing, regressed) == ["G8.review", "L1.no-customers"]
    steps = milestone_of(*owing, regressed).actions
    assert [step.recovers for step in steps[:2]] == [True, False]


def test_a_step_that_finishes_a_service_comes_before_one_that_helps_more_services() -> None:
    many = [case(service(service=name, plan=SKELETON)) for name in ("b", "c")]
    target = "{M0: {level: L0, gates: {G8: {scope: s, only: [G8.review]}}}}"
    nearly = case(service(service="a", plan=target, attestations=attested(L1__scaffold="ada owner")))
    assert _criteria(*many, nearly)[0] == "G8.review"


def test_equal_steps_come_in_the_order_of_their_effort() -> None:
    books = [
        text.replace("effort: small", f"effort: {effort}") for text, effort in ((G1, "large"), (G8, "medium"))
    ]
    book = rulebook(gates=GATES | {"G1": books[0], "G8": books[1]})
    plan = "{M0: {level: L1, gates: {G1: {scope: s, only: [G1.tests]}, G8: {scope: s, only: [G8.review]}}}}"
    model = service(plan=plan)
    facts = Facts([model], {}, (), AS_OF, FOUR)
    steps = judge_milestone(book, facts, "M0").actions
    assert [(step.criteria, step.effort) for step in steps[:4]] == [
        (("L1.scaffold",), "small"),
        (("L1.no-customers",), "small"),
        (("G8.review",), "medium"),
        (("G1.tests",), "large"),
    ]


def test_a_step_that_helps_more_milestones_comes_first() -> None:
    plan = "{M0: {level: L1, gates: {G8: {scope: s, only: [G8.threats, G8.review]}}}, M1: {level: L1}}"
    steps = [step for step in _ahead(case(service(plan=plan))) if step.criteria]
    assert [(step.criteria, step.milestones) for step in steps if step.criteria[0].startswith("G8")] == [
        (("G8.review",), ("M0", "M1")),
        (("G8.threats",), ("M0",)),
    ]


def test_a_shared_step_undoes_a_regression_if_it_does_so_for_one_service() -> None:
    regressed = case(service(service="a", plan=SKELETON, sign_offs=signed("L1")))
    for of in ((regressed, blocked("b")), (blocked("b"), regressed)):
        [step] = [step for step in milestone_of(*of).actions if step.criteria == ("L1.scaffold",)]
        assert len(step.services) == 2
        assert step.recovers


def test_a_shared_step_is_excusable_only_if_it_is_for_every_service() -> None:
    words = attested(**WORDS)
    may, may_not = (
        case(service(service=name, plan=L4_PLAN, attestations=words, sign_offs=signed(level)))
        for name, level in (("may", "L3"), ("may-not", "L4"))
    )
    for of in ((may, may_not), (may_not, may)):
        [step] = [step for step in milestone_of(*of).actions if step.criteria == ("L4.chaos",)]
        assert len(step.services) == 2
        assert not step.excusable
