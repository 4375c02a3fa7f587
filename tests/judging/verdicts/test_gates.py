"""Gates: what applies, and what colour follows."""

import pytest

from builders.judging import (
    G8,
    GATES,
    L4,
    LEVELS,
    RULEBOOK,
    Known,
    api,
    attested,
    case,
    codes,
    coverage,
    criterion,
    gate,
    judged,
    report,
    rulebook,
    service,
    source,
    threats,
)
from gatekeeper.collectors.openapi.facts import OpenapiFacts
from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults, gate_status
from gatekeeper.judging.verdicts.services import judge_everywhere, judge_service
from gatekeeper.model.evidence import Evidence, EvidenceStatus, Finding
from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Service
from gatekeeper.model.status import Effort, GateStatus, Status
from gatekeeper.model.verdict import CriterionResult

RULE = Rule("G1.x", "G1", RULEBOOK.by_id["G1.tests"].level, "q", "w", "r", Effort.SMALL)


@pytest.mark.parametrize(
    ("statuses", "colour"),
    [
        (["pass"], "green"),
        (["pass", "not_applicable"], "green"),
        (["pass", "excepted"], "amber"),
        (["excepted"], "amber"),
        (["pass", "fail"], "red"),
        (["pass", "missing"], "red"),
        (["excepted", "stale"], "red"),
        (["unreadable"], "red"),
        (["not_applicable"], "red"),
        ([], "red"),
    ],
)
def test_a_gate_s_colour_follows_from_its_criteria(statuses: list[str], colour: str) -> None:
    assert gate_status([CriterionResult(RULE, Status(status)) for status in statuses]) == GateStatus(colour)


def test_a_gate_that_the_plan_does_not_list_is_not_applicable() -> None:
    result = judged(service(), "M0")
    assert [gate(result, name) for name in ("G1", "G2")] == ["red", "not_applicable"]


def test_a_criterion_applies_from_its_level_on() -> None:
    plan = "{M0: {level: L2, gates: {G1: }}, M1: {level: L3}}"
    model = service(plan=plan)
    assert criterion(judged(model, "M0"), "G1.deep").reason == "applies from L3"
    assert criterion(judged(model, "M1"), "G1.deep").status is Status.MISSING


def test_a_narrowing_leaves_criteria_out_until_the_level_rises() -> None:
    plan = "{M0: {level: L2, gates: {G1: {scope: core, only: [G1.tests]}}}, M1: {level: L3}}"
    model = service(plan=plan)
    narrow = judged(model, "M0", report("unit_tests", "a"))
    assert gate(narrow, "G1") == "green"
    assert criterion(narrow, "G1.coverage").status is Status.NOT_APPLICABLE
    wide = judged(model, "M1", report("unit_tests", "a"))
    assert criterion(wide, "G1.coverage").status is Status.MISSING
    assert next(found.scope for found in wide.gates if found.gate == "G1") == "core"


def test_a_narrowing_of_what_is_read_looks_at_the_narrowed_evidence() -> None:
    plan = """{M0: {level: L2, gates: {G2: {scope: auth, paths: ["/auth/**"]}}}, M1: {level: L3}}"""
    narrowed: Known = {
        ("api", (("paths", ("/auth/**",)),)): Evidence(
            "api", EvidenceStatus.OK, facts=OpenapiFacts(writes=1, writes_without_idempotency_key=())
        )
    }
    whole = api(writes=2, writes_without_idempotency_key=(Finding("POST /orders"),))
    model = service(plan=plan)
    assert criterion(judged(model, "M0", whole, narrowed), "G2.writes").status is Status.PASS
    assert criterion(judged(model, "M1", whole, narrowed), "G2.writes").status is Status.FAIL


def test_a_listed_gate_of_which_nothing_applies_is_red() -> None:
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    model = service(plan="{M0: {level: L1, gates: {G2: }}}", not_applicable=waiver)
    result = judged(model, "M0", api(writes=0))
    assert gate(result, "G2") == "red"
    assert "gate-red" in codes(result)
    assert any("none of its criteria applies" in reason.message for reason in result.reasons)


def test_a_demand_becomes_a_criterion_of_its_gate() -> None:
    plan = "{M0: {level: L1, gates: {G1: {scope: PCI, effect: demands}}}, M1: {level: L2}}"
    model = service(plan=plan)
    for milestone in ("M0", "M1"):
        assert criterion(judged(model, milestone), "G1.scope").status is Status.MISSING
    known = report("scope_tests", "the PCI checklist holds")
    assert criterion(judged(model, "M0", known), "G1.scope").status is Status.PASS
    by_word = service(plan=plan, attestations=attested(G1__scope="bo architecture"))
    assert criterion(judged(by_word, "M0"), "G1.scope").status is Status.PASS


