"""Whether a rulebook asks for less: each way to weaken it is seen, and what strengthens it is not."""

import re

import pytest

from builders.judging import G1, G2, G7, G8, GATES, LEVELS, RULEBOOK, STANZA, rulebook, workspace
from gatekeeper.judging.changes.rule_weakenings import compare_rules
from gatekeeper.model.changes import Cause, ChangeKind
from gatekeeper.model.rule import Rulebook

TEXTS = {"G1": G1, "G2": G2, "G7": G7, "G8": G8, "levels": LEVELS}


MILESTONES = ("M0", "M1", "M2", "M3")


def changed(of: str, old: str, new: str) -> dict[str, str]:
    """Return the texts of a rulebook in which one text is replaced."""
    assert old in TEXTS[of], f"{of} does not hold {old!r}"
    return TEXTS | {of: TEXTS[of].replace(old, new, 1)}


def bound(texts: dict[str, str]) -> Rulebook:
    gates = {name: text for name, text in texts.items() if name != "levels"}
    return rulebook(gates=gates, levels=texts["levels"])


def weaknesses(before: dict[str, str], after: dict[str, str]) -> list[str]:
    gates = {name: text for name, text in after.items() if name != "levels"}
    head = workspace(gates=gates, levels=after["levels"])
    found = list(compare_rules(bound(before), bound(after), head, MILESTONES))
    for change in found:
        assert (change.kind, change.cause) == (ChangeKind.RULE_WEAKENED, Cause.RULE)
        assert change.blocks
        assert change.needs_sign_off
    return [change.message for change in found]


