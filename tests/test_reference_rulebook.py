"""The reference rulebook asks what the readiness document asks, of facts that collectors give."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
import yaml

from builders.documents import section
from builders.reference_criteria import CRITERIA, OURS, UNLISTED
from builders.workspaces import ROOT, Run
from gatekeeper.collectors import find
from gatekeeper.model.rulebook import Criterion, Gate, Governance, Levels, Slot

GATES = [f"G{number}" for number in range(1, 9)]
GROUPS = [*GATES, *(f"L{number}" for number in range(1, 5))]

MEANINGS = {
    "G1": ["invariants", "pure TypeScript", "unit tests cover every invariant"],
    "G2": [
        "published and versioned",
        "idempotency",
        "problem+json",
        "cursor pagination",
        "If-Match for mutations",
    ],
    "G3": ["subjects", "JSON Schemas", "outbox", "inbox", "Pact", "every registered consumer"],
    "G4": ["replicable aggregates", "sync-service", "conflict policy"],
    "G5": [
        "AIClient port only",
        "provenance",
        "prompts are registered and evaluated",
        "budget is observable",
    ],
    "G6": ["SLOs", "OpenTelemetry traces", "metrics", "dashboards", "runbook"],
    "G7": ["k6", "target p95 and p99", "saturation", "degradation", "documented"],
    "G8": ["two-tenant isolation", "threat model", "pen-test", "audit events", "KMS keys per tenant"],
    "L1": ["scaffold", "empty domain", "ports", "no customer endpoint"],
    "L2": ["some use cases", "Pact contracts", "those flows", "row-level security", "tenant isolation"],
    "L3": ["subset", "target SLOs", "offline hooks", "AI provenance", "where they apply", "pen-test #1"],
    "L4": [
        "specification (03)",
        "all applicable capabilities",
        "prompt regression",
        "safety eval",
        "chaos",
        "drill",
    ],
}
"""What the document's tables of gates and levels name."""


# --- The rulebook ----------------------------------------------------------------------------------


def manifest(name: str) -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load((ROOT / "gates" / f"{name}.yaml").read_text(encoding="utf-8"))
    return written


def stanzas() -> Iterator[dict[str, Any]]:
    """Give all criteria as they are written, in the order of the rulebook."""
    for gate in GATES:
        yield from manifest(gate)["criteria"]
    for level in manifest("levels")["levels"]:
        yield from level.get("criteria", ())


@pytest.fixture(scope="module")
def criteria() -> dict[str, Criterion]:
    return {stanza["id"]: Criterion.model_validate(stanza) for stanza in stanzas()}


def defined_slots() -> list[tuple[str, Slot]]:
    groups = [manifest(name)["slots"] for name in ("levels", *GATES)]
    return [(name, Slot.model_validate(slot)) for group in groups for name, slot in group.items()]


@pytest.fixture(scope="module")
def slots() -> dict[str, Slot]:
    return dict(defined_slots())


class Use(NamedTuple):
    """A fact that a criterion reads."""

    slot: str
    field: str


def uses(criterion: Criterion) -> Iterator[Use]:
    facts = list(criterion.requires)
    for requirement in criterion.requires.values():
        operands = requirement.model_dump(exclude_unset=True).values()
        facts += [
            operand["fact"] for operand in operands if isinstance(operand, Mapping) and "fact" in operand
        ]
    if criterion.subjects:
        facts.append(criterion.subjects.fact)
    for fact in facts:
        slot, field, *_ = fact.split(".")
        yield Use(slot, field)


def asked(criterion: Criterion, fact: str) -> dict[str, Any]:
    requirement = criterion.requires.get(fact)
    return requirement.model_dump(exclude_unset=True) if requirement else {}


def test_the_folder_holds_the_rulebook_and_nothing_else() -> None:
    names = {path.name for path in (ROOT / "gates").iterdir()}
    assert names == {
        "levels.yaml",
        "governance.yaml",
        "evidence.yaml",
        *(f"{gate}.yaml" for gate in GATES),
        "tests",
    }


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_fits_the_model_and_its_file(gate: str) -> None:
    assert Gate.model_validate(manifest(gate)).gate == gate


def test_every_criterion_of_the_design_is_there_once_and_in_order() -> None:
    assert [stanza["id"] for stanza in stanzas()] == list(CRITERIA)


@pytest.mark.long
@pytest.mark.parametrize("group", GROUPS)
def test_a_criterion_stands_in_the_file_of_its_gate_or_level(group: str) -> None:
    levels = {level["level"]: level for level in manifest("levels")["levels"]}
    holder = manifest(group) if group in GATES else levels[group]
    of_group = [name for name in CRITERIA if name.startswith(f"{group}.")]
    assert [stanza["id"] for stanza in holder["criteria"]] == of_group


