"""Checking a plan: services and the risk register must fit the rulebook, the milestones and each other."""

import pytest

from builders.judging import GATES, RULEBOOK, attested, rulebook, service, signed, workspace
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Mistake

FILE = "services/shop.yaml"
DOUBTS = "; architecture may attest for 90 days what a reader does not understand"
REGISTER = "services/RR-1.yaml"

PLAN = """
M0: {level: L0}
M1: {level: L1, gates: {G1: core, G2: {scope: writes, only: [G2.writes], paths: [/a], subjects: [s], aggregates: [A]}}}
M2: {level: L3, adds: [a, {capability: b, optional: true}]}
M3: {level: L4, gates: {G1: , G7: , G8: {scope: PCI, effect: demands}}, adds: [c]}
"""
WAIVER = "{{reason: none is throttled, by: bo, role: {role}, on: 2026-11-01}}"
ENTRY = """
id: {id}
service: {service}
delta: [{delta}]
risk: r
owner: o
approved_by: a
link: l
opened_in: {opened_in}
opened_on: 2026-11-02
"""


def shop(**more: str) -> Service:
    return service(**({"plan": PLAN} | more))


def entry(
    delta: str = "L4.chaos", name: str = "RR-1", to: str = "shop", opened_in: str = "M2", closed: str = ""
) -> str:
    text = ENTRY.format(id=name, service=to, delta=delta, opened_in=opened_in)
    return text + (f"closed: {closed}\n" if closed else "")


def mistakes(
    *services: Service, exceptions: tuple[str, ...] = (), book: Rulebook = RULEBOOK
) -> tuple[Mistake, ...]:
    return check_plan(workspace(*services, exceptions=exceptions), book)


def planned(plan: str) -> tuple[Mistake, ...]:
    return mistakes(service(plan=plan))


def registered(*exceptions: str) -> tuple[Mistake, ...]:
    return mistakes(shop(), exceptions=exceptions)


def test_a_rich_and_correct_workspace_has_no_mistakes() -> None:
    model = shop(
        targets="{p95_ms: 250}",
        evidence="{unit_tests: a, api: b, capability_tests: c, scope_tests: d}",
        attestations=attested(
            L1__scaffold="ada owner",
            G1__deep="ada owner",
            L2__isolation="cy security",
            G8__scope="cy security",
            capability_a="ada owner",
            capability_c="ada owner",
        ),
        not_applicable=f"{{G2.limits: {WAIVER.format(role='architecture')}}}",
        sign_offs=signed("L3"),
    )
    other = service(service="other", plan="{M1: {level: L4, gates: {G1: }, adds: [a]}}")
    register = [
        entry("L4.chaos, 'capability:c'", closed="2026-11-02"),
        entry("L4.capabilities", "RR-2", opened_in="M0"),
        entry("L4.chaos, 'capability:a'", "RR-3", "other"),
    ]
    assert mistakes(model, other, exceptions=tuple(register)) == ()


def test_mistakes_come_in_the_order_of_the_services_and_then_of_the_register() -> None:
    other = shop(service="other", evidence="{x: a}")
    found = mistakes(
        shop(
            plan="{M7: {level: L1}}",
            sign_offs="{L1: {x: {by: ada, on: 2026-11-01}}}",
            not_applicable=f"{{x: {WAIVER.format(role='owner')}}}",
            attestations=attested(x="ada owner"),
            targets="{x: 1}",
            evidence="{x: a}",
        ),
        other,
        exceptions=(entry("x"),),
    )
    assert [(mistake.file, mistake.path) for mistake in found] == [
        (FILE, ("plan", "M7")),
        (FILE, ("plan", "M7")),
        (FILE, ("evidence", "x")),
        (FILE, ("targets", "x")),
        (FILE, ("attestations", "x")),
        (FILE, ("not_applicable", "x")),
        (FILE, ("sign_offs", "L1", "x")),
        ("services/other.yaml", ("evidence", "x")),
        (REGISTER, ("delta", 0)),
    ]


# The row of the plan


def test_a_cell_is_of_a_milestone_that_exists() -> None:
    assert planned("{M1: {level: L1, gates: {}}, M10: {level: L1}, M9: {level: L1}}") == (
        Mistake(FILE, ("plan", "M10"), "there is no milestone 'M10'", "did you mean 'M1'?", of_key=True),
        Mistake(FILE, ("plan", "M9"), "there is no milestone 'M9'", "known: M0, M1, M2, M3", of_key=True),
    )


