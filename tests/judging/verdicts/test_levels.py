"""The verified level: how far the evidence carries."""

import pytest

from builders.judging import (
    L0,
    L1,
    L2,
    L3,
    LEVELS,
    STANZA,
    attested,
    case,
    coverage,
    report,
    roadmap,
    rulebook,
    service,
    source,
)
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.judging.verdicts.levels import verify
from gatekeeper.model.level import Level
from gatekeeper.model.service import Service

DOMAIN = (report("unit_tests", "a deep test"), coverage(96, "a.ts"), source("a.ts"))
SKELETON_WORDS = {"L1__scaffold": "ada owner", "L1__no_customers": "ada owner"}


def verified(model: Service, *known: object, signed: Level = L0) -> str:
    of = case(model, *known)  # type: ignore[arg-type]
    return str(
        verify(ServiceJudge(of, resolve(of.service, of.rulebook.scale), SharedResults()), signed, L0).level
    )


def with_words(plan: str, **given: str) -> Service:
    return service(plan=plan, attestations=attested(**given))


def test_each_level_needs_all_levels_below() -> None:
    plan = "{M0: {level: L3, gates: {G1: }}}"
    assert verified(with_words(plan), *DOMAIN) == "L0"
    assert verified(with_words(plan, L1__scaffold="ada owner"), *DOMAIN) == "L1"
    both = {"L1__scaffold": "ada owner", "G8__isolation": "cy security"}
    assert verified(with_words(plan, **both), *DOMAIN) == "L3"
    assert verified(with_words(plan, G8__isolation="cy security"), *DOMAIN) == "L0"


def test_a_level_needs_the_gates_of_the_cell_that_targets_it() -> None:
    plan = "{M0: {level: L2, gates: {}}, M1: {level: L3, gates: {G1: }}}"
    model = with_words(plan, L1__scaffold="ada owner", G8__isolation="cy security")
    assert verified(model) == "L2"
    assert verified(model, *DOMAIN) == "L3"


def test_jumped_levels_use_the_gates_of_the_cell_that_jumps() -> None:
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L4, gates: {G1: }}}"
    words = {**SKELETON_WORDS, "G8__isolation": "cy security", "L4__capabilities": "bo architecture"}
    assert verified(with_words(plan, **words)) == "L1"
    assert verified(with_words(plan, **words), *DOMAIN) == "L3"
    assert verified(with_words(plan, **words), *DOMAIN, report("chaos", "a node is lost")) == "L4"


def test_a_level_beyond_the_plan_uses_its_last_cell() -> None:
    model = with_words("{M0: {level: L1, gates: {G1: }}}", **SKELETON_WORDS, G8__isolation="cy security")
    assert verified(model, *DOMAIN) == "L3"


@pytest.mark.parametrize(
    ("words", "signed", "level"),
    [
        ({"L1__scaffold": "ada owner"}, L0, "L0"),
        (SKELETON_WORDS, L0, "L1"),
        ({"L1__scaffold": "ada owner"}, L2, "L1"),
    ],
)
def test_zero_customers_is_asked_of_a_skeleton_only(words: dict[str, str], signed: Level, level: str) -> None:
    assert verified(with_words("{M0: {level: L1, gates: {}}}", **words), signed=signed) == level


def test_a_service_that_has_outgrown_its_skeleton_is_not_asked() -> None:
    plan = "{M0: {level: L1, gates: {}}, M1: {level: L2}}"
    words = {"L1__scaffold": "ada owner", "G8__isolation": "cy security"}
    assert verified(with_words(plan, **words)) == "L3"


def test_levels_above_the_first_gap_are_looked_at_as_far_as_they_were_signed() -> None:
    of = case(service(plan="{M0: {level: L2, gates: {}}}"))
    judge = ServiceJudge(of, resolve(of.service, of.rulebook.scale), SharedResults())
    assert [check.level for check in verify(judge, L0, L0).checks] == [L1]
    assert [check.level for check in verify(judge, L3, L0).checks] == [L1, L2, L3]


