"""The audit of a plan: against its published summary, and against good sense."""

from collections.abc import Mapping

import pytest

from builders.judging import GATES, LEVELS, service, workspace
from gatekeeper.judging.plans.audit import audit
from gatekeeper.model.audit import AuditFinding, AuditSeverity
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.service import Service

G5 = (
    GATES["G7"]
    .replace("G7", "G5")
    .replace("load", "answers")
    .replace("customer-facing: {level: L3}", "ai-capability: {capabilities: [AI]}")
)


def shop(plan: str, name: str = "shop", labels: str = "[]") -> Service:
    return service(service=name, plan=plan, labels=labels)


SHOP = shop("{M0: {level: L1, gates: {}}, M1: {level: L1}, M2: {level: L2}, M3: {level: L2}}")
AGREED = {"M0": "[{service: shop, level: L1}]", "M2": "[{service: shop, level: L2}]"}


def against(published: Mapping[str, str], *services: Service) -> tuple[AuditFinding, ...]:
    return audit(workspace(*services, published=published))


def differs(milestone: str, service: str, message: str) -> AuditFinding:
    return AuditFinding("published-summary-differs", message, milestone, service, AuditSeverity.WARNING)


def own(plan: str, gates: Mapping[str, str] = GATES, levels: str = LEVELS) -> tuple[AuditFinding, ...]:
    """Return what is found in a row whose published list says what the matrix says."""
    model = shop(plan)
    published = {
        milestone: f"[{{service: shop, level: {cell.level}}}]" for milestone, cell in model.plan.items()
    }
    milestones = tuple(model.plan)
    return audit(workspace(model, gates=gates, levels=levels, milestones=milestones, published=published))


def warned(rule: str, milestone: str, message: str) -> AuditFinding:
    return AuditFinding(rule, message, milestone, "shop", AuditSeverity.WARNING)


def test_a_plan_that_agrees_with_its_summary_and_with_good_sense_has_no_findings() -> None:
    plan = """
      M0: {level: L1, gates: {G1: , G5: }, adds: [AI hints]}
      M1: {level: L2, gates: {G1: , G5: , G7: , G8: }, adds: [an AI tutor]}
      M2: {level: L3}
      M3: {level: L4, adds: [refunds]}
    """
    assert own(plan, GATES | {"G5": G5}) == ()


def test_a_workspace_without_services_has_no_findings() -> None:
    assert audit(workspace()) == ()


def test_a_plan_without_a_published_list_cannot_differ_from_it() -> None:
    assert against({}, SHOP) == ()


# The published list


def test_a_published_level_holds_until_another_is_published() -> None:
    assert against(AGREED, SHOP) == ()


@pytest.mark.parametrize(
    ("published", "found"),
    [
        (
            {"M0": "[{service: shop, level: L2}]", "M1": "[{service: shop, level: L1}]"}
            | {"M2": AGREED["M2"]},
            [("M0", "the published list asks for L2, the matrix for L1")],
        ),
        (
            {"M0": AGREED["M0"]},
            [
                ("M2", "the published list asks for L1, the matrix for L2"),
                ("M3", "the published list asks for L1, the matrix for L2"),
            ],
        ),
        (
            {"M2": AGREED["M2"]},
            [
                ("M0", "the matrix asks for L1; the published list does not name it"),
                ("M1", "the matrix asks for L1; the published list does not name it"),
            ],
        ),
    ],
)
def test_the_summary_says_what_the_matrix_says(
    published: dict[str, str], found: list[tuple[str, str]]
) -> None:
    assert against(published, SHOP) == tuple(
        differs(milestone, "shop", message) for milestone, message in found
    )


def test_a_published_level_needs_a_target_in_every_later_milestone() -> None:
    gap = shop("{M1: {level: L1, gates: {}}, M3: {level: L1}}")
    message = "the published list asks for L1; the matrix has no target"
    assert against({"M0": AGREED["M0"]}, gap) == (
        differs("M0", "shop", message),
        differs("M2", "shop", message),
    )


def test_a_label_stands_for_every_service_that_has_it() -> None:
    plan = "{M3: {level: L2, gates: {}}}"
    services = [shop(plan, "a", "[core, x]"), shop(plan, "b", "[x]"), shop(plan, "c", "[core]")]
    assert against({"M3": "[{label: core, level: L2}]"}, *services) == (
        differs("M3", "b", "the matrix asks for L2; the published list does not name it"),
    )
    assert against({"M3": "[{label: core, level: L1}, {service: b, level: L2}]"}, *services) == (
        differs("M3", "a", "the published list asks for L1, the matrix for L2"),
        differs("M3", "c", "the published list asks for L1, the matrix for L2"),
    )