@pytest.mark.parametrize(
    ("plan", "milestones"),
    [
        ("{M0: {level: L1}}", ["M0"]),
        ("{M0: {level: L0}, M1: {level: L1}}", ["M1"]),
        ("{M3: {level: L1, gates: {}}, M2: {level: L1}}", ["M2"]),
        ("{M0: {level: L0}}", []),
        ("{M0: {level: L0, gates: {}}, M1: {level: L1}}", []),
        ("{M0: {level: L1, gates: {G1: }}, M1: {level: L2}}", []),
    ],
)
def test_above_l0_gates_are_listed_in_a_cell_or_in_an_earlier_one(plan: str, milestones: list[str]) -> None:
    assert planned(plan) == tuple(
        Mistake(
            FILE,
            ("plan", milestone),
            f"{milestone} lists no gates, and no earlier cell does",
            "list the gates, or write `gates: {}`",
            of_key=True,
        )
        for milestone in milestones
    )


@pytest.mark.parametrize(
    ("plan", "places"),
    [
        ("{M0: {level: L1, gates: {}}, M1: {level: L2}}", {"M1": ()}),
        ("{M0: {level: L2, gates: {}}, M1: {level: L3}}", {"M0": ("gates",), "M1": ()}),
        ("{M0: {level: L4}}", {"M0": ()}),
        ("{M0: {level: L2, gates: {G1: }}, M1: {level: L2, gates: {}}}", {"M1": ("gates",)}),
        ("{M0: {level: L2, gates: {G1: }}, M1: {level: L1, gates: {}}}", {}),
    ],
)
def test_above_the_first_level_that_requires_anything_a_gate_applies(
    plan: str, places: dict[str, tuple[str, ...]]
) -> None:
    found = planned(plan)
    assert [one.path for one in found] == [("plan", name, *where) for name, where in places.items()]
    for one in found:
        assert "and no gate is listed or carried over" in one.message
        assert one.hint
        assert one.hint.endswith("; only L1 can be reached without one")


def test_without_gates_in_the_rulebook_levels_need_none() -> None:
    model = service(plan="{M0: {level: L2, gates: {}}}")
    found = check_plan(workspace(model), RULEBOOK._replace(gates={}))
    assert not [one for one in found if "no gate" in one.message]


def test_a_cell_lists_gates_that_exist_and_an_unknown_one_s_scope_is_not_looked_into() -> None:
    assert planned("{M0: {level: L1, gates: {G1: , G3: {scope: s, only: [x]}, G70: core}}}") == (
        Mistake(
            FILE, ("plan", "M0", "gates", "G3"), "unknown gate 'G3'", "known: G1, G2, G7, G8", of_key=True
        ),
        Mistake(
            FILE, ("plan", "M0", "gates", "G70"), "unknown gate 'G70'", "did you mean 'G7'?", of_key=True
        ),
    )


@pytest.mark.parametrize(
    ("written", "first", "told"),
    [
        ("only: [G2.writes]", "only", "only"),
        ("aggregates: [A]", "aggregates", "aggregates"),
        ("aggregates: [A], paths: [p], only: [G2.writes]", "only", "only, paths, aggregates"),
        ("aggregates: [A], subjects: [s]", "subjects", "subjects, aggregates"),
    ],
)
def test_a_demand_cannot_narrow(written: str, first: str, told: str) -> None:
    assert planned(f"{{M0: {{level: L1, gates: {{G2: {{scope: s, effect: demands, {written}}}}}}}}}") == (
        Mistake(
            FILE,
            ("plan", "M0", "gates", "G2", first),
            f"a demand cannot narrow: {told}",
            "write `effect: narrows`, or leave it out",
            of_key=True,
        ),
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("G2.write", "did you mean 'G2.writes'?"),
        ("G1.tests", "known: G2.writes, G2.limits"),
        ("G2.scope", "known: G2.writes, G2.limits"),
    ],
)
def test_only_names_criteria_of_its_own_gate(name: str, hint: str) -> None:
    plan = f"{{M0: {{level: L1, gates: {{G2: {{scope: s, only: [G2.limits, {name}]}}}}}}}}"
    assert planned(plan) == (
        Mistake(FILE, ("plan", "M0", "gates", "G2", "only", 1), f"G2 has no criterion {name!r}", hint),
    )


def test_a_capability_is_added_once_in_a_plan_in_the_order_of_the_milestones() -> None:
    plan = "{M2: {level: L1, adds: [b, A-b]}, M1: {level: L1, gates: {}, adds: [a b, c, c]}}"
    hint = "capabilities are cumulative: name each once"
    assert planned(plan) == (
        Mistake(FILE, ("plan", "M1", "adds", 2), "'c' is added twice", hint),
        Mistake(FILE, ("plan", "M2", "adds", 1), "'A-b' is added twice", hint),
    )


