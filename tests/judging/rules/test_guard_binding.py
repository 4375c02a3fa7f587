"""What evidence must show besides its facts: by kind, by slot, by criterion, and from when on."""

import pytest

from builders.ageing import result_of
from builders.judging import GATES, STANZA, attested, case, load_test, report, rulebook, service, workspace
from gatekeeper import collectors
from gatekeeper.judging.rules.binding import bind
from gatekeeper.model.guards import Floor, SlotGuard, ValidFor
from gatekeeper.model.rule import Rulebook
from gatekeeper.reporters.wording.guards import of_rule

TESTS = "{max_age_days: 30, same_commit: true}"


def book(evidence_rules: str, slot: str = "", criterion: str = "") -> Rulebook:
    """Return the small rulebook with these rules, and with more in a slot and a criterion."""
    text = GATES["G1"].replace("unit_tests: {kind: tests", f"unit_tests: {{kind: tests{slot}")
    text = text.replace("{id: G1.tests,", f"{{id: G1.tests{criterion},")
    return rulebook(gates={**GATES, "G1": text}, evidence_rules=evidence_rules)


def guard(evidence_rules: str, slot: str = "", criterion: str = "") -> SlotGuard:
    return book(evidence_rules, slot, criterion).by_id["G1.tests"].guard("unit_tests")


def test_without_rules_nothing_is_asked() -> None:
    assert guard("{}") == SlotGuard(measures=True)


def test_a_kind_has_an_age_and_a_commit_and_the_criterion_s_own_win() -> None:
    rules = f"{{freshness: {{tests: {TESTS}}}}}"
    assert guard(rules) == SlotGuard(max_age_days=30, same_commit=True, measures=True)
    own = guard(rules, criterion=", max_age_days: 60, same_commit: false, accepts: [partial]")
    assert own == SlotGuard(max_age_days=60, accepts=frozenset({"partial"}), measures=True)


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("G1.tests", "", "of any age"),
        ("G1.tests", ", max_age_days: 3", "at most 3 days old"),
        ("G2.writes", "", "as old as the tree that holds it (a definition)"),
    ],
)
def test_each_slot_has_an_age_or_says_why_none(name: str, more: str, said: str) -> None:
    assert f"evidence {said}" in of_rule(book("{}", criterion=more).by_id[name])


def test_a_slot_says_more_and_its_floors_win() -> None:
    rules = "{floors: {tests: {passed: {at_least: 1}, failed: {at_most: 3}}}}"
    found = guard(
        rules, ", floors: {passed: {at_least: 9}}, parts: 2, by: id, shared: true, accepts: [cached]"
    )
    assert found.floors == (Floor("passed", at_least=9), Floor("failed", at_most=3))
    assert (found.parts, found.by_id, found.shared, found.accepts) == (2, True, True, frozenset({"cached"}))


def test_attestations_have_a_validity_unless_the_criterion_says_its_own() -> None:
    rules = book("{attestations: {valid_days: 100}}").by_id
    assert rules["L1.scaffold"].validity == ValidFor(100)
    assert rules["G8.review"].validity == ValidFor(90)
    assert rules["G8.threats"].validity is None


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ("freshness: {openapi: {max_age_days: 3}}", ("freshness", "openapi"), "openapi is not a measurement"),
        ("freshness: {test: {max_age_days: 3}}", ("freshness", "test"), "unknown kind of evidence 'test'"),
        ("floors: {tests: {pased: {at_least: 3}}}", ("floors", "tests", "pased"), "'pased' is not a fact that can be counted"),
        ("floors: {tests: {passed: {at_least: 3, effective: M9}}}", ("floors", "tests", "passed", "effective"), "'M9' is neither a milestone nor a date such as 2026-12-01"),
        ("distinct: [{slots: [load, laod]}]", ("distinct", 0, "slots", 1), "unknown slot 'laod'"),
        ("distinct: [{slots: [load, load]}]", ("distinct", 0, "slots", 1), "'load' is listed twice"),
        ("attestations: {valid_days: 3, effective: 2026-13-01}", ("attestations", "effective"), "there is no day 2026-13-01"),
    ],
)  # fmt: skip
def test_a_mistake_is_at_its_place(written: str, place: tuple[str | int, ...], message: str) -> None:
    (mistake,) = bind(workspace(evidence_rules=f"{{{written}}}"), collectors.find).mistakes
    assert (mistake.file, mistake.path, mistake.message) == ("gates/evidence.yaml", place, message)


def test_only_tests_carry_ids() -> None:
    text = GATES["G7"].replace("{kind: load_test}", "{kind: load_test, by: id}")
    (mistake,) = bind(workspace(gates={**GATES, "G7": text}), collectors.find).mistakes
    assert mistake.path == ("slots", "load", "by")


LOADED = "{M0: {level: L1, gates: {G1: , G7: }}}"


@pytest.mark.parametrize(
    ("rules", "status", "code"),
    [
        ("{}", "pass", None),
        ("{floors: {tests: {passed: {at_least: 2}}}}", "pass", None),
        ("{floors: {tests: {passed: {at_least: 3}}}}", "unproven", "too-little"),
        ("{floors: {tests: {total: {at_most: 1}}}}", "unproven", "too-little"),
        ("{floors: {tests: {total: {at_most: 1, effective: M2}}}}", "pass", None),
        ("{floors: {tests: {total: {at_most: 1, effective: M0}}}}", "unproven", "too-little"),
        (f"{{freshness: {{tests: {TESTS}}}}}", "stale", "undated"),
        ("{freshness: {tests: {max_age_days: 30, effective: 2026-11-21}}}", "pass", None),
        ("{freshness: {tests: {max_age_days: 30, effective: 2026-11-20}}}", "stale", "undated"),
    ],
)
def test_a_guard_decides_once_it_is_effective(rules: str, status: str, code: str | None) -> None:
    found = result_of(
        case(service(plan=LOADED), report("unit_tests", "a", "b"), book=book(rules)), "G1.tests"
    )
    assert (found.status, found.reason_code) == (status, code)


def test_fewer_parts_than_expected_are_not_the_whole() -> None:
    of = case(service(plan=LOADED), report("unit_tests", "a"), book=book("{}", ", parts: 2"))
    assert result_of(of, "G1.tests").reason == "`unit_tests` has 1 of 2 parts"


def test_an_attestation_ends_by_default() -> None:
    given = attested(L1__scaffold="ada owner 2026-11-10")
    for days, status in ((10, "pass"), (9, "stale")):
        rules = f"{{attestations: {{valid_days: {days}}}}}"
        of = case(service(plan=LOADED, attestations=given), book=book(rules))
        assert result_of(of, "L1.scaffold").status == status


def test_another_age_of_the_kind_does_not_move_a_criterion_s_own() -> None:
    rules = "{freshness: {load_test: {max_age_days: 1}}}"
    of = case(
        service(plan=LOADED, targets="{p95_ms: 250}"), load_test(200), book=rulebook(evidence_rules=rules)
    )
    assert result_of(of, "G7.load").status == "pass"


def test_the_stanza_is_not_changed() -> None:
    assert STANZA in GATES["G1"]