def test_the_list_names_services_and_labels_that_exist_and_what_is_unknown_is_told_once() -> None:
    published = AGREED | {
        "M1": "[{service: shopp, level: L1}, {label: core, level: L1, note: n}, {service: shop, level: L1}]"
    }
    assert against(published, SHOP) == (
        AuditFinding(
            "published-service-unknown",
            "shopp is published for M1, and no service has this name",
            "M1",
            "shopp",
            AuditSeverity.WARNING,
        ),
        AuditFinding(
            "published-service-unknown",
            "no service has the label core, published for M1",
            "M1",
            None,
            AuditSeverity.WARNING,
        ),
    )


def test_a_note_behind_a_published_level_is_for_information_and_one_behind_a_label_is_not_told() -> None:
    model = shop("{M2: {level: L2, gates: {}}, M3: {level: L2}}", labels="[core]")
    published = {
        "M2": "[{service: shop, level: L2, note: read-only}]",
        "M3": "[{label: core, level: L2, note: pilot}]",
    }
    assert against(published, model) == (
        AuditFinding(
            "published-note-differs",
            "the published list says L2 (read-only); the matrix has no such note",
            "M2",
            "shop",
            AuditSeverity.INFO,
        ),
    )


# Each service's own row


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        (
            "{M0: {level: L2, gates: {}}, M1: {level: L1}}",
            [("level-falls", "M1", "the target falls from L2 (M0) to L1")],
        ),
        (
            "{M0: {level: L0}, M2: {level: L2, gates: {}}}",
            [("level-skipped", "M2", "the target jumps from L0 (M0) to L2")],
        ),
        (
            "{M0: {level: L2, gates: {}}, M1: {level: L0}, M3: {level: L2}}",
            [
                ("level-falls", "M1", "the target falls from L2 (M0) to L0"),
                ("level-skipped", "M3", "the target jumps from L0 (M1) to L2"),
            ],
        ),
        ("{M0: {level: L0}, M1: {level: L1, gates: {}}, M2: {level: L1}, M3: {level: L2}}", []),
        ("{M3: {level: L2, gates: {}}}", []),
    ],
)
def test_a_target_rises_by_one_level_at_a_time(plan: str, found: list[tuple[str, str, str]]) -> None:
    assert own(plan) == tuple(warned(*finding) for finding in found)


@pytest.mark.parametrize(
    ("gates", "adds", "words"),
    [
        ("{G1: }", "[AI hints]", "AI hints"),
        ("{}", "[refunds, grading by AI, AI-made maps]", "grading by AI, AI-made maps"),
        ("{G5: }", "[AI hints]", None),
        ("{G1: }", "[ai hints, RAID, AIS, e-mail]", None),
    ],
)
def test_an_ai_capability_comes_with_g5(gates: str, adds: str, words: str | None) -> None:
    plan = f"{{M0: {{level: L1, gates: {gates}}}, M1: {{level: L1, adds: {adds}}}, M2: {{level: L1}}}}"
    message = f"{words}: mentions AI, but G5 does not apply"
    found = (warned("ai-capability-without-g5", "M1", message),) if words else ()
    assert own(plan, GATES | {"G5": G5}) == found


def test_every_cell_that_adds_an_ai_capability_is_told() -> None:
    plan = "{M0: {level: L1, gates: {G1: }, adds: [AI a]}, M1: {level: L1, adds: [AI b]}}"
    assert own(plan, GATES | {"G5": G5}) == (
        warned("ai-capability-without-g5", "M0", "AI a: mentions AI, but G5 does not apply"),
        warned("ai-capability-without-g5", "M1", "AI b: mentions AI, but G5 does not apply"),
    )