# Evidence and targets


def test_evidence_is_mapped_to_slots_of_the_rulebook() -> None:
    assert mistakes(shop(evidence="{unit_test: a, chaos: b}")) == (
        Mistake(
            FILE,
            ("evidence", "unit_test"),
            "unknown slot 'unit_test'",
            "did you mean 'unit_tests'?",
            of_key=True,
        ),
    )


def test_only_tests_can_be_selected() -> None:
    found = mistakes(shop(evidence="{coverage: {path: a, whole: true}, unit_tests: {path: b, whole: true}}"))
    assert found == (
        Mistake(
            FILE,
            ("evidence", "coverage", "whole"),
            "coverage has no tests that `whole` could choose",
            "only slots of the kind tests do",
            of_key=True,
        ),
    )


def test_a_target_is_one_that_some_criterion_asks_for() -> None:
    assert mistakes(shop(targets="{p99_ms: 1, rps: 2}")) == (
        Mistake(
            FILE, ("targets", "p99_ms"), "unknown target 'p99_ms'", "did you mean 'p95_ms'?", of_key=True
        ),
        Mistake(FILE, ("targets", "rps"), "unknown target 'rps'", "known: p95_ms", of_key=True),
    )


def test_a_target_may_be_one_that_a_tightened_version_asks_for() -> None:
    upcoming = "upcoming: {effective: M2, requires: {load.p99_ms: {at_most: {target: p99_ms}}}}"
    text = GATES["G7"].replace("{id: G7.load,", f"{{id: G7.load, {upcoming},")
    book = rulebook(gates=GATES | {"G7": text})
    assert check_plan(workspace(shop(targets="{p99_ms: 1}")), book) == ()


# Conventions


def test_profiles_and_defaults_map_known_slots_and_set_known_targets() -> None:
    profile = "{evidence: {unit_test: a, chaos: {path: a, whole: true}}, targets: {p99_ms: 1}}"
    text = f"{{evidence: {{unit_test: a}}, profiles: {{go: {profile}}}}}"
    found = workspace(
        shop(profile="go", targets="{p99_ms: 2}"), shop(service="other", profile="goo"), conventions=text
    )
    assert [(at.file, *at.path, at.message) for at in check_plan(found, RULEBOOK)] == [
        ("services/other.yaml", "profile", "unknown profile 'goo'"),
        ("gatekeeper.yaml", "evidence", "unit_test", "unknown slot 'unit_test'"),
        ("gatekeeper.yaml", "profiles", "go", "evidence", "unit_test", "unknown slot 'unit_test'"),
        ("gatekeeper.yaml", "profiles", "go", "targets", "p99_ms", "unknown target 'p99_ms'"),
    ]


# What people state


def test_an_attestation_is_of_a_criterion_of_the_rulebook_or_of_the_service_s_own_plan() -> None:
    given = {"L1__scafold": "ada owner", "G7__scope": "ada owner", "capability_cc": "ada owner"}
    plan = PLAN.replace("adds: [c]", "adds: [ccc]")
    assert mistakes(shop(plan=plan, attestations=attested(**given, G8__scope="cy security"))) == (
        Mistake(
            FILE,
            ("attestations", "L1.scafold"),
            "unknown criterion 'L1.scafold'",
            "did you mean 'L1.scaffold'?",
            of_key=True,
        ),
        Mistake(
            FILE,
            ("attestations", "G7.scope"),
            "unknown criterion 'G7.scope'",
            "did you mean 'G8.scope'?",
            of_key=True,
        ),
        Mistake(
            FILE,
            ("attestations", "capability:cc"),
            "unknown criterion 'capability:cc'",
            "did you mean 'capability:ccc'?",
            of_key=True,
        ),
    )


def test_an_attestation_is_given_in_a_role_that_exists() -> None:
    assert mistakes(shop(attestations=attested(G8__review="cy securty", capability_a="ada chef"))) == (
        Mistake(
            FILE,
            ("attestations", "G8.review", "role"),
            "unknown role 'securty'",
            "did you mean 'security'?",
        ),
        Mistake(
            FILE,
            ("attestations", "capability:a", "role"),
            "unknown role 'chef'",
            "known: owner, architecture, security",
        ),
    )