# --- What it reads ---------------------------------------------------------------------------------


def test_each_slot_is_defined_once() -> None:
    names = [name for name, _ in defined_slots()]
    assert sorted(names) == sorted(set(names))


def test_each_slot_has_a_known_kind_and_options_that_it_understands(slots: dict[str, Slot]) -> None:
    for name, slot in slots.items():
        kind = find(slot.kind)
        assert kind, f"{name}: there is no kind {slot.kind}"
        assert set(slot.options) <= kind.options, name
        assert slot.about, f"{name} does not say what to map"


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_reads_facts_that_its_slots_give(
    name: str, criteria: dict[str, Criterion], slots: dict[str, Slot]
) -> None:
    for use in uses(criteria[name]):
        assert use.slot in slots, f"{name} reads {use.slot}, which no file defines"
        kind = find(slots[use.slot].kind)
        assert kind
        fields = slots[use.slot].options["select"] if kind.name == "json" else kind.fields or {}
        assert use.field in fields, f"{slots[use.slot].kind} has no fact {use.field}"


def test_each_slot_is_read_by_a_criterion_or_by_the_plan(
    criteria: dict[str, Criterion], slots: dict[str, Slot]
) -> None:
    read = {use.slot for criterion in criteria.values() for use in uses(criterion)}
    assert set(slots) - read == {"capability_tests", "scope_tests"}


@pytest.mark.long
def test_the_program_finds_no_mistake_in_it(run: Run) -> None:
    ran = run("-C", ROOT, "validate")
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.parametrize("name", CRITERIA)
def test_results_without_a_passed_test_or_evaluation_pass_nothing(
    name: str, criteria: dict[str, Criterion], slots: dict[str, Slot]
) -> None:
    criterion = criteria[name]
    for slot in {fact.split(".")[0] for fact in criterion.requires}:
        if slots[slot].kind == "tests":
            passed = asked(criterion, f"{slot}.passed")
            assert passed.get("empty") is False or passed.get("mentions")
            assert asked(criterion, f"{slot}.failed") == {"empty": True}
        if slots[slot].kind == "evals":
            assert asked(criterion, f"{slot}.total") == {"at_least": 1}
            assert asked(criterion, f"{slot}.failed") == {"empty": True}


# --- What it asks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CRITERIA)
def test_a_question_keeps_the_names_and_numbers_of_the_document(
    name: str, criteria: dict[str, Criterion]
) -> None:
    question = criteria[name].question.casefold()
    assert [word for word in CRITERIA[name] if word.casefold() not in question] == []


@pytest.mark.long
@pytest.mark.parametrize("group", MEANINGS)
def test_a_definition_keeps_the_names_of_the_document(group: str) -> None:
    levels = {level["level"]: level["meaning"] for level in manifest("levels")["levels"]}
    said = (manifest(group)["definition"] if group in GATES else levels[group]).casefold()
    assert [word for word in MEANINGS[group] if word.casefold() not in said] == []


@pytest.mark.parametrize(
    ("slot", "option"), [("domain_source", "allowed_imports"), ("service_source", "llm_sdks")]
)
def test_what_may_and_must_not_be_imported_is_listed_once(
    slot: str, option: str, slots: dict[str, Slot]
) -> None:
    packages = slots[slot].options[option]
    assert len(packages) > 10
    assert len(packages) == len(set(packages))


# --- How it speaks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_asks_one_question_and_says_why_and_what_to_do(
    name: str, criteria: dict[str, Criterion]
) -> None:
    criterion = criteria[name]
    assert criterion.question.endswith("?")
    assert criterion.question.count("?") == 1
    assert criterion.why.endswith(".")
    assert criterion.remedy.endswith(".")
    assert len({criterion.question, criterion.why, criterion.remedy}) == 3


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_cites_the_document_and_says_what_it_cannot_see(
    name: str, criteria: dict[str, Criterion]
) -> None:
    limits = criteria[name].limits
    assert bool(criteria[name].cites) is (name not in OURS)
    assert limits
    assert limits.endswith(".")
    assert len(limits) < 400


@pytest.mark.parametrize("name", CRITERIA)
def test_a_remedy_names_every_slot_to_map(name: str, criteria: dict[str, Criterion]) -> None:
    criterion = criteria[name]
    decisive = criteria[criterion.same_as] if criterion.same_as else criterion
    for use in uses(decisive):
        assert f"`{use.slot}`" in criterion.remedy


