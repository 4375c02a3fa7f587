"""What a plan asks of a service, with everything that decides it."""

from typing import Any

import pytest
from hypothesis import given

from builders.judging import (
    AS_OF,
    FOUR,
    GATES,
    GOVERNANCE,
    L1,
    L2,
    LEVELS,
    RULEBOOK,
    evidence,
    judged,
    load_test,
    roadmap,
    rulebook,
    service,
)
from builders.platforms import OneAt, any_cases, cases_at
from gatekeeper.judging.obligations.expand import attested_digest, expand, signed_digest
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.judging.verdicts.levels import verify
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.obligation import Obligation
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import Status

PLAN = """
  M0: {level: L1, gates: {G1: core}}
  M1: {level: L2, gates: {G1: , G2: {scope: orders, paths: [/orders]}}, adds: [refunds]}
  M2: {level: L4, gates: {G1: , G7: }, adds: [{capability: stars, optional: true}]}
"""


def expanded(
    model: Service, book: Rulebook = RULEBOOK, milestones: Roadmap = FOUR
) -> dict[tuple[str, str], Obligation]:
    found = list(expand(model, book, milestones, AS_OF))
    by_key = {(one.family, one.id): one for one in found}
    added = [one.capability for cell in model.plan.values() for one in cell.adds]
    if len(set(added)) == len(added):  # a plan that adds a capability twice is invalid
        assert len(by_key) == len(found), "each obligation once in its family"
    return by_key


def ids(model: Service, family: str, **more: Any) -> list[str]:
    return [id_ for of, id_ in expanded(model, **more) if of == family]


def terms(model: Service, family: str, id_: str, **more: Any) -> dict[str, Any]:
    return dict(expanded(model, **more)[family, id_].terms)


SHOP = service(plan="{" + ", ".join(PLAN.strip().split("\n")) + "}")


def test_a_service_is_asked_for_its_targets_and_the_signatures_up_to_the_highest() -> None:
    roles = {"roles": ["owner", "architecture", "security"]}
    assert {id_: one.terms for (family, id_), one in expanded(SHOP).items() if family == "service"} == {
        "target:M0": {"level": "L1"},
        "target:M1": {"level": "L2"},
        "target:M2": {"level": "L4"},
        "sign-off:L1": roles,
        "sign-off:L2": roles,
        "sign-off:L3": roles,
        "sign-off:L4": roles,
    }


def test_a_target_says_when_its_milestone_exited() -> None:
    exited = roadmap("M0", "M1", "M2", exits={"M0": "2026-10-30"})
    assert terms(SHOP, "service", "target:M0", milestones=exited) == {"level": "L1", "exited": "2026-10-30"}


def test_without_sign_offs_nobody_is_asked_to_sign() -> None:
    book = rulebook(governance=GOVERNANCE.replace("[owner, architecture, security]\nroster", "[]\nroster"))
    assert [id_ for id_ in ids(SHOP, "service", book=book) if id_.startswith("sign-off")] == []


def test_a_milestone_asks_for_the_gates_of_its_cell_its_levels_and_all_capabilities_so_far() -> None:
    assert ids(SHOP, "milestone/M0") == ["G1", "G1.tests", "G1.coverage", "L1.scaffold", "L1.no-customers"]
    assert ids(SHOP, "milestone/M2")[-2:] == ["capability:refunds", "capability:stars"]
    assert "L3.hooks" not in ids(SHOP, "milestone/M2"), "it applies only where G2 does"


def test_a_level_asks_for_the_gates_of_the_cell_that_targets_it() -> None:
    assert "G2.writes" in ids(SHOP, "level/L2")
    assert "G7.load" not in ids(SHOP, "level/L2")
    assert "G7.load" in ids(SHOP, "level/L3")


def test_exclusive_criteria_are_asked_of_a_level_until_the_next_target_is_higher() -> None:
    after = roadmap("M0", "M1", "M2", exits={"M0": "2026-10-30"})
    assert "L1.no-customers" in ids(SHOP, "level/L1")
    assert "L1.no-customers" not in ids(SHOP, "level/L1", milestones=after)
    assert "L1.no-customers" in ids(SHOP, "milestone/M0", milestones=after)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("requires", [{"fact": "load.p95_ms", "operator": "at_most", "operand": {"target": "p95_ms", "value": 250}}]),
        ("slots", {"load": {"kind": "load_test", "max_age_days": 30, "same_commit": True}}),
        ("commit", "abcdef0"),
    ],
)  # fmt: skip
def test_the_terms_of_a_criterion_are_resolved(name: str, expected: object) -> None:
    more = {"targets": "{p95_ms: 250}", "release": "{version: '1', commit: abcdef0}"}
    model = service(plan="{M0: {level: L1, gates: {G7: }}}", **more)
    assert terms(model, "milestone/M0", "G7.load")[name] == expected


def test_a_scope_shows_what_is_read_and_a_pin_which_bytes() -> None:
    digest = "0" * 64
    pinned = SHOP.model_copy(
        update={"evidence": service(evidence=f"{{api: {{path: a, sha256: '{digest}'}}}}").evidence}
    )
    slots = terms(pinned, "milestone/M1", "G2.writes")["slots"]
    assert slots == {"api": {"kind": "openapi", "only": {"paths": ["/orders"]}, "sha256": digest}}


