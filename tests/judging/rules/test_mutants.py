"""Mutants of a rulebook: which ones each field has, that each is one change, and that each is located."""

from collections import Counter
from collections.abc import Mapping

import pytest
from pydantic import BaseModel

from builders.judging import GATES, GOVERNANCE, LEVELS, STANZA, workspace
from gatekeeper import collectors
from gatekeeper.judging.rules import mutation_operators as operators
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.rules.editing import edited
from gatekeeper.judging.rules.mutants import mutants, mutated
from gatekeeper.judging.rules.mutation_operators import MutationOperator
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.rulebook import Criterion, Gate, Governance, LevelDefinition, Slot
from gatekeeper.model.workspace import Manifests

COVERED = "requires: {coverage.lines_pct: {at_least: 90}}"


def with_criterion(words: str, slots: str = "") -> Manifests:
    """Return the small rulebook with the criterion `G1.new` of these words."""
    row = f"  - {{id: G1.new, question: q, {words}, {STANZA}}}\n"
    gate = GATES["G1"].replace("criteria:", f"{slots}\ncriteria:") if slots else GATES["G1"]
    return workspace(gates=GATES | {"G1": gate + row})


def ids(of: Manifests, subject: str) -> list[str]:
    """Return what the mutants of a subject that bind change."""
    found = [mutant for mutant in mutants(of, collectors.find) if mutant.subject == subject]
    return [mutant.id.removeprefix(f"{subject} ") for mutant in found if mutated(of, mutant, collectors.find)]


SMALL = workspace()
ALL = list(mutants(SMALL, collectors.find))
BOUND = [mutant for mutant in ALL if mutated(SMALL, mutant, collectors.find)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("attested_by: security", ["attested_by security -> owner"]),
        (COVERED, ["at_least -> at_most", "at_least 90 -> 89", "at_least 90 -> 91"]),
        ("requires: {coverage.lines_pct: {at_most: 0.5}}", ["at_most -> at_least", "at_most 0.5 -> 0.4", "at_most 0.5 -> 0.6"]),
        ("requires: {coverage.lines_pct: {equals: 7}}", ["equals -> at_least", "equals -> at_most", "equals 7 -> 6", "equals 7 -> 8"]),
        ("requires: {coverage.lines_pct: {one_of: [1, 2]}}", ["one_of 1 dropped", "one_of 2 dropped"]),
        ("requires: {coverage.lines_pct: {at_least: 1.0e-6}}", ["at_least -> at_most", "at_least 1e-06 -> 0.0", "at_least 1e-06 -> 2e-06"]),
        ("requires: {api.spec_series: {equals: '3.1'}}", ["equals -> empty"]),
        ("requires: {api.spec_series: {one_of: ['3.1']}}", ["one_of -> empty"]),
        ("requires: {source.files: {empty: false}}", ["empty false -> true"]),
        ("requires: {source.files: {within: [a]}}", ["within -> includes"]),
        ("requires: {source.files: {includes: [a, b]}}", ["includes -> within", "includes a dropped", "includes b dropped"]),
        ("requires: {threats.front_matter.outcome: {equals: true}}", ["equals true -> false"]),
        ("requires: {source.files: {mentions: a}}", ["mentions -> includes"]),
        (
            "requires: {load.p95_ms: {at_most: {target: p99_ms}}}",
            ["at_most -> at_least", "at_most target p99_ms -> p95_ms"],
        ),
        (
            "requires: {load.p95_ms: {equals: {fact: load.p99_ms}}}",
            ["equals -> at_least", "equals -> at_most", "equals fact load.p99_ms -> load.rps"],
        ),
    ],
)  # fmt: skip
def test_a_condition_is_turned_and_its_operand_moved(words: str, expected: list[str]) -> None:
    fact = words.split("{")[1].split(":", maxsplit=1)[0] if "requires" in words else ""
    assert ids(with_criterion(words), "G1.new") == ["dropped", *(f"{fact} {one}".strip() for one in expected)]


