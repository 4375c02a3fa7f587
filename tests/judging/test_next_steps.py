"""The work that unblocks an exit: who does what, and in which order."""

from workbench import (
    ENTRY,
    L4_PLAN,
    SKELETON,
    WORDS,
    attested,
    blocked,
    broken,
    case,
    excepted,
    milestone_of,
    ready,
    service,
    signed,
)


def test_a_step_is_one_remedy_of_one_owner_for_all_its_services() -> None:
    elsewhere = case(service(service="elsewhere", owner="team-elsewhere", plan=SKELETON))
    steps = milestone_of(blocked("a"), blocked("b"), elsewhere).next_steps
    of = {(step.owner, step.criteria): step.services for step in steps}
    assert of["team-shop", ("L1.scaffold",)] == ("a", "b")
    assert of["team-elsewhere", ("L1.scaffold",)] == ("elsewhere",)


def test_the_step_that_finishes_a_service_comes_first() -> None:
    nearly = case(
        service(
            service="nearly",
            plan=SKELETON,
            attestations=attested(L1__scaffold="ada owner", L1__no_customers="ada owner"),
        )
    )
    result = milestone_of(blocked(), nearly)
    first = result.next_steps[0]
    assert first.unblocks_services == ("nearly",)
    assert first.step == "Get L1 signed off by owner, architecture, security."
    assert first.unblocks_milestones == ()
    [only] = milestone_of(nearly).next_steps
    assert only.unblocks_milestones == ("M0",)


def test_signatures_come_after_the_work_that_is_to_be_signed() -> None:
    steps = milestone_of(blocked()).next_steps
    assert [step.criteria for step in steps] == [("L1.scaffold",), ("L1.no-customers",), ()]


def test_what_an_exception_could_cover_is_named_so() -> None:
    words = attested(**WORDS)
    of = case(service(plan=L4_PLAN, attestations=words, sign_offs=signed("L3")))
    steps = milestone_of(of).next_steps
    assert {step.criteria: step.excusable for step in steps} == {
        ("L4.capabilities",): True,
        ("L4.chaos",): True,
        ("capability:b",): True,
        (): False,
    }


def test_lost_ground_cannot_be_excused() -> None:
    of = case(service(plan=L4_PLAN, attestations=attested(**WORDS), sign_offs=signed("L4")))
    assert not any(step.excusable for step in milestone_of(of).next_steps)


def test_claims_dead_gates_and_overdue_exceptions_have_steps_of_their_own() -> None:
    claims = case(service(service="claims", plan=SKELETON, level="L2"))
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    dead = case(
        service(
            service="dead",
            plan="{M0: {level: L1, gates: {G2: {scope: s, only: [G2.limits]}}}}",
            not_applicable=waiver,
        )
    )
    steps = [step.step for step in milestone_of(claims, dead).next_steps]
    assert "Have L2 signed off, or lower `level:` to L0." in steps
    assert "Take G2 out of the plan, or give it something to judge: none of it applies." in steps
    overdue = milestone_of(excepted(), milestone="M1", exceptions=[ENTRY]).next_steps
    assert "Close the exception RR-1 once what it covers is delivered." in [step.step for step in overdue]


def test_a_claim_that_the_target_has_signed_anyway_is_one_step() -> None:
    claims = case(service(plan=SKELETON, level="L1", attestations=attested(**WORDS)))
    [step] = milestone_of(claims).next_steps
    assert step.step == "Get L1 signed off by owner, architecture, security."
    assert step.unblocks_services == ("shop",)


def test_a_claim_beyond_the_target_needs_both() -> None:
    beyond = case(service(plan=SKELETON, level="L2", attestations=attested(**WORDS)))
    assert [step.step for step in milestone_of(beyond).next_steps] == [
        "Have L2 signed off, or lower `level:` to L0.",
        "Get L1 signed off by owner, architecture, security.",
    ]


def test_an_artefact_that_nobody_can_read_is_to_be_mended() -> None:
    plan = "{M0: {level: L1, gates: {G1: }}}"
    of = case(service(plan=plan), broken("unit_tests"))
    steps = {step.criteria: step.step for step in milestone_of(of).next_steps}
    assert steps["G1.tests",] == "Mend the artefact: `unit_tests` is unreadable."
    assert steps["G1.coverage",] == "Mend it."


def test_ready_services_need_nothing() -> None:
    assert milestone_of(ready()).next_steps == ()


def test_only_an_overdue_exception_asks_to_be_closed() -> None:
    words = attested(**WORDS)
    of = case(service(service="excepted", plan=L4_PLAN, attestations=words, sign_offs=signed("L2")))
    opened, later = (
        [step.step for step in milestone_of(of, milestone=milestone, exceptions=[ENTRY]).next_steps]
        for milestone in ("M0", "M1")
    )
    closing = "Close the exception RR-1 once what it covers is delivered."
    assert opened
    assert closing not in opened
    assert closing in later