def test_a_criterion_of_a_milestone_names_the_milestones_that_count() -> None:
    model = service(plan="{M1: {level: L1, gates: {G8: }}}")
    assert terms(model, "milestone/M1", "G8.threats")["milestones"] == ["M1"]
    assert terms(model, "level/L1", "G8.threats")["milestones"] == ["M1", "M2", "M3"]


def test_completeness_names_the_capabilities_that_must_be_delivered() -> None:
    assert terms(SHOP, "milestone/M2", "L4.capabilities")["capabilities"] == ["capability:refunds"]


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("remedy: Fix it.", "remedy: Fix it soon.", True),
        ("effort: small", "effort: large", True),
        ("question: q", "question: r", False),
        ("at_most: {target: p95_ms}", "at_most: 900", False),
        ("max_age_days: 30", "max_age_days: 31", False),
        (", same_commit: true", "", False),
        ("kind: load_test", "kind: load_test, about: words", True),
    ],
)
def test_the_digest_covers_what_decides_and_nothing_else(old: str, new: str, is_same: bool) -> None:
    assert old in GATES["G7"]
    model = service(plan="{M0: {level: L1, gates: {G7: }}}")
    before = expanded(model)["milestone/M0", "G7.load"].digest
    book = rulebook(gates=GATES | {"G7": GATES["G7"].replace(old, new)})
    assert (expanded(model, book)["milestone/M0", "G7.load"].digest == before) is is_same


@pytest.mark.parametrize(
    ("words", "term", "value"),
    [
        ("effective: M2", "effective", "M2"),
        ("effective: 2026-12-01", "effective", "2026-12-01"),
        ("advisory: true", "advisory", True),
        (
            "upcoming: {effective: M2, requires: {load.p95_ms: {at_most: 100}}}",
            "upcoming",
            {"effective": "M2", "requires": [{"fact": "load.p95_ms", "operator": "at_most", "operand": 100}]},
        ),
    ],
)
def test_when_a_criterion_binds_is_a_term(words: str, term: str, value: object) -> None:
    model = service(plan="{M0: {level: L1, gates: {G7: }}}")
    book = rulebook(gates=GATES | {"G7": GATES["G7"].replace("{id: G7.load,", f"{{id: G7.load, {words},")})
    before = expanded(model)["milestone/M0", "G7.load"]
    found = expanded(model, book)["milestone/M0", "G7.load"]
    assert found.terms == {**before.terms, term: value}


def test_a_tightened_version_is_what_is_asked_once_it_is_effective() -> None:
    words = "{id: G7.load, upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 100}}},"
    book = rulebook(gates=GATES | {"G7": GATES["G7"].replace("{id: G7.load,", words)})
    model = service(plan="{M0: {level: L1, gates: {G7: }}, M1: {level: L2}}")
    after = roadmap("M0", "M1", "M2", exits={"M1": "2026-11-01"})
    asked = {
        family: terms(model, family, "G7.load", book=book)["requires"][0]["operand"]
        for family in ("milestone/M0", "milestone/M1", "level/L1")
    }
    assert asked["milestone/M1"] == 100
    assert asked["milestone/M0"] == asked["level/L1"] == {"target": "p95_ms", "value": None}
    assert terms(model, "level/L1", "G7.load", book=book, milestones=after)["requires"][0]["operand"] == 100


def test_the_path_of_an_artefact_is_no_part_of_an_obligation() -> None:
    plan = "{M0: {level: L1, gates: {G7: }}}"
    one, other = (service(plan=plan, evidence=f"{{load: {path}}}") for path in ("a.json", "b.json"))
    assert expanded(one) == expanded(other)


IN_M1 = "M1: {level: L2, gates: {G7: , G8: , G2: {scope: s, paths: [/a]}}}"
SIGNED = {
    "plan": f"{{M0: {{level: L1, gates: {{G7: }}}}, {IN_M1}}}",
    "targets": "{p95_ms: 250}",
    "evidence": "{load: a.json}",
    "release": "{version: '1', commit: abcdef0}",
}


