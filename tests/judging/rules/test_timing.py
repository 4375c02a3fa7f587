"""When criteria take effect, as the rulebook is bound: a milestone, a day, never, or later in a tightened version."""

from datetime import date

import pytest

from builders.judging import GATES, LEVELS, STANZA, rulebook, workspace
from gatekeeper import collectors
from gatekeeper.judging.rules.binding import bind
from gatekeeper.model.guards import Effective
from gatekeeper.model.rule import Literal, Rulebook
from gatekeeper.model.workspace import Mistake

FILE = "gates/G1.yaml"
COVERED = "requires: {coverage.lines_pct: {at_least: 90}}"
KNOWN = "known: M0, M1, M2, M3"
NEITHER = "is neither a milestone nor a date such as 2026-12-01"


def texts(words: str, levels: str = LEVELS) -> dict[str, object]:
    """Return a rulebook with the criterion `G1.new` of these words."""
    row = f"  - {{id: G1.new, question: q, {words}, {STANZA}}}\n"
    return {"gates": GATES | {"G1": GATES["G1"] + row}, "levels": levels}


def bound(words: str, levels: str = LEVELS) -> Rulebook:
    return rulebook(**texts(words, levels))


def mistakes(words: str, levels: str = LEVELS) -> tuple[Mistake, ...]:
    return bind(workspace(**texts(words, levels)), collectors.find).mistakes  # type: ignore[arg-type]


def twin(words: str = "") -> str:
    """Return the levels with a criterion that is the same as `G1.new`."""
    row = f"{{id: L4.new, question: q, same_as: G1.new, {words}{STANZA}}}"
    return LEVELS + f"      - {row}\n"


@pytest.mark.parametrize(
    ("words", "effective", "is_advisory"),
    [
        ("", None, False),
        (", effective: M2", "M2", False),
        (", effective: 2026-12-01", date(2026, 12, 1), False),
        (", advisory: true", None, True),
        (", advisory: false", None, False),
    ],
)
def test_a_criterion_says_when_it_binds(words: str, effective: Effective | None, is_advisory: bool) -> None:
    rule = bound(COVERED + words).by_id["G1.new"]
    assert (rule.effective, rule.advisory, rule.upcoming) == (effective, is_advisory, None)


def test_an_id_that_looks_like_a_date_is_the_milestone_s() -> None:
    order = ("2026-12-01", "2027-03-01")
    given = workspace(**texts(COVERED + ", effective: 2026-12-01"), milestones=order)  # type: ignore[arg-type]
    assert bind(given, collectors.find).rulebook.by_id["G1.new"].effective == "2026-12-01"


def test_a_tightened_version_has_its_own_conditions_slots_and_time() -> None:
    upcoming = "{effective: M2, requires: {coverage.lines_pct: {at_least: 95}, source.files: {empty: false}}}"
    rule = bound(f"{COVERED}, max_age_days: 9, upcoming: {upcoming}").by_id["G1.new"]
    tightened = rule.upcoming
    assert tightened is not None
    assert [condition.operand for condition in rule.conditions] == [Literal(90)]
    assert [condition.operand for condition in tightened.conditions] == [Literal(95), Literal(False)]
    assert (rule.slots, tightened.slots) == (("coverage",), ("coverage", "source"))
    assert (rule.effective, tightened.effective, tightened.is_tightened) == (None, "M2", True)
    assert (tightened.guard("source").max_age_days, tightened.upcoming) == (9, None)


def test_a_gate_reads_what_a_tightened_version_needs() -> None:
    gate = bound(f"{COVERED}, upcoming: {{effective: M2, requires: {{chaos.total: {{at_least: 1}}}}}}").gates[
        "G1"
    ]
    assert "chaos" in gate.slots
    assert gate.depends_on_milestone