@pytest.mark.parametrize(
    ("name", "more", "status"),
    [
        ("G8.residency", {}, "not_applicable"),
        ("G8.residency", {"labels": "[residency]"}, "missing"),
        ("G8.elsewhere", {}, "not_applicable"),
        ("G8.elsewhere", {"service": "other"}, "missing"),
    ],
)
def test_a_condition_on_the_service_decides_whether_it_is_asked(
    name: str, more: dict[str, str], status: str
) -> None:
    model = service(plan="{M0: {level: L2, gates: {G8: }}}", **more)
    assert criterion(judged(model, "M0"), name).status == status


@pytest.mark.parametrize(
    ("gates", "name", "status"),
    [
        ("{G1: }", "L2.contracts", "not_applicable"),
        ("{G7: }", "L2.contracts", "missing"),
        ("{G1: }", "L3.hooks", "not_applicable"),
        ("{G2: }", "L3.hooks", "missing"),
    ],
)
def test_a_level_s_criterion_may_depend_on_a_gate(gates: str, name: str, status: str) -> None:
    model = service(plan=f"{{M0: {{level: L3, gates: {gates}}}}}")
    assert criterion(judged(model, "M0"), name).status == status


def test_a_twin_takes_the_status_of_the_gate_s_criterion_and_counts_once() -> None:
    model = service(plan="{M0: {level: L2, gates: {G8: }}}")
    failed = judged(model, "M0", report("isolation", "a", failed=["leak"]))
    assert criterion(failed, "L2.isolation").status is Status.FAIL
    open_ids = [found.rule.id for found in failed.open_criteria]
    assert "G8.isolation" in open_ids
    assert "L2.isolation" not in open_ids


def test_a_twin_is_judged_by_itself_where_the_gate_does_not_ask() -> None:
    left_out = service(plan="{M0: {level: L2, gates: {G8: {scope: s, only: [G8.review]}}}}")
    not_listed = service(plan="{M0: {level: L2, gates: {}}}")
    for model in (left_out, not_listed):
        assert criterion(judged(model, "M0", report("isolation", "a")), "L2.isolation").status is Status.PASS
        assert criterion(judged(model, "M0"), "L2.isolation").status is Status.MISSING


def test_an_optional_capability_never_blocks() -> None:
    plan = "{M0: {level: L1, gates: {}, adds: [refunds, {capability: gifts, optional: true}]}}"
    result = judged(service(plan=plan), "M0")
    assert criterion(result, "capability:gifts").status is Status.MISSING
    assert "capability:gifts" not in [found.rule.id for found in result.open_criteria]
    assert "capability:refunds" in [found.rule.id for found in result.open_criteria]


COMPLETE = "{M0: {level: L2, gates: {}, adds: [a]}, M1: {level: L4, adds: [b]}, M2: {level: L4, adds: [c]}}"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "missing"),
        ({"L4__capabilities": "bo architecture"}, "missing"),
        ({"capability_a": "ada owner", "capability_b": "ada owner"}, "missing"),
        (
            {"L4__capabilities": "bo architecture", "capability_a": "ada owner", "capability_b": "ada owner"},
            "pass",
        ),
    ],
)
def test_feature_complete_means_all_capabilities_to_the_first_l4_cell_and_a_word(
    given: dict[str, str], status: str
) -> None:
    model = service(plan=COMPLETE, attestations=attested(**given))
    result = criterion(judged(model, "M1"), "L4.capabilities")
    assert result.status == status
    if set(given) == {"L4__capabilities"}:
        assert result.reason == "not every capability is met: capability:a, capability:b"


def test_a_service_that_never_targets_l4_owes_all_its_capabilities() -> None:
    model = service(plan="{M0: {level: L1, gates: {}, adds: [a]}}", sign_offs="{}")
    judge = ServiceJudge(case(model), resolve(model, RULEBOOK.scale), SharedResults())
    [cell] = judge.cells
    [complete, _] = judge.level_criteria(L4, cell, {}, MilestoneSpan("M0"), only_at=False)
    assert complete.reason == "not every capability is met: capability:a"


def test_services_that_say_nothing_share_one_result() -> None:
    shared = SharedResults()
    first, second = service(), service(service="other")
    seen = [
        ServiceJudge(case(model), resolve(model, RULEBOOK.scale), shared).gates(*_asked(model))
        for model in (first, second)
    ]
    assert seen[0][0] is seen[1][0]
    speaking = case(second, report("unit_tests", "a"))
    own = ServiceJudge(speaking, resolve(second, RULEBOOK.scale), shared).gates(*_asked(second))
    assert own[0] is not seen[0][0]


def _asked(model: Service) -> tuple[Cell, Level, MilestoneSpan]:
    cell = resolve(model, RULEBOOK.scale)["M0"]
    return cell, cell.level, MilestoneSpan("M0")


def test_a_skeleton_with_an_empty_domain_can_be_green() -> None:
    known = (report("unit_tests", "a"), source("a.ts", aggregates=()), coverage(50, "a.ts"))
    assert gate(judged(service(), "M0", *known), "G1") == "green"


