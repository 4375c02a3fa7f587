"""Laws of rules that have time: what does not bind blocks nothing, and what binds is judged as if it always had."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders.judging import AS_OF, GATES, LEVELS, RULEBOOK, milestone_of, rulebook
from builders.platforms import MILESTONE, cases
from gatekeeper.judging.outlook.forecast import forecast
from gatekeeper.judging.outlook.validity import validity
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import GateStatus, ServiceVerdict
from gatekeeper.model.verdict import CriterionResult, ServiceResult

pytestmark = pytest.mark.long

CRITERIA = st.sampled_from(sorted(RULEBOOK.by_id))
DAYS = st.integers(-40, 40).map(lambda days: AS_OF + timedelta(days=days))
TIGHTER = "{coverage.lines_pct: {at_least: 99}, chaos.passed: {empty: false}}"


@lru_cache
def timed(name: str, words: str) -> Rulebook:
    """Return the small rulebook with more words in one criterion."""
    old, new = f"{{id: {name}, ", f"{{id: {name}, {words}, "
    gates = {gate: text.replace(old, new) for gate, text in GATES.items()}
    assert old in "".join(GATES.values()) + LEVELS
    return rulebook(gates=gates, levels=LEVELS.replace(old, new))


def view(results: Iterable[CriterionResult]) -> list[object]:
    """Return everything about criteria but when their rules bind."""
    return [
        (of.rule.id, of.status, of.reason, of.binding, of.basis, of.outcomes, of.exception, of.waits_for)
        for of in results
    ]


def verdicts(of: Case) -> Mapping[str, Any]:
    """Return everything about a service at every milestone but when the rules bind."""
    return {
        milestone: (
            *(result.verdict, result.reasons, result.verified_level, result.signed_level),
            [(gate.status, view(gate.criteria)) for gate in result.gates],
            *map(view, (result.level_criteria, result.capabilities, result.held_up_by)),
        )
        for milestone, result in judge_everywhere(of).items()
    }


def open_ids(result: ServiceResult) -> set[str]:
    return {of.rule.id for of in result.open_criteria}


@given(cases(), CRITERIA)
def test_making_a_criterion_advisory_never_blocks_anything(of: Case, name: str) -> None:
    advisory = judge_everywhere(of._replace(rulebook=timed(name, "advisory: true")))
    for milestone, before in judge_everywhere(of).items():
        after = advisory[milestone]
        assert after.verdict is not ServiceVerdict.BLOCKED or before.verdict is ServiceVerdict.BLOCKED
        assert after.verified_level >= before.verified_level
        assert name not in open_ids(after)
        # A level that holds now may be lacking something else on its way to the next one.
        if after.verified_level == before.verified_level:
            assert open_ids(after) <= open_ids(before)
        for was, now in zip(before.gates, after.gates, strict=True):
            assert now.status is not GateStatus.RED or was.status is GateStatus.RED
            assert [one.status for one in now.criteria] == [one.status for one in was.criteria]


@given(cases(), CRITERIA, DAYS, DAYS)
def test_a_rule_of_a_date_is_advisory_before_it_and_an_ordinary_rule_from_it_on(
    of: Case, name: str, effective: date, as_of: date
) -> None:
    of = of._replace(as_of=as_of)
    same_as = of.rulebook if effective <= as_of else timed(name, "advisory: true")
    dated = of._replace(rulebook=timed(name, f"effective: {effective}"))
    assert verdicts(dated) == verdicts(of._replace(rulebook=same_as))


@given(cases(), CRITERIA, MILESTONE)
def test_a_rule_of_a_milestone_is_asked_for_its_exit_and_all_later_ones(
    of: Case, name: str, effective: str
) -> None:
    """No milestone has exited here, so that the rule binds no level."""
    rules = timed(name, f"effective: {effective}")
    always, never, found = (
        judge_everywhere(of._replace(rulebook=book))
        for book in (of.rulebook, timed(name, "advisory: true"), rules)
    )
    for milestone, result in found.items():
        same_as = always if of.roadmap.position(milestone) >= of.roadmap.position(effective) else never
        assert view(result.criteria) == view(same_as[milestone].criteria)
        assert [gate.status for gate in result.gates] == [gate.status for gate in same_as[milestone].gates]
        assert result.verified_level == never[milestone].verified_level


@given(cases(), DAYS, DAYS)
def test_a_tightening_changes_nothing_before_it_and_decides_alone_from_it_on(
    of: Case, effective: date, as_of: date
) -> None:
    of = of._replace(as_of=as_of)
    rules = timed("G1.coverage", f"upcoming: {{effective: {effective}, requires: {TIGHTER}}}")
    requires = (
        "requires: {coverage.lines_pct: {at_least: 95}, source.files: {within: {fact: coverage.paths}}}"
    )
    assert requires in GATES["G1"]
    replaced = GATES | {"G1": GATES["G1"].replace(requires, f"requires: {TIGHTER}")}
    same_as = rulebook(gates=replaced) if effective <= as_of else of.rulebook
    assert verdicts(of._replace(rulebook=rules)) == verdicts(of._replace(rulebook=same_as))


@given(cases(), CRITERIA, DAYS, DAYS, DAYS, DAYS)
def test_no_day_of_a_span_judges_otherwise(
    of: Case, name: str, effective: date, until: date, here: date, there: date
) -> None:
    """Validity knows the days on which rules become effective and statements end."""
    words = {key: word.model_copy(update={"until": until}) for key, word in of.service.attestations.items()}
    model = of.service.model_copy(update={"attestations": words})
    of = of._replace(service=model, rulebook=timed(name, f"effective: {effective}"), as_of=here)
    if validity(of, ()).has(there):
        assert _in_short(of._replace(as_of=there)) == _in_short(of)


@given(cases(), MILESTONE, CRITERIA, DAYS, DAYS, st.integers(1, 60))
def test_the_forecast_is_what_becomes_open_by_waiting(
    of: Case, milestone: str, name: str, effective: date, until: date, days: int
) -> None:
    assume(milestone in of.service.plan)
    words = {key: word.model_copy(update={"until": until}) for key, word in of.service.attestations.items()}
    model = of.service.model_copy(update={"attestations": words})
    of = of._replace(service=model, rulebook=timed(name, f"effective: {effective}"))
    now, then = (
        milestone_of(of._replace(as_of=day), milestone=milestone)
        for day in (AS_OF, AS_OF + timedelta(days=days))
    )
    told = {lapse.id for lapse in forecast(now, then, of.roadmap, of.rulebook.exceptions)}
    opened = open_ids(then.services[0]) - open_ids(now.services[0])
    # The completeness of capabilities follows from these, each of which is foretold.
    assert told - {"L4.capabilities"} == opened - {"L4.capabilities"}


def _in_short(of: Case) -> object:
    return {
        milestone: (result.verdict, result.effective_level, open_ids(result))
        for milestone, result in judge_everywhere(of).items()
    }