# fmt: off
WAYS = {
    "at least": ("G1", "at_least: 95", "at_least: 90", "G1.coverage asks for coverage.lines_pct at least 90 instead of 95"),
    "at least, of a target": ("G1", "at_least: 95", "at_least: {target: pct}", "G1.coverage asks for coverage.lines_pct at least targets.pct instead of 95"),
    "at most": ("G7", "at_most: {target: p95_ms}", "at_most: {target: p99_ms}", "G7.load asks for load.p95_ms at most targets.p99_ms instead of targets.p95_ms"),
    "empty": ("G8", "isolation.passed: {empty: false}", "isolation.passed: {empty: true}", "G8.isolation asks for isolation.passed empty instead of not empty"),
    "mentions": ("G1", "mentions: [deep]", "mentions: [shallow]", "G1.deep asks for unit_tests.passed mentions shallow instead of deep"),
    "within another fact": ("G1", "{fact: coverage.paths}", "{fact: source.value_objects}", "G1.coverage asks for source.files within source.value_objects instead of coverage.paths"),
    "a milestone no more": ("G8", "equals: {context: milestone}", "equals: M1", "G8.threats asks for threats.front_matter.milestone equals M1 instead of the milestone"),
    "condition dropped": ("G1", "unit_tests.failed: {empty: true}, ", "", "G1.tests no longer asks for unit_tests.failed empty"),
    "criterion dropped": ("G8", f"  - {{id: G8.review, question: q, attested_by: security, max_age_days: 90, {STANZA}}}\n", "", "G8.review was dropped: q"),
    "criterion of a level dropped": ("levels", f"      - {{id: L3.hooks, question: q, attested_by: owner, applies_when: {{gate: G2}}, {STANZA}}}\n", "      []\n", "L3.hooks was dropped: q"),
    "asked later": ("G1", "{id: G1.tests, question: q, ", "{id: G1.tests, question: q, from: L2, ", "G1.tests is required from L2 on instead of from L0"),
    "older evidence": ("G7", "max_age_days: 30", "max_age_days: 60", "G7.load accepts evidence up to 60 days old instead of up to 30 days old"),
    "evidence of any age": ("G7", "max_age_days: 30, ", "", "G7.load accepts evidence of any age instead of up to 30 days old"),
    "another commit": ("G7", "same_commit: true, ", "", "G7.load accepts evidence of another commit than the release"),
    "another milestone": ("G8", "per_milestone: true, ", "", "G8.threats accepts attestations for another milestone"),
    "attestation accepted": ("G7", "same_commit: true, ", "same_commit: true, or_attested_by: owner, ", "G7.load may be attested in place of evidence by owner; before by nobody"),
    "another attests in place": ("G1", "or_attested_by: owner", "or_attested_by: security", "G1.deep may be attested in place of evidence by security; before by owner"),
    "another question to a person": ("G8", "{id: G8.review, question: q, ", "{id: G8.review, question: r, ", "G8.review asks people 'r' instead of 'q'"),
    "another question where a person may answer": ("G1", "{id: G1.deep, question: q, ", "{id: G1.deep, question: r, ", "G1.deep asks people 'r' instead of 'q'"),
    "another attests": ("G8", "{id: G8.review, question: q, attested_by: security", "{id: G8.review, question: q, attested_by: owner", "G8.review is attested by owner instead of security"),
    "attested rather than shown": ("G8", "requires: {threats.front_matter.milestone: {equals: {context: milestone}}}, per_milestone: true, or_attested_by: security", "attested_by: owner, per_milestone: true", "G8.threats no longer asks for threats.front_matter.milestone equals the milestone; is attested by owner instead of nobody"),
    "waivable": ("G2", "subjects: api.writes, ", "subjects: api.writes, waivable_by: owner, ", "G2.writes may be waived by owner; before by nobody"),
    "subjects": ("G2", "waivable_by: architecture", "waivable_by: architecture, subjects: api.mutations", "G2.limits does not apply without api.mutations; before always"),
    "subjects up to more": ("G1", "up_to: L1", "up_to: L3", "G1.coverage does not apply up to L3 without subjects; before up to L1"),
    "other subjects": ("G2", "subjects: api.writes", "subjects: api.mutations", "G2.writes does not apply without api.mutations; before without api.writes"),
    "only with a label": ("G1", "{id: G1.tests, question: q, ", "{id: G1.tests, question: q, applies_when: {label: x}, ", "G1.tests applies to services with label x; before to every service"),
    "another label": ("G8", "{label: residency}", "{label: other}", "G8.residency applies to services with label other; before to services with label residency"),
    "only with a gate": ("levels", "{gate: G2}", "{gate: G1}", "L3.hooks applies to services with gate G1; before to services with gate G2"),
    "fewer gates": ("levels", "{any_gate: [G2, G7]}", "{any_gate: [G2]}", "L2.contracts applies to services with one of the gates G2; before to services with one of the gates G2, G7"),
    "one of some gates": ("levels", "{id: L1.scaffold, question: q, ", "{id: L1.scaffold, question: q, applies_when: {any_gate: [G1]}, ", "L1.scaffold applies to services with one of the gates G1; before to every service"),
    "more spared": ("G8", "{except_services: [shop]}", "{except_services: [shop, till]}", "G8.elsewhere applies to services except shop, till; before to services except shop"),
    "only at a level": ("levels", "{id: L1.scaffold, question: q, ", "{id: L1.scaffold, question: q, only_at: L1, ", "L1.scaffold is required only at L1"),
    "capabilities not covered": ("levels", "covers_capabilities: true, ", "", "L4.capabilities no longer covers the capabilities"),
    "another twin": ("levels", "same_as: G8.isolation", "same_as: G8.review", "L2.isolation is decided like G8.review instead of G8.isolation"),
    "another kind of slot": ("levels", "scope_tests: {kind: tests}", "scope_tests: {kind: evals}", "the rulebook reads `scope_tests` as evals instead of tests"),
    "a slot reads less": ("G1", "coverage: {kind: coverage}", 'coverage: {kind: coverage, include: "src/**"}', "the rulebook reads `coverage` with include src/** instead of nothing"),
    "binds later": ("G1", "{id: G1.tests, question: q, ", "{id: G1.tests, question: q, effective: M2, ", "G1.tests binds from M2 on instead of always"),
    "advisory": ("G1", "{id: G1.tests, question: q, ", "{id: G1.tests, question: q, advisory: true, ", "G1.tests is advisory and never blocks"),
    "a twin binds later": ("levels", "same_as: G8.isolation", "same_as: G8.isolation, effective: M1", "L2.isolation binds from M1 on instead of always"),
    "loosened later": ("G1", "from: L3, ", "from: L3, upcoming: {effective: M2, requires: {unit_tests.total: {at_least: 1}}}, ", "G1.deep asks for unit_tests.total at least 1 from M2 on instead of unit_tests.passed mentions deep"),
    "gate's role": ("G7", "role: owner", "role: security", "demands on G7 are attested by security instead of owner"),
    "ships further": ("levels", "ships_to: [internal]", "ships_to: [internal, production]", "L1 may now ship to production"),
}
STRENGTHENED = {
    "at least": ("G1", "at_least: 95", "at_least: 99"),
    "condition added": ("G7", "load.p95_ms: {at_most: {target: p95_ms}}", "load.p95_ms: {at_most: {target: p95_ms}}, load.rps: {at_least: 1}"),
    "mentions more": ("G1", "mentions: [deep]", "mentions: [deep, shallow]"),
    "earlier": ("G1", "from: L3, ", ""),
    "younger": ("G7", "max_age_days: 30", "max_age_days: 10"),
    "another question to artefacts alone": ("G1", "{id: G1.tests, question: q, ", "{id: G1.tests, question: r, "),
    "no attestation": ("G1", "or_attested_by: owner, ", ""),
    "no waiver": ("G2", "waivable_by: architecture, ", ""),
    "no subjects": ("G2", "subjects: api.writes, ", ""),
    "always": ("G8", "applies_when: {label: residency}, ", ""),
    "more gates": ("levels", "{any_gate: [G2, G7]}", "{any_gate: [G2, G7, G8]}"),
    "nobody spared": ("G8", "applies_when: {except_services: [shop]}, ", ""),
    "not only at a level": ("levels", "only_at: L1, ", ""),
    "other words": ("G1", "question: q", "question: other"),
    "tightened later": ("G1", "from: L3, ", "from: L3, upcoming: {effective: M2, requires: {unit_tests.passed: {mentions: [deep, deeper]}}}, "),
    "ships less far": ("levels", "ships_to: [internal, staging]", "ships_to: [internal]"),
    "slot added": ("G2", "api: {kind: openapi}", "api: {kind: openapi}\n  more: {kind: tests}"),
}
# fmt: on


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_weaken_a_rule_is_seen_and_named(way: str) -> None:
    of, old, new, expected = WAYS[way]
    assert weaknesses(TEXTS, changed(of, old, new)) == [expected]