def test_what_only_evidence_decides_takes_no_attestation() -> None:
    assert mistakes(shop(attestations=attested(G1__tests="ada owner", G1__coverage="ada chef"))) == (
        Mistake(
            FILE,
            ("attestations", "G1.tests"),
            "G1.tests takes no attestation",
            f"map evidence: unit_tests{DOUBTS}",
            of_key=True,
        ),
        Mistake(
            FILE,
            ("attestations", "G1.coverage", "role"),
            "unknown role 'chef'",
            "known: owner, architecture, security",
        ),
        Mistake(
            FILE,
            ("attestations", "G1.coverage"),
            "G1.coverage takes no attestation",
            f"map evidence: coverage, source{DOUBTS}",
            of_key=True,
        ),
    )


@pytest.mark.parametrize("name", ["G1.tests", "capability:a", "G2.limit"])
def test_what_may_not_be_waived_cannot_be_declared_not_applicable(name: str) -> None:
    declared = f"{{'{name}': {WAIVER.format(role='architecture')}}}"
    assert mistakes(shop(not_applicable=declared)) == (
        Mistake(
            FILE,
            ("not_applicable", name),
            f"{name!r} cannot be declared not applicable",
            "only G2.limits",
            of_key=True,
        ),
    )


@pytest.mark.parametrize("field", ["attestations", "not_applicable"])
def test_a_statement_cannot_end_before_it_was_made(field: str) -> None:
    written = {
        "attestations": "{by: bo, role: architecture, on: 2026-11-02, link: l, until: 2026-11-01}",
        "not_applicable": "{reason: r, by: bo, role: architecture, on: 2026-11-02, until: 2026-11-01}",
    }[field]
    name = {"attestations": "L4.capabilities", "not_applicable": "G2.limits"}[field]
    assert mistakes(shop(**{field: f"{{{name}: {written}}}"})) == (
        Mistake(
            FILE,
            (field, name, "until"),
            "it is valid until 2026-11-01, and was made on 2026-11-02",
            "write the last day on which it counts",
        ),
    )


def test_where_nothing_may_be_waived_the_hint_says_so() -> None:
    book = rulebook(gates=GATES | {"G2": GATES["G2"].replace("waivable_by: architecture, ", "")})
    declared = f"{{G2.limits: {WAIVER.format(role='architecture')}}}"
    assert mistakes(shop(not_applicable=declared), book=book) == (
        Mistake(
            FILE,
            ("not_applicable", "G2.limits"),
            "'G2.limits' cannot be declared not applicable",
            "no criterion of this rulebook can",
            of_key=True,
        ),
    )


@pytest.mark.parametrize("role", ["owner", "chef"])
def test_a_criterion_is_waived_in_the_one_role_that_may(role: str) -> None:
    assert mistakes(shop(not_applicable=f"{{G2.limits: {WAIVER.format(role=role)}}}")) == (
        Mistake(
            FILE,
            ("not_applicable", "G2.limits", "role"),
            f"G2.limits is waived by architecture, not by {role}",
        ),
    )


def test_levels_are_signed_in_the_roles_that_governance_lists() -> None:
    given = "{L1: {owners: {by: ada, on: 2026-11-01}}, L2: {owner: {by: ada, on: 2026-11-01}, x: {by: bo, on: 2026-11-01}}}"
    assert mistakes(shop(sign_offs=given)) == (
        Mistake(
            FILE,
            ("sign_offs", "L1", "owners"),
            "unknown role 'owners'",
            "did you mean 'owner'?",
            of_key=True,
        ),
        Mistake(
            FILE,
            ("sign_offs", "L2", "x"),
            "unknown role 'x'",
            "known: architecture, owner, security",
            of_key=True,
        ),
    )


# The risk register


def test_an_exception_is_of_a_service_that_exists_and_nothing_more_is_said_of_it() -> None:
    assert registered(entry("x", to="shopp", opened_in="M9"), entry("x", name="RR-2", to="zz")) == (
        Mistake(REGISTER, ("service",), "unknown service 'shopp'", "did you mean 'shop'?"),
        Mistake("services/RR-2.yaml", ("service",), "unknown service 'zz'", "known: shop"),
    )


@pytest.mark.parametrize(
    ("opened_in", "message", "hint"),
    [
        ("M9", "there is no milestone 'M9'", "known: M0, M1, M2, M3"),
        ("M30", "there is no milestone 'M30'", "did you mean 'M3'?"),
        (
            "M3",
            "no exception can open in M3, the last milestone",
            "there is no later milestone to close it in",
        ),
    ],
)
def test_an_exception_opens_in_a_milestone_that_another_follows(
    opened_in: str, message: str, hint: str
) -> None:
    assert registered(entry(opened_in=opened_in)) == (Mistake(REGISTER, ("opened_in",), message, hint),)