def test_a_claim_of_all_capabilities_waits_for_them_once_it_is_attested() -> None:
    ids = ("capability:a", "capability:b")
    attested_too = service(plan=COMPLETE, attestations=attested(L4__capabilities="bo architecture"))
    assert criterion(judged(attested_too, "M1"), "L4.capabilities").waits_for == ids
    assert criterion(judged(service(plan=COMPLETE), "M1"), "L4.capabilities").waits_for == ()


def test_a_claim_of_all_capabilities_is_as_bad_as_the_worst() -> None:
    result = judged(service(plan=COMPLETE), "M1", report("capability_tests", "c", failed=["b"]))
    assert [criterion(result, f"capability:{name}").status for name in "ab"] == ["missing", "fail"]
    assert criterion(result, "L4.capabilities").status is Status.FAIL


def test_a_claim_of_all_capabilities_is_no_better_than_its_own_answer() -> None:
    levels = LEVELS.replace(
        "id: L4.capabilities, question: q, attested_by: architecture",
        "id: L4.capabilities, question: q, waivable_by: architecture, requires: {chaos.passed: {empty: false}}",
    )
    waiver = "{L4.capabilities: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"

    def status(**more: str) -> Status:
        of = case(service(plan=COMPLETE, **more), report("chaos", failed=["a"]), book=rulebook(levels=levels))
        result = judge_service(of, "M1")
        assert result
        return criterion(result, "L4.capabilities").status

    assert status() is Status.FAIL
    assert status(not_applicable=waiver) is Status.NOT_APPLICABLE


def test_one_judge_keeps_narrowed_and_whole_evidence_apart() -> None:
    plan = """{M0: {level: L2, gates: {G2: {scope: auth, paths: ["/auth/**"]}}}, M1: {level: L3}}"""
    narrowed: Known = {
        ("api", (("paths", ("/auth/**",)),)): Evidence(
            "api", EvidenceStatus.OK, facts=OpenapiFacts(throttled_without_headers=())
        )
    }
    whole = api(throttled_without_headers=(Finding("GET /orders"),))
    results = judge_everywhere(case(service(plan=plan), whole, narrowed))
    assert criterion(results["M0"], "G2.limits").status is Status.PASS
    assert criterion(results["M1"], "G2.limits").status is Status.FAIL


@pytest.mark.parametrize(
    ("plan", "first", "second", "name"),
    [
        ("{M0: {level: L1, gates: {}}}", "ada owner", "bo owner", "L1.scaffold"),
        ("{M0: {level: L1, gates: {}}}", "bo owner", "ada owner", "L1.scaffold"),
        ("{M0: {level: L2, gates: {}}}", "cy security", "bo security", "L2.isolation"),
    ],
)
def test_statements_of_one_service_do_not_reach_another(
    plan: str, first: str, second: str, name: str
) -> None:
    shared = SharedResults()
    key = {"L1.scaffold": "L1__scaffold", "L2.isolation": "G8__isolation"}[name]
    seen = []
    for given in (first, second):
        model = service(plan=plan, attestations=attested(**{key: given}))
        result = judge_service(case(model), "M0", shared=shared)
        assert result is not None
        seen.append(criterion(result, name).status)
    assert set(seen) == {"pass", "missing"}


def test_a_waiver_of_one_service_does_not_reach_another() -> None:
    shared = SharedResults()
    plan = "{M0: {level: L1, gates: {G2: }}}"
    waiver = "{G2.limits: {reason: r, by: bo, role: architecture, on: 2026-11-01}}"
    models = (service(plan=plan, not_applicable=waiver), service(plan=plan, service="other"))
    results = [judge_service(case(model), "M0", shared=shared) for model in models]
    assert [result and criterion(result, "G2.limits").status for result in results] == [
        "not_applicable",
        "missing",
    ]


def test_a_twin_is_waived_with_its_original() -> None:
    book = rulebook(gates=GATES | {"G8": G8.replace("or_attested_by: security, ", WAIVABLE, 1)})
    waiver = "{G8.isolation: {reason: r, by: cy, role: security, on: 2026-11-01}}"
    model = service(plan="{M0: {level: L2, gates: {G8: }}}", not_applicable=waiver)
    result = judge_service(case(model, book=book), "M0")
    assert result is not None
    assert criterion(result, "L2.isolation").status is Status.NOT_APPLICABLE


WAIVABLE = "or_attested_by: security, waivable_by: security, "


def test_one_judge_asks_anew_for_each_milestone_what_depends_on_it() -> None:
    plan = "{M0: {level: L1, gates: {G8: {scope: s, only: [G8.threats]}}}, M1: {level: L1}}"
    results = judge_everywhere(case(service(plan=plan), threats("M0")))
    assert criterion(results["M0"], "G8.threats").status is Status.PASS
    assert criterion(results["M1"], "G8.threats").status is Status.STALE