@pytest.mark.parametrize("way", STRENGTHENED)
def test_what_strengthens_a_rule_is_no_weakening(way: str) -> None:
    assert weaknesses(TEXTS, changed(*STRENGTHENED[way])) == []


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("effective: M1", "effective: M2", "G7.load binds from M2 on instead of from M1 on"),
        ("effective: M2", "effective: M1", None),
        ("effective: M2", "", None),
        ("effective: 2026-12-01", "effective: 2026-12-02", "G7.load binds from 2026-12-02 on instead of from 2026-12-01 on"),
        ("effective: 2026-12-02", "effective: 2026-12-01", None),
        ("effective: M2", "effective: 2026-12-01", "G7.load binds from 2026-12-01 on instead of from M2 on"),
        ("advisory: true", "effective: M2", None),
        ("advisory: true", "", None),
        ("effective: M2", "advisory: true", "G7.load is advisory and never blocks"),
        ("upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 200}}}", "upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 100}}}", None),
        ("upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 200}}}", "upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 250}}}", "G7.load asks for load.p95_ms at most 250 from M1 on instead of load.p95_ms at most 200"),
        ("upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 200}}}", "", "G7.load asks for load.p95_ms at most 300 from M1 on instead of load.p95_ms at most 200"),
        ("upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 200}}}", "upcoming: {effective: M2, requires: {load.p95_ms: {at_most: 200}}}", "G7.load asks for load.p95_ms at most 200 from M2 on instead of from M1"),
        ("upcoming: {effective: M2, requires: {load.p95_ms: {at_most: 200}}}", "upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 200}}}", None),
    ],
)  # fmt: skip
def test_when_a_rule_binds_is_compared(before: str, after: str, message: str | None) -> None:
    of = "load.p95_ms: {at_most: {target: p95_ms}}}"
    states = [
        changed("G7", of, f"load.p95_ms: {{at_most: 300}}}}, {words or 'from: L0'}")
        for words in (before, after)
    ]
    assert weaknesses(*states) == ([message] if message else [])


def test_a_tightening_that_is_in_force_may_replace_what_was_asked() -> None:
    of = "load.p95_ms: {at_most: {target: p95_ms}}}"
    upcoming = "upcoming: {effective: M1, requires: {load.p95_ms: {at_most: 200}}}"
    before = changed("G7", of, f"load.p95_ms: {{at_most: 300}}}}, {upcoming}")
    assert weaknesses(before, changed("G7", of, "load.p95_ms: {at_most: 200}}")) == []


def test_the_same_rules_are_no_weakening() -> None:
    assert weaknesses(TEXTS, TEXTS) == []


@pytest.mark.parametrize(
    ("strict", "loose"),
    [
        ("at_most: 300", "at_most: 400"),
        ("one_of: [1, 2]", "one_of: [1, 2, 3]"),
        ("equals: 300", "equals: 301"),
    ],
)
def test_operators_with_numbers(strict: str, loose: str) -> None:
    of = "at_most: {target: p95_ms}"
    assert len(weaknesses(changed("G7", of, strict), changed("G7", of, loose))) == 1