def test_an_exception_cannot_close_before_it_opened() -> None:
    assert registered(entry(closed="2026-11-01")) == (
        Mistake(REGISTER, ("closed",), "closed on 2026-11-01, before it was opened"),
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("L4.chaoss", "did you mean 'L4.chaos'?"),
        ("L3.hooks", "did you mean 'L4.chaos'?"),
        ("capability:b", "did you mean 'capability:c'?"),
        ("G1.tests", "known: L4.capabilities, L4.chaos, capability:c, sign-off:L4"),
    ],
)
def test_only_what_is_first_owed_at_l4_can_be_excepted(name: str, hint: str) -> None:
    assert registered(entry(f"L4.chaos, '{name}'")) == (
        Mistake(
            REGISTER,
            ("delta", 1),
            f"{name!r} cannot be excepted: only what L4 adds to L3 can",
            hint,
        ),
    )


def test_an_exception_cannot_be_renewed_even_once_closed() -> None:
    again = entry("'capability:c', L4.chaos", name="RR-2", opened_in="M1")
    third = entry("L4.chaos", name="RR-3", opened_in="M0")
    hint = "an exception cannot be renewed: deliver it"
    assert registered(entry(closed="2026-11-03"), again, third) == (
        Mistake("services/RR-2.yaml", ("delta", 1), "'L4.chaos' was excepted in RR-1 already", hint),
        Mistake("services/RR-3.yaml", ("delta", 0), "'L4.chaos' was excepted in RR-2 already", hint),
    )


def test_only_one_exception_of_a_service_may_be_for_the_sign_off_alone() -> None:
    alone = entry("'sign-off:L4'", name="RR-2", opened_in="M1")
    hint = "an exception cannot be renewed: deliver it"
    assert registered(entry(), alone) == (
        Mistake("services/RR-2.yaml", ("delta", 0), "'sign-off:L4' was excepted in RR-1 already", hint),
    )
    assert registered(alone) == ()
    first = entry("L4.chaos, 'sign-off:L4'")
    assert registered(first, entry("'capability:c', 'sign-off:L4'", name="RR-2", opened_in="M1")) == ()
    assert len(registered(first, alone)) == 1


# Levels and milestones that are named


@pytest.mark.parametrize(
    "fields",
    [{"level": "L7"}, {"plan": "{M0: {level: L7, gates: {}}}"}, {"sign_offs": "{L7: {}}"}],
)
def test_a_service_names_levels_that_exist(fields: dict[str, str]) -> None:
    [mistake] = check_plan(workspace(service(**fields)), RULEBOOK)
    assert (mistake.message, mistake.hint) == ("unknown level 'L7'", "known: L0, L1, L2, L3, L4")


def test_a_published_list_names_levels_that_exist() -> None:
    space = workspace(service(), published={"M0": "[{service: shop, level: L7}]"})
    [mistake] = check_plan(space, RULEBOOK)
    assert (mistake.file, mistake.path, mistake.message) == (
        "milestones/M0.yaml", ("must_be_green", 0, "level"), "unknown level 'L7'",
    )  # fmt: skip


def test_an_attestation_is_for_a_milestone_that_exists() -> None:
    given = attested(G8__threats="cy security 2026-11-01 M7")
    [mistake] = check_plan(workspace(service(attestations=given)), RULEBOOK)
    assert mistake.message == "there is no milestone 'M7'"


def test_an_exception_of_a_service_that_cannot_be_resolved_is_not_looked_into() -> None:
    space = workspace(service(level="L7"), exceptions=[entry("L4.x")])
    assert [mistake.message for mistake in check_plan(space, RULEBOOK)] == ["unknown level 'L7'"]


def test_a_doubt_is_attested_for_a_limited_time() -> None:
    [mistake] = mistakes(shop(attestations=attested(G1__tests="ada architecture")))
    assert mistake.message == (
        "G1.tests takes an attestation of what a reader does not understand, for 90 days at most"
    )
    assert (mistake.hint or "").startswith("write `until`, at most 90 days after")


def test_a_service_depends_on_other_services_each_once() -> None:
    one = shop(depends_on="[nobody, shop, till, till]")
    other = shop(service="till")
    assert [(mistake.path, mistake.message) for mistake in mistakes(one, other)] == [
        (("depends_on", 0), "unknown service 'nobody'"),
        (("depends_on", 1), "shop cannot depend on itself"),
        (("depends_on", 3), "'till' is listed twice"),
    ]
