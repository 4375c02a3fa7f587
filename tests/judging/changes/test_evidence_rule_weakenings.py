"""What a rulebook asks less of evidence than before is a weakening, named once where it is written."""

import pytest

from builders.judging import GATES, rulebook, workspace
from gatekeeper.judging.changes.rule_weakenings import compare_rules
from gatekeeper.judging.obligations.guards import guard_losses
from gatekeeper.judging.obligations.terms import guard_terms
from gatekeeper.model.guards import Floor, SlotGuard

MILESTONES = ("M0", "M1", "M2", "M3")
RULES = """{
  freshness: {tests: {max_age_days: 30, same_commit: true, effective: M1}, load_test: {max_age_days: 60}},
  attestations: {valid_days: 100},
  distinct: [{slots: [unit_tests, isolation, chaos]}],
  floors: {tests: {passed: {at_least: 2}}},
}"""
SLOT = "unit_tests: {kind: tests"


def weaknesses(old: str, new: str, of: str = RULES) -> dict[str, str]:
    """Return by id, without digests, how the head is weaker."""
    texts = [of, *(text for gate in GATES.values() for text in [gate])]
    assert any(old in text for text in texts)
    gates = {name: text.replace(old, new, 1) for name, text in GATES.items()}
    base, head = rulebook(evidence_rules=of), rulebook(gates=gates, evidence_rules=of.replace(old, new, 1))
    found = compare_rules(
        base, head, workspace(gates=gates, evidence_rules=of.replace(old, new, 1)), MILESTONES
    )
    return {change.id.partition(":sha256")[0]: change.message for change in found}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("max_age_days: 60", "max_age_days: 61", {"evidence.load_test": "the rulebook, for load_test, accepts evidence up to 61 days old instead of up to 60 days old"}),
        ("same_commit: true, effective: M1", "effective: M1", {"evidence.tests": "the rulebook, for tests, accepts evidence of another commit than the release"}),
        ("effective: M1", "effective: M2", {"evidence.tests": "the rulebook, for tests, asks for the age of evidence from M2 on instead of from M1 on; asks for the commit of evidence from M2 on instead of from M1 on"}),
        ("at_least: 2", "at_least: 1", {"evidence.tests": "the rulebook, for tests, asks for passed at least 1 instead of passed at least 2"}),
        ("{passed: {at_least: 2}}", "{total: {at_least: 2}}", {"evidence.tests": "the rulebook, for tests, no longer asks for passed at least 2"}),
        ("valid_days: 100", "valid_days: 101", {"evidence.attestations": "the rulebook accepts attestations up to 101 days old instead of up to 100 days old"}),
        ("[unit_tests, isolation, chaos]", "[unit_tests, isolation]", {"evidence.distinct": "the rulebook lets `unit_tests`, `isolation`, `chaos` be alike"}),
        (SLOT, f"{SLOT}, floors: {{passed: {{at_least: 1}}}}", {"slot unit_tests": "the rulebook for `unit_tests` asks for passed at least 1 instead of passed at least 2"}),
        (SLOT, f"{SLOT}, accepts: [cached]", {"slot unit_tests": "the rulebook for `unit_tests` accepts evidence that is cached"}),
        (SLOT, f"{SLOT}, shared: true", {"slot unit_tests": "the rulebook for `unit_tests` lets services share an artefact"}),
        ("{id: G1.tests, question: q", "{id: G1.tests, question: q, max_age_days: 31", {"G1.tests": "G1.tests accepts evidence up to 31 days old instead of up to 30 days old"}),
        ("{id: G1.tests, question: q", "{id: G1.tests, question: q, same_commit: false", {"G1.tests": "G1.tests accepts evidence of another commit than the release"}),
        ("{id: G1.tests, question: q", "{id: G1.tests, question: q, accepts: [partial]", {"G1.tests": "G1.tests accepts evidence that is partial"}),
    ],
)  # fmt: skip
def test_each_way_to_ask_less_of_evidence_is_named_once(old: str, new: str, expected: dict[str, str]) -> None:
    assert weaknesses(old, new) == expected


def test_a_floor_of_zero_is_stated_and_its_loss_is_named() -> None:
    asked = guard_terms(SlotGuard(floors=(Floor("skipped_pct", at_most=0),)))
    assert asked["floors"] == [{"fact": "skipped_pct", "at_most": 0}]
    found = list(guard_losses(asked, guard_terms(SlotGuard()), lambda *_: True))
    assert found == ["no longer asks for skipped_pct at most 0"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("h/a/{service}", "h/b/{service}", "from h/b/{service}"),
        ("h/a/{service}", None, "not at all"),
        (None, "h/a/{service}", None),
        ("h/a/{service}", "h/a/{service}", None),
    ],
)
def test_another_template_of_repositories_is_a_weakening(
    before: str | None, after: str | None, said: str | None
) -> None:
    base, head = (rulebook()._replace(repository=of) for of in (before, after))
    found = [change.message for change in compare_rules(base, head, workspace(), MILESTONES)]
    derived = f"the repository of a service is derived {said} instead of from h/a/{{service}}"
    assert found == ([derived] if said else [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max_age_days: 60", "max_age_days: 59"),
        ("max_age_days: 60", "max_age_days: 60, same_commit: true"),
        ("effective: M1", "effective: M0"),
        (", effective: M1", ""),
        ("at_least: 2", "at_least: 3"),
        ("valid_days: 100", "valid_days: 99"),
        ("distinct: [", "distinct: [{slots: [load, coverage]}, "),
        (SLOT, f"{SLOT}, parts: 2"),
        (SLOT, f"{SLOT}, by: id"),
        ("{id: G1.tests, question: q", "{id: G1.tests, question: q, max_age_days: 29"),
    ],
)
def test_asking_more_of_evidence_is_no_weakening(old: str, new: str) -> None:
    assert weaknesses(old, new) == {}


@pytest.mark.parametrize("named", ["parts: 2", "by: id"])
def test_what_a_slot_no_longer_asks_is_a_weakening(named: str) -> None:
    gates = {**GATES, "G1": GATES["G1"].replace(SLOT, f"{SLOT}, {named}")}
    found = compare_rules(rulebook(gates=gates), rulebook(), workspace(), MILESTONES)
    assert [change.id.partition(":sha256")[0] for change in found] == ["slot unit_tests"]


def test_a_floor_of_a_kind_without_an_age_is_compared() -> None:
    found = weaknesses("at_least: 2", "at_least: 1", of="{floors: {tests: {passed: {at_least: 2}}}}")
    assert list(found) == ["evidence.tests"]