def test_each_of_several_conditions_is_dropped() -> None:
    both = "requires: {coverage.lines_pct: {at_least: 90, at_most: 99}, source.files: {empty: false}}"
    found = ids(with_criterion(both), "G1.new")
    assert {"coverage.lines_pct dropped", "source.files dropped"} <= set(found)
    assert {"coverage.lines_pct at_least dropped", "coverage.lines_pct at_most dropped"} <= set(found)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"{COVERED}, or_attested_by: owner", ["or_attested_by owner -> architecture", "or_attested_by dropped"]),
        (f"{COVERED}, waivable_by: security", ["waivable_by security -> owner", "waivable_by dropped"]),
        (f"{COVERED}, from: L2", ["from L2 -> L1", "from L2 -> L3", "from dropped"]),
        (f"{COVERED}, from: L4", ["from L4 -> L3", "from dropped"]),
        (f"{COVERED}, max_age_days: 30", ["max_age_days 30 -> 29", "max_age_days 30 -> 31", "max_age_days dropped"]),
        (f"{COVERED}, max_age_days: 1", ["max_age_days 1 -> 2", "max_age_days dropped"]),
        (f"{COVERED}, same_commit: true, per_milestone: false", ["same_commit dropped"]),
        (f"{COVERED}, advisory: true", ["advisory dropped"]),
        (f"{COVERED}, effective: M1", ["effective M1 -> M0", "effective M1 -> M2", "effective dropped"]),
        (
            f"{COVERED}, effective: 2026-12-01",
            ["effective 2026-12-01 -> 2026-11-30", "effective 2026-12-01 -> 2026-12-02", "effective dropped"],
        ),
        (
            f"{COVERED}, upcoming: {{effective: M1, requires: {{coverage.lines_pct: {{at_least: 95}}}}}}",
            [
                "upcoming dropped", "upcoming effective M1 -> M0", "upcoming effective M1 -> M2",
                "upcoming requires coverage.lines_pct at_least -> at_most",
                "upcoming requires coverage.lines_pct at_least 95 -> 94",
                "upcoming requires coverage.lines_pct at_least 95 -> 96",
            ],
        ),
        (
            f"{COVERED}, subjects: {{fact: api.writes, up_to: L3}}",
            ["subjects dropped", "subjects fact api.writes -> api.mutations",
             "subjects up_to L3 -> L2", "subjects up_to L3 -> L4", "subjects up_to dropped"],
        ),
        (
            f"{COVERED}, applies_when: {{gate: G1, label: eu}}",
            ["applies_when dropped", "applies_when gate dropped", "applies_when label dropped", "applies_when gate G1 -> G2"],
        ),
        (
            f"{COVERED}, applies_when: {{except_services: [shop, pay]}}",
            ["applies_when dropped", "applies_when except_services shop dropped", "applies_when except_services pay dropped"],
        ),
        (
            f"{COVERED}, applies_when: {{any_gate: [G1, G2]}}",
            ["applies_when dropped", "applies_when any_gate G1 dropped", "applies_when any_gate G2 dropped"],
        ),
    ],
)  # fmt: skip
def test_when_and_how_a_criterion_counts_is_moved_and_dropped(words: str, expected: list[str]) -> None:
    given = "coverage.lines_pct"
    assert [one for one in ids(with_criterion(words), "G1.new") if not one.startswith(given)] == [
        "dropped",
        *expected,
    ]


def test_a_twin_is_the_same_as_another_criterion() -> None:
    assert ids(SMALL, "L2.isolation") == ["dropped", "same_as G8.isolation -> G8.threats"]


def test_criteria_of_levels_and_where_levels_ship_are_mutated() -> None:
    assert ids(SMALL, "L1.no-customers") == [
        "dropped",
        "attested_by owner -> architecture",
        "only_at dropped",
    ]
    assert "covers_capabilities dropped" in ids(SMALL, "L4.capabilities")
    assert ids(SMALL, "L2") == ["ships_to internal dropped", "ships_to staging dropped"]
    assert {mutant.group for mutant in ALL} == {*SMALL.gates, "L1", "L2", "L3", "L4", "governance"}


def test_options_of_slots_and_their_items_are_dropped() -> None:
    slots = (
        "  own: {kind: source, include: '**/src/**/*.ts', allowed_imports: [uuid, zod], llm_sdks: [openai]}"
    )
    found = ids(with_criterion(COVERED, slots), "own")
    options = [
        "include dropped",
        "include **/src/**/*.ts -> src/**/*.ts",
        "include **/src/**/*.ts -> **/src/*.ts",
        "allowed_imports dropped",
        "llm_sdks dropped",
    ]
    assert sorted(found) == sorted([*options, "allowed_imports uuid dropped", "allowed_imports zod dropped"])
    select = "  bugs: {kind: json, select: {open: a, closed: b}}"
    found = ids(with_criterion("requires: {bugs.open: {at_most: 0}}", select), "bugs")
    assert found == ["select closed dropped"], "without the other name, the criterion does not bind"


def test_governance_is_mutated() -> None:
    more = """
exceptions: {excuse: L4, ship_at: L2}
exit_role: owner
break_glass: true
weakening_sign_off: security
"""
    assert ids(workspace(governance=GOVERNANCE + more), "governance") == [
        "roles owner of_service dropped",
        "upgrade_sign_offs owner dropped",
        "upgrade_sign_offs architecture dropped",
        "upgrade_sign_offs security dropped",
        "exceptions dropped",
        "exceptions excuse L4 -> L3",
        "exceptions ship_at L2 -> L1",
        "exceptions ship_at L2 -> L3",
        "exit_role owner -> architecture",
        "exit_role dropped",
        "break_glass dropped",
        "weakening_sign_off security -> owner",
        "weakening_sign_off dropped",
    ]
    assert ids(workspace(), "G8") == ["role security -> owner"]
    one = "roles: {owner: o}\nupgrade_sign_offs: [owner]"
    levels = LEVELS.replace("attested_by: architecture", "attested_by: owner")
    of_one = workspace(
        gates={"G1": GATES["G1"].replace("architecture", "owner")}, levels=levels, governance=one
    )
    assert [mutant.id for mutant in mutants(of_one, collectors.find) if mutant.group == "governance"] == [
        "governance upgrade_sign_offs owner dropped"
    ], "there is no other role to name"