def test_gaps_are_the_levels_that_fail_and_not_those_between_that_hold() -> None:
    plan = "{M0: {level: L2, gates: {}}, M1: {level: L3, gates: {G1: }}}"
    of = case(with_words(plan, G8__isolation="cy security"))
    found = verify(ServiceJudge(of, resolve(of.service, of.rulebook.scale), SharedResults()), L3, L0)
    assert [(check.level, check.holds) for check in found.checks] == [
        (L1, False),
        (L2, True),
        (L3, False),
    ]
    assert [gap.level for gap in found.gaps(L3)] == [L1, L3]
    assert [gap.level for gap in found.gaps(L2)] == [L1]


def test_exclusive_criteria_are_a_gap_of_their_own_level_only() -> None:
    plan = "{M0: {level: L1, gates: {}}}"
    of = case(with_words(plan, L1__scaffold="ada owner"))
    judge = ServiceJudge(of, resolve(of.service, of.rulebook.scale), SharedResults())
    open_at = {
        level: [result.rule.id for gap in verify(judge, L0, level).gaps(level) for result in gap.open]
        for level in (L1, L2)
    }
    assert open_at[L1] == ["L1.no-customers"]
    assert open_at[L2] == ["L2.isolation"]


FEW = f"      - {{id: L2.few-customers, question: q, only_at: L2, attested_by: owner, {STANZA}}}\n"
TWO_EXCLUSIVE = rulebook(levels=LEVELS.replace("  - level: L3\n", f"{FEW}  - level: L3\n"))


@pytest.mark.parametrize(
    ("words", "level", "open_at_l1", "open_at_l2"),
    [
        ({}, "L0", ["L1.no-customers"], ["L2.few-customers"]),
        ({"L1__no_customers": "ada owner"}, "L1", [], ["L2.few-customers"]),
        ({"L2__few_customers": "ada owner"}, "L2", [], []),
    ],
)
def test_each_level_that_a_service_falls_to_asks_its_own_exclusive_criteria(
    words: dict[str, str], level: str, open_at_l1: list[str], open_at_l2: list[str]
) -> None:
    plan = "{M0: {level: L1, gates: {}}}"
    given = {"L1__scaffold": "ada owner", "G8__isolation": "cy security", **words}
    hooks = service(plan=plan, attestations=attested(**given))
    book = TWO_EXCLUSIVE._replace(scale=type(TWO_EXCLUSIVE.scale)(list(TWO_EXCLUSIVE.scale.items())[:3]))
    of = case(hooks, book=book)
    found = verify(ServiceJudge(of, resolve(of.service, book.scale), SharedResults()), L0, L2)
    assert str(found.level) == level
    assert [result.rule.id for gap in found.gaps(L1) for result in gap.open] == open_at_l1
    assert [result.rule.id for gap in found.gaps(L2) for result in gap.open] == open_at_l2


@pytest.mark.parametrize(
    ("exits", "level"),
    [
        ({}, "L0"),
        ({"M0": "2026-11-20"}, "L1"),
        ({"M0": "2026-11-21"}, "L0"),
        ({"M1": "2026-11-10"}, "L0"),
        ({"M0": "2026-11-10", "M1": "2026-11-10", "M2": "2026-11-10"}, "L1"),
    ],
)
def test_a_skeleton_may_have_customers_once_a_higher_target_is_the_next(
    exits: dict[str, str], level: str
) -> None:
    model = with_words("{M0: {level: L1, gates: {}}, M1: {level: L2}}", L1__scaffold="ada owner")
    of = case(model, milestones=roadmap("M0", "M1", "M2", exits=exits))
    cells = resolve(of.service, of.rulebook.scale)
    assert str(verify(ServiceJudge(of, cells, SharedResults()), L1, L1).level) == level