@pytest.mark.parametrize(
    ("field", "value", "is_same"),
    [
        ("evidence", "{load: b.json}", True),
        ("release", "{version: '2', commit: fedcba0}", True),
        ("labels", "[loud]", True),
        ("attestations", "{L1.scaffold: {by: ada, role: owner, on: 2026-11-01, link: l}}", True),
        ("plan", SIGNED["plan"][:-1] + ", M2: {level: L3, gates: {G1: }}}", True),
        ("targets", "{p95_ms: 251}", False),
        ("evidence", f"{{load: {{path: a.json, sha256: {'a' * 64}}}}}", False),
        ("labels", "[residency]", False),
        ("plan", SIGNED["plan"].replace("[/a]", "[/a, /b]"), False),
        ("plan", SIGNED["plan"].replace("G8: ,", ""), False),
        ("plan", SIGNED["plan"].replace("M0: {level: L1, gates: {G7: }}", "M0: {level: L1, gates: {}}"), False),
    ],
)  # fmt: skip
def test_what_is_signed_changes_with_what_the_manifest_asks(field: str, value: str, is_same: bool) -> None:
    before = signed_digest(service(**SIGNED), RULEBOOK, L2)
    assert (signed_digest(service(**SIGNED | {field: value}), RULEBOOK, L2) == before) is is_same


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        (GATES["G1"], GATES["G1"].replace("at_least: 95", "at_least: 1"), True),
        (GATES["G7"], GATES["G7"].replace("remedy: Fix it.", "remedy: Fix it soon."), True),
        (GATES["G7"], GATES["G7"].replace("max_age_days: 30", "max_age_days: 90"), False),
        (LEVELS, LEVELS.replace("id: L3.hooks, question: q", "id: L3.hooks, question: r"), True),
        (LEVELS, LEVELS.replace("id: L1.scaffold, question: q", "id: L1.scaffold, question: r"), False),
        (GOVERNANCE, GOVERNANCE.replace("bo: {roles", "ed: {roles: [owner]}\n  bo: {roles"), True),
    ],
    ids=["not asked", "remedy", "age", "higher level", "lower level", "roster"],
)
def test_what_is_signed_changes_with_the_rules_that_the_service_is_asked(
    old: str, new: str, is_same: bool
) -> None:
    assert old != new
    levels, governance = (new if old == text else text for text in (LEVELS, GOVERNANCE))
    gates = {name: new if old == text else text for name, text in GATES.items()}
    book, model = rulebook(gates=gates, levels=levels, governance=governance), service(**SIGNED)
    assert (signed_digest(model, book, L2) == signed_digest(model, RULEBOOK, L2)) is is_same


def test_exclusive_criteria_are_signed_with_their_own_level_only() -> None:
    reworded = LEVELS.replace("id: L1.no-customers, question: q", "id: L1.no-customers, question: r")
    book, model = rulebook(levels=reworded), service(**SIGNED)
    assert signed_digest(model, book, L1) != signed_digest(model, RULEBOOK, L1)
    assert signed_digest(model, book, L2) == signed_digest(model, RULEBOOK, L2)


def test_nothing_is_judged_that_is_not_asked() -> None:
    result = judged(SHOP, "M1", load_test(200), evidence("coverage", None))
    asked = set(ids(SHOP, "milestone/M1"))
    assert {one.rule.id for one in result.criteria if one.status is not Status.NOT_APPLICABLE} <= asked


@pytest.mark.long
@given(cases_at())
def test_a_verdict_answers_exactly_what_is_asked(at: OneAt) -> None:
    one, milestone = at
    result = judge_service(one, milestone)
    if result is None:
        return
    asked = set(ids(one.service, f"milestone/{milestone}", book=one.rulebook, milestones=one.roadmap))
    asked -= one.rulebook.gates.keys()
    by_id = {criterion.rule.id: criterion for criterion in result.criteria}
    assert asked <= by_id.keys()
    signed_above = {name for name, rule in by_id.items() if rule.reason and "only at" in rule.reason}
    waived = {name for name, rule in by_id.items() if rule.reason and "declared by" in rule.reason}
    answered = {name for name, of in by_id.items() if of.status is not Status.NOT_APPLICABLE}
    assert answered <= asked
    assert {name for name in asked - answered if not by_id[name].evidence} <= signed_above | waived


@pytest.mark.long
@given(any_cases())
def test_a_level_lacks_only_what_is_asked_of_it(one: Case) -> None:
    judge = ServiceJudge(one, resolve(one.service, one.rulebook.scale), SharedResults())
    scale = one.rulebook.scale
    asked = expanded(one.service, one.rulebook, one.roadmap)
    for level in list(scale.values())[1:]:
        for gap in verify(judge, scale.lowest, level).gaps(level):
            for result in gap.open:
                assert (f"level/{gap.level}", result.rule.id) in asked


def test_a_sign_off_says_which_roles_must_be_signed_with_a_key() -> None:
    book = rulebook(governance=GOVERNANCE + "signatures: {security: required, owner: optional}\n")
    assert terms(SHOP, "service", "sign-off:L2", book=book)["signed"] == ["security"]


def test_the_digest_of_an_attestation_changes_with_what_its_criterion_asks_only() -> None:
    def digest(book: Rulebook = RULEBOOK, criterion: str = "G8.isolation", **more: Any) -> str:
        return attested_digest(service(plan=f"{{M1: {ISOLATED}}}", **more), book, FOUR, criterion)

    same = digest()
    asked = "id: G8.isolation, question: q"
    assert asked in GATES["G8"]
    reworded = GATES["G8"].replace(asked, "id: G8.isolation, question: Another?")
    remedied = GATES["G8"].replace("Fix it.", "Fix it now.")
    assert digest(release="{version: '1', commit: abcdef1}") == same
    assert digest(rulebook(gates=GATES | {"G8": remedied})) == same
    assert digest(rulebook(gates=GATES | {"G8": reworded})) != same
    assert digest(criterion="G8.threats") != same


ISOLATED = "{level: L2, gates: {G8: }}"