def test_every_mutant_has_one_id_and_differs_from_the_rulebook() -> None:
    assert [id_ for id_, count in Counter(mutant.id for mutant in ALL).items() if count > 1] == []
    for mutant in BOUND:
        changed = edited(SMALL, mutant.edit)
        assert (changed.gates, changed.levels, changed.governance) != (
            SMALL.gates,
            SMALL.levels,
            SMALL.governance,
        )


def test_the_ids_of_mutants_are_plain_keys_of_yaml() -> None:
    from gatekeeper.syntax.yaml import load

    for mutant in ALL:
        assert load(f"{mutant.id}: why".encode()).value == {mutant.id: "why"}


def test_a_mutant_that_does_not_bind_is_none() -> None:
    discarded = {mutant.id for mutant in ALL} - {mutant.id for mutant in BOUND}
    assert "G8.isolation dropped" in discarded, "its twin refers to it"
    assert "G8.isolation from L2 -> L3" in discarded, "its twin applies from L2 on"
    alone = workspace(
        gates={"G2": GATES["G2"]},
        levels="levels: [{level: a, name: n, meaning: m, audience: a}, {level: b, name: n, meaning: m, audience: a}]",
    )
    first, *_ = [mutant for mutant in mutants(alone, collectors.find) if mutant.id == "G2.writes dropped"]
    assert mutated(alone, first, collectors.find) is not None
    last = edited(alone, first.edit)
    [left] = [mutant for mutant in mutants(last, collectors.find) if mutant.id == "G2.limits dropped"]
    assert mutated(last, left, collectors.find) is None, "a gate needs a criterion"


def test_each_language_and_the_role_of_others_are_moved() -> None:
    words = "requires: {source.files: {empty: false}}, decidable_in: {languages: [go, java], else_attested_by: owner}"
    gate = f"gate: G9\nname: n\ndefinition: d\nartefact: a\nrole: owner\nslots: {{tree: {{kind: source}}}}\ncriteria: [{{id: G9.new, question: q, {words.replace('source', 'tree')}, {STANZA}}}]\n"
    found = [one for one in ids(workspace(gates=GATES | {"G9": gate}), "G9.new") if "decidable_in" in one]
    assert found == [
        "decidable_in dropped",
        "decidable_in languages go dropped",
        "decidable_in languages java dropped",
        "decidable_in else_attested_by owner -> architecture",
    ]


def test_a_mutant_is_bound_with_its_change() -> None:
    given = with_criterion(COVERED)
    by_id = {mutant.id: mutant for mutant in mutants(given, collectors.find)}
    mutant = by_id["G1.new coverage.lines_pct at_least 90 -> 91"]
    found = mutated(given, mutant, collectors.find)
    assert found is not None
    changed = bind(found, collectors.find).rulebook
    assert changed.by_id["G1.new"].conditions[0].describe() == "lines_pct at least 91"
    assert mutant.place(given).file == "gates/G1.yaml"
    assert mutant.place(given).path == ("criteria", 3, "requires", "coverage.lines_pct", "at_least")
    assert (mutant.group, mutant.subject) == ("G1", "G1.new")


def test_every_field_of_the_rulebook_is_mutated_or_decides_nothing() -> None:
    """A new field of the rulebook needs a row in the tables, or a reason here."""
    texts = {
        "id",
        "question",
        "why",
        "limits",
        "remedy",
        "effort",
        "name",
        "definition",
        "artefact",
        "meaning",
        "audience",
        "policy",
        "cites",
        "prose",
    }
    elsewhere = {"gate", "level", "slots", "criteria", "kind", "about"}
    of_people = {"roster", "weakenings", "recorders", "grandfathered"}  # who signs is given by each case
    of_people |= {"signatures", "resign_on"}
    texts |= {"source"}
    of_audit = {"expected_of"}  # decides what `audit` finds, and no verdict
    tables: tuple[tuple[type[BaseModel], Mapping[str, MutationOperator]], ...] = (
        (Criterion, operators.CRITERION),
        (Gate, operators.GATE),
        (LevelDefinition, operators.LEVEL),
        (Governance, operators.OF_GOVERNANCE),
        (Slot, operators.SLOT),
        (EvidenceRules, operators.OF_EVIDENCE),
    )
    for model, table in tables:
        named = {field.alias or name for name, field in model.model_fields.items()}
        assert named - set(table) <= texts | elsewhere | of_people | of_audit, model
        assert set(table) <= named


@pytest.mark.parametrize(
    ("slots", "expected"), [("[unit_tests, isolation]", 1), ("[unit_tests, isolation, chaos]", 4)]
)
def test_no_mutant_leaves_one_slot_of_those_that_must_differ(slots: str, expected: int) -> None:
    of = workspace(evidence_rules=f"{{distinct: [{{slots: {slots}}}]}}")
    assert len([mutant for mutant in mutants(of, collectors.find) if "distinct" in mutant.id]) == expected