@pytest.mark.parametrize(
    ("loose", "strict"), [("at_most: 400", "at_most: 300"), ("one_of: [1, 2]", "one_of: [2]")]
)
def test_operators_with_stricter_numbers(loose: str, strict: str) -> None:
    of = "at_most: {target: p95_ms}"
    assert weaknesses(changed("G7", of, loose), changed("G7", of, strict)) == []


@pytest.mark.parametrize(
    ("before", "after", "is_weaker"),
    [
        ("within: [a, b]", "within: [a, b, c]", True),
        ("within: [a, b]", "within: [a]", False),
        ("includes: [a, b]", "includes: [a]", True),
        ("includes: [a]", "includes: [a, b]", False),
    ],
)
def test_operators_with_names(before: str, after: str, *, is_weaker: bool) -> None:
    of = "within: {fact: coverage.paths}"
    assert bool(weaknesses(changed("G1", of, before), changed("G1", of, after))) is is_weaker


def test_a_gate_that_is_dropped_is_told_once_and_not_by_its_criteria() -> None:
    after = {name: text for name, text in TEXTS.items() if name != "G7"}
    after["levels"] = after["levels"].replace("[G2, G7]", "[G2]")
    assert weaknesses(TEXTS, after) == [
        "gate G7 Performance was dropped",
        "L2.contracts applies to services with one of the gates G2; before to services with one of the gates G2, G7",
    ]


def test_a_twin_is_not_weakened_by_what_its_original_tells() -> None:
    after = changed("G8", "isolation.passed: {empty: false}", "isolation.passed: {empty: true}")
    assert len(weaknesses(TEXTS, after)) == 1


def test_a_weakening_stands_where_the_rule_stands() -> None:
    after = changed("G1", "at_least: 95", "at_least: 90")
    head = workspace(gates=GATES | {"G1": after["G1"]})
    [found] = compare_rules(RULEBOOK, bound(after), head, MILESTONES)
    assert found.where == ("gates/G1.yaml", ("criteria", 1))
    assert found.message == "G1.coverage asks for coverage.lines_pct at least 90 instead of 95"


def test_the_id_of_a_weakening_covers_the_whole_stanza() -> None:
    """Otherwise an approval of one edit would cover a second one of the same criterion."""
    one = changed("G7", "max_age_days: 30", "max_age_days: 60")
    both = TEXTS | {"G7": one["G7"].replace("same_commit: true, ", "")}
    heads = [workspace(gates=GATES | {"G7": after["G7"]}) for after in (one, both)]
    ids = [
        change.id
        for after, head in zip((one, both), heads, strict=True)
        for change in compare_rules(bound(TEXTS), bound(after), head, MILESTONES)
    ]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"G7\.load:sha256:[0-9a-f]{64}", name) for name in ids)


def test_a_dropped_criterion_of_a_level_is_placed_at_its_level() -> None:
    stanza = (
        f"      - {{id: L3.hooks, question: q, attested_by: owner, applies_when: {{gate: G2}}, {STANZA}}}\n"
    )
    after = changed("levels", stanza, "      []\n")
    [found] = compare_rules(bound(TEXTS), bound(after), workspace(levels=after["levels"]), MILESTONES)
    assert found.where == ("gates/levels.yaml", ("levels", 3))


@pytest.mark.parametrize(
    ("original", "twin", "without", "expected"),
    [
        ("effective: M3", "effective: M1", "", "L2.isolation binds from M3 on instead of from M1 on"),
        ("advisory: true", "effective: M1", "", "L2.isolation is advisory and never blocks"),
        ("effective: M3", "", "effective: M3", None),
    ],
)
def test_a_twin_that_gives_up_a_time_of_its_own_binds_when_its_original_does(
    original: str, twin: str, without: str, expected: str | None
) -> None:
    gate = TEXTS["G8"].replace(
        "{id: G8.isolation, question: q, ", f"{{id: G8.isolation, question: q, {original}, "
    )

    def texts(own: str) -> dict[str, str]:
        timed = "same_as: G8.isolation" + (f", {own}" if own else "")
        return TEXTS | {"G8": gate, "levels": TEXTS["levels"].replace("same_as: G8.isolation", timed)}

    assert weaknesses(texts(twin), texts(without)) == ([expected] if expected else [])


def test_an_original_reports_the_time_of_its_twin_too() -> None:
    after = changed(
        "G8", "{id: G8.isolation, question: q, ", "{id: G8.isolation, question: q, effective: M2, "
    )
    assert weaknesses(TEXTS, after) == ["G8.isolation binds from M2 on instead of always"]