CUSTOMERS = "{{M0: {{level: L2, gates: {{}}}}, M1: {{level: L3, gates: {first}}}, M2: {{level: L4, gates: {second}}}}}"
WITHOUT_G7 = "customer-facing-without-g7"
WITHOUT_G8 = "customer-facing-without-g8"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("{G7: , G8: }", "{G7: , G8: }", []),
        ("{G8: }", "{G8: }", [(WITHOUT_G7, "M1", "L3 is customer-facing, but G7 does not apply")]),
        ("{G7: }", "{G7: }", [(WITHOUT_G8, "M1", "L3 is customer-facing, but G8 does not apply")]),
        ("{G7: , G8: }", "{G7: }", [(WITHOUT_G8, "M2", "L4 is customer-facing, but G8 does not apply")]),
        ("{G8: }", "{G7: , G8: }", [(WITHOUT_G7, "M1", "L3 is customer-facing, but G7 does not apply")]),
        (
            "{}",
            "{}",
            [
                (WITHOUT_G7, "M1", "L3 is customer-facing, but G7 does not apply"),
                (WITHOUT_G8, "M1", "L3 is customer-facing, but G8 does not apply"),
            ],
        ),
    ],
)
def test_what_customers_use_has_its_performance_and_security_judged_told_once_a_service(
    first: str, second: str, found: list[tuple[str, str, str]]
) -> None:
    assert own(CUSTOMERS.format(first=first, second=second)) == tuple(warned(*finding) for finding in found)


def test_the_gate_says_from_which_level_on_it_is_expected() -> None:
    plan = "{M0: {level: L2, gates: {G7: }}, M1: {level: L3}}"
    earlier = GATES | {"G8": GATES["G8"].replace("{level: L3}", "{level: L2}")}
    message = "L2 is customer-facing, but G8 does not apply"
    assert own(plan, earlier) == (warned(WITHOUT_G8, "M0", message),)
    unexpected = GATES | {"G8": GATES["G8"].replace("expected_of: {customer-facing: {level: L3}}\n", "")}
    assert own(plan, unexpected) == ()


def test_gates_that_the_rulebook_lacks_are_not_missed() -> None:
    plan = "{M0: {level: L3, gates: {}, adds: [AI hints]}}"
    assert own(plan, {"G1": GATES["G1"]}) == ()
    assert own(plan, {"G7": GATES["G7"]}) == (
        warned(WITHOUT_G7, "M0", "L3 is customer-facing, but G7 does not apply"),
    )


def test_findings_come_by_milestone_then_the_list_before_the_rows_and_then_by_service() -> None:
    services = [
        shop("{M2: {level: L2, gates: {}}, M10: {level: L1}}", "b"),
        shop("{M2: {level: L3, gates: {G7: }}, M10: {level: L1}}", "a"),
    ]
    milestones = ("M2", "M10")
    published = {
        "M2": "[{service: b, level: L1, note: n}, {service: z, level: L1}]",
        "M10": "[{label: x, level: L1}]",
    }
    found = audit(workspace(*services, milestones=milestones, published=published))
    assert [(finding.milestone, finding.rule, finding.service) for finding in found] == [
        ("M2", "published-service-unknown", "z"),
        ("M2", "published-note-differs", "b"),
        ("M2", "published-summary-differs", "a"),
        ("M2", "published-summary-differs", "b"),
        ("M2", "customer-facing-without-g8", "a"),
        ("M10", "published-service-unknown", None),
        ("M10", "published-summary-differs", "a"),
        ("M10", "level-falls", "b"),
        ("M10", "level-falls", "a"),
    ]


# The records of exits


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"by": "bo"}, ["exit-without-digests"]),
        ({"by": "zoe"}, ["exit-by-unknown-person", "exit-without-digests"]),
        ({"by": "bo", "withdrawn": "signed in error"}, []),
        (
            {
                "by": "bo",
                "verdict": "ready",
                "rulebook": f"sha256:{'1' * 64}",
                "evidence": f"sha256:{'2' * 64}",
            },
            [],
        ),
    ],
)
def test_an_exit_says_who_recorded_it_and_on_what(record: dict[str, str], found: list[str]) -> None:
    exited = Milestone.model_validate({"milestone": "M0", "exited": {"2026-11-10": record}})
    of = workspace()
    findings = audit(of._replace(milestones=Roadmap(of.milestones | {"M0": exited})))
    assert [(finding.rule, finding.milestone) for finding in findings] == [(rule, "M0") for rule in found]


def test_a_note_that_narrows_in_words_only_is_judged_whole() -> None:
    plan = (
        "{M0: {level: L1, gates: {G1: only the core, G7: {scope: peak, effect: demands}, "
        "G8: {scope: isolation, only: [G8.isolation]}}}, M1: {level: L1}, M2: {level: L1, gates: {G1: only the core}}}"
    )
    found = [one for one in audit(workspace(shop(plan))) if one.rule == "judged-whole"]
    message = "G1 is judged whole: `only the core` has no `only`, `paths`, `subjects` or `aggregates`"
    assert found == [AuditFinding("judged-whole", message, "M0", "shop", AuditSeverity.INFO)]