def test_no_two_criteria_share_a_question_or_a_reason(criteria: dict[str, Criterion]) -> None:
    for said in ("question", "why"):
        sentences = [getattr(criterion, said) for criterion in criteria.values()]
        assert sorted(sentences) == sorted(set(sentences))


@pytest.mark.parametrize("name", ["levels", "governance", *GATES])
def test_a_file_is_laid_out_to_be_read(name: str) -> None:
    text = (ROOT / "gates" / f"{name}.yaml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 110 or line != line.rstrip()] == []
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


# --- Levels and governance -------------------------------------------------------------------------


def test_a_level_says_who_may_use_it_and_where_it_ships_to() -> None:
    levels = Levels.model_validate(manifest("levels")).levels
    said = {str(level.level): (level.audience, [str(place) for place in level.ships_to]) for level in levels}
    everywhere = ["internal", "staging", "production"]
    assert said == {
        "L0": ("Nobody", []),
        "L1": ("Internal + dev tests only", ["internal"]),
        "L2": ("Internal staging only", ["internal", "staging"]),
        "L3": ("Customer-facing", everywhere),
        "L4": ("GA-grade", everywhere),
    }


def test_an_upgrade_takes_owner_architecture_and_security() -> None:
    governance = Governance.model_validate(manifest("governance"))
    assert governance.upgrade_sign_offs == ("owner", "architecture", "security")
    assert set(governance.roles) == set(governance.upgrade_sign_offs)


def test_governance_names_policies_and_nobody() -> None:
    governance = Governance.model_validate(manifest("governance"))
    assert set(governance.policy) == {"change-control", "regression", "exceptions"}
    assert "within one milestone" in governance.policy["exceptions"].text
    assert governance.exceptions
    assert governance.exceptions.close_within == 1
    assert governance.roster == {}


def test_people_decide_these_criteria_and_no_others() -> None:
    ways = ("attested_by", "or_attested_by", "waivable_by")
    assert {
        stanza["id"]: [stanza.get(way) for way in ways] for stanza in stanzas() if {*ways} & {*stanza}
    } == {
        "G2.rate-limit-headers": [None, None, "architecture"],
        "G2.compatible": [None, "architecture", None],
        "G5.ai-client": [None, None, "architecture"],
        "G5.budget": [None, "owner", None],
        "G8.isolation": [None, "security", "security"],
        "G8.threat-model": [None, "security", None],
        "G8.pen-test": [None, "security", None],
        "G8.pen-test-scope": [None, "security", None],
        "G8.tenant-keys": [None, "security", "security"],
        "G8.review": ["security", None, None],
        "L1.scaffold": [None, "owner", None],
        "L1.no-customer-endpoints": [None, "owner", None],
        "L4.capabilities": ["architecture", None, None],
    }


def test_only_known_roles_may_sign(criteria: dict[str, Criterion]) -> None:
    roles = set(manifest("governance")["roles"])
    assert {manifest(gate)["role"] for gate in GATES} <= roles
    for criterion in criteria.values():
        assert {criterion.attested_by, criterion.or_attested_by, criterion.waivable_by} <= {None, *roles}


# --- The document ----------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("gate", GATES)
def test_a_gate_has_a_criterion_for_each_of_the_document(gate: str, page: bytes) -> None:
    lines = section(page, 4)
    [start] = [here for here, line in enumerate(lines) if line.startswith(f"{gate} ")]
    following = (here for here, line in enumerate(lines) if here > start and line.startswith("G"))
    bullets = [line for line in lines[start : next(following, None)] if line.strip().startswith("•")]
    advisory = {stanza["id"] for stanza in stanzas() if stanza.get("advisory")}
    ours = {name for name in CRITERIA if name.startswith(f"{gate}.")} - UNLISTED - advisory
    assert len(set(bullets)) == len(ours)


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_has_the_name_and_test_artefact_of_the_document(gate: str, page: bytes) -> None:
    [row] = [line for line in section(page, 2) if line.startswith(f"{gate} ")]
    written = manifest(gate)
    assert row.startswith(f"{gate} {written['name']}")
    assert row.endswith(written["artefact"])


@pytest.mark.parametrize("level", ["L0", "L1", "L2", "L3", "L4"])
def test_a_level_has_the_name_and_audience_of_the_document(level: str, page: bytes) -> None:
    [row] = [line for line in section(page, 1) if line.startswith(level)]
    [written] = [each for each in manifest("levels")["levels"] if each["level"] == level]
    assert row.startswith(level + written["name"])
    assert row.endswith(written["audience"]) or row == "L0Not started"