@pytest.mark.parametrize(
    ("words", "own", "effective", "is_advisory"),
    [
        (", effective: M2", "", "M2", False),
        (", advisory: true", "", None, True),
        (", effective: M2", "effective: M1, ", "M1", False),
        (", effective: M2", "advisory: true, ", None, True),
        ("", "effective: M1, ", "M1", False),
    ],
)
def test_a_twin_binds_like_its_original_unless_it_says_when(
    words: str, own: str, effective: str | None, is_advisory: bool
) -> None:
    rule = bound(COVERED + words, twin(own)).by_id["L4.new"]
    assert (rule.effective, rule.advisory) == (effective, is_advisory)


def test_a_twin_is_tightened_with_its_original() -> None:
    rule = bound(
        f"{COVERED}, upcoming: {{effective: M2, requires: {{coverage.lines_pct: {{at_least: 95}}}}}}", twin()
    ).by_id["L4.new"]
    assert rule.upcoming is not None
    assert (rule.upcoming.id, rule.upcoming.twin, rule.upcoming.effective) == ("L4.new", "G1.new", "M2")
    assert rule.upcoming.conditions[0].operand == Literal(95)


TIGHTER = "requires: {coverage.lines_pct: {at_least: 95}}"


@pytest.mark.parametrize(
    ("words", "where", "message", "hint"),
    [
        (f"{COVERED}, effective: M9", ("effective",), f"'M9' {NEITHER}", KNOWN),
        (f"{COVERED}, effective: soon", ("effective",), f"'soon' {NEITHER}", KNOWN),
        (f"{COVERED}, effective: 2026-02-30", ("effective",), "there is no day 2026-02-30", None),
        (f"{COVERED}, effective: M1, advisory: true", ("effective",), "G1.new is advisory, so it never becomes effective", "leave out `effective`, or `advisory`"),
        (f"attested_by: owner, upcoming: {{effective: M1, {TIGHTER}}}", ("upcoming",), "G1.new has no `requires` that could be tightened", "add a second criterion with `effective`, or leave `upcoming` out"),
        (f"same_as: G1.tests, upcoming: {{effective: M1, {TIGHTER}}}", ("upcoming",), "G1.new is decided by G1.tests", "tighten G1.tests"),
        (f"{COVERED}, advisory: true, upcoming: {{effective: M1, {TIGHTER}}}", ("upcoming",), "G1.new is advisory: nothing of it binds", "tighten its `requires` itself"),
        (f"{COVERED}, upcoming: {{effective: M7, {TIGHTER}}}", ("upcoming", "effective"), f"'M7' {NEITHER}", KNOWN),
        (f"{COVERED}, upcoming: {{effective: M1, requires: {{coverage.lnes: {{at_least: 95}}}}}}", ("upcoming", "requires", "coverage.lnes"), "the evidence of 'coverage' has no fact 'lnes'", "did you mean 'lines'?"),
        (f"{COVERED}, effective: M2, upcoming: {{effective: M2, {TIGHTER}}}", ("upcoming", "effective"), "G1.new binds from M2, and its tightened version from M2", "tighten it later, by two milestones or two dates"),
        (f"{COVERED}, effective: 2026-12-01, upcoming: {{effective: M2, {TIGHTER}}}", ("upcoming", "effective"), "G1.new binds from 2026-12-01, and its tightened version from M2", "tighten it later, by two milestones or two dates"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_where_it_is(
    words: str, where: tuple[str, ...], message: str, hint: str | None
) -> None:
    [mistake] = mistakes(words)
    assert (mistake.file, mistake.path[-len(where) :], mistake.message) == (FILE, where, message)
    assert mistake.hint == hint


def test_a_later_tightening_is_no_mistake() -> None:
    assert not mistakes(f"{COVERED}, effective: M1, upcoming: {{effective: M2, {TIGHTER}}}")
    assert not mistakes(f"{COVERED}, effective: 2026-11-01, upcoming: {{effective: 2026-12-01, {TIGHTER}}}")


def test_a_twin_cannot_bind_after_its_tightening() -> None:
    words = f"{COVERED}, upcoming: {{effective: M1, {TIGHTER}}}"
    [mistake] = mistakes(words, twin("effective: M2, "))
    assert mistake.message == "L4.new binds from M2, and its tightened version from M1"
    assert mistake.path[-1] == "effective"
