"""Laws that every verdict obeys, whatever the services, their evidence and the date."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.judging import AS_OF, Known, milestone_of
from builders.platforms import ARTEFACTS, At, OneAt, cases_at, platforms_at
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.milestones import milestone_verdict
from gatekeeper.model.action import Action
from gatekeeper.model.status import OPEN, GateStatus, MilestoneVerdict, ServiceVerdict, Status
from gatekeeper.model.verdict import CriterionResult, MilestoneResult, ServiceResult

pytestmark = pytest.mark.long


def _judged(platform: list[Case], milestone: str) -> MilestoneResult:
    return milestone_of(*platform, milestone=milestone)


def _by_service(result: MilestoneResult) -> dict[str, ServiceResult]:
    return {service.service.service: service for service in result.services}


@given(platforms_at())
def test_the_same_input_gives_the_same_verdict(at: At) -> None:
    platform, milestone = at
    assert _judged(platform, milestone) == _judged(platform, milestone)


@given(platforms_at(), st.integers(0, 10_000))
def test_the_order_of_services_and_evidence_is_irrelevant(at: At, seed: int) -> None:
    platform, milestone = at
    random = Random(seed)  # noqa: S311 - what Hypothesis draws must not depend on what is shuffled
    before = _judged(platform, milestone)
    shuffled = [one._replace(evidence=_shuffled(one.evidence, random)) for one in platform]
    random.shuffle(shuffled)
    after = _judged(shuffled, milestone)
    assert _by_service(after) == _by_service(before)
    assert after.verdict == before.verdict
    assert _work(after) == _work(before)


def _work(result: MilestoneResult) -> set[object]:
    return {
        (step.owners, _instructions(step), frozenset(step.services), frozenset(step.unblocks_services))
        for step in result.actions
    }


def _instructions(step: Action) -> frozenset[object]:
    return frozenset((frozenset(one.services), one.text) for one in step.instructions)


def _shuffled(known: Mapping[Any, Any], random: Random) -> Known:
    items = list(known.items())
    random.shuffle(items)
    return dict(items)


@given(platforms_at())
def test_the_whole_is_the_sum_of_its_parts(at: At) -> None:
    """No service's verdict depends on which others are judged beside it."""
    platform, milestone = at
    whole = _judged(platform, milestone)
    alone = [result for one in platform for result in _judged([one], milestone).services]
    assert whole.services == tuple(alone)
    assert whole.verdict == milestone_verdict(alone)
    assert set(whole.blocked_by) == {
        result.service.service for result in alone if result.verdict is ServiceVerdict.BLOCKED
    }


@given(platforms_at())
def test_one_blocked_service_blocks_the_exit(at: At) -> None:
    platform, milestone = at
    result = _judged(platform, milestone)
    verdicts = {service.verdict for service in result.services}
    assert (result.verdict is MilestoneVerdict.BLOCKED) == (
        not verdicts or ServiceVerdict.BLOCKED in verdicts
    )


@given(cases_at())
def test_what_passes_says_on_what_basis(at: OneAt) -> None:
    one, milestone = at
    for service_result in _judged([one], milestone).services:
        for result in (*service_result.criteria, *service_result.held_up_by):
            assert (result.basis is not None) == (result.status is Status.PASS), result
            assert result.status is not Status.PASS or result.evidence or result.attestation


@given(cases_at())
def test_nothing_is_ready_with_something_open(at: OneAt) -> None:
    one, milestone = at
    for result in _judged([one], milestone).services:
        is_open = any(criterion.blocks for criterion in result.criteria)
        is_red = any(gate.status is GateStatus.RED for gate in result.gates)
        is_short = result.effective_level < result.cell.level
        assert (result.verdict is ServiceVerdict.BLOCKED) == bool(result.reasons)
        if is_open or is_red or is_short:
            assert result.verdict is ServiceVerdict.BLOCKED


@given(cases_at())
def test_without_evidence_and_without_a_word_nothing_is_green(at: OneAt) -> None:
    one, milestone = at
    mute = one.service.model_copy(update={"attestations": {}, "sign_offs": {}})
    bare = Case(mute, one.rulebook, {}, one.as_of, one.roadmap)
    for result in _judged([bare], milestone).services:
        is_asked = any(found.blocks for found in result.criteria)
        assert not is_asked or result.verdict is ServiceVerdict.BLOCKED
        assert not any(gate.status is GateStatus.GREEN for gate in result.gates)
        assert Status.PASS not in {criterion.status for criterion in result.criteria}


@given(cases_at(), st.sampled_from(sorted(ARTEFACTS)))
def test_losing_an_artefact_never_helps(at: OneAt, slot: str) -> None:
    """Monotony: with less evidence no more criteria hold, and no level is higher.

    A person may stand in for an artefact that is missing, not for one that fails: so nobody does here.
    """
    one, milestone = at
    attested_alone = {rule.id for rule in one.rulebook.by_id.values() if rule.attested_by}
    words = {key: word for key, word in one.service.attestations.items() if key in attested_alone}
    one = one._replace(service=one.service.model_copy(update={"attestations": words}))
    less = {key: value for key, value in one.evidence.items() if key[0] != slot}
    with_it, without = _judged([one], milestone), _judged([one._replace(evidence=less)], milestone)
    for before, after in zip(with_it.services, without.services, strict=True):
        assert after.verified_level <= before.verified_level
        assert _passed(after) <= _passed(before)
        assert before.verdict is not ServiceVerdict.BLOCKED or after.verdict is ServiceVerdict.BLOCKED


@given(cases_at(), st.integers(0, 900))
def test_a_later_date_only_ages(at: OneAt, days: int) -> None:
    """Nothing that is recorded by now gets better by waiting, and what gets worse gets stale."""
    one, milestone = at
    recorded = {name: word for name, word in one.service.attestations.items() if word.on <= AS_OF}
    one = one._replace(service=one.service.model_copy(update={"attestations": recorded}))
    later = one._replace(as_of=AS_OF + timedelta(days=days))
    for before, after in zip(
        _judged([one], milestone).services, _judged([later], milestone).services, strict=True
    ):
        assert after.verified_level <= before.verified_level
        assert after.signed_level == before.signed_level
        was = _by_id(before)
        for name, result in _by_id(after).items():
            if result.status is not was[name].status:
                assert result.status is Status.STALE, name
                assert was[name].status not in OPEN


def _by_id(result: ServiceResult) -> dict[str, CriterionResult]:
    # What covers capabilities follows the worst of them, whose own ageing is checked.
    return {
        found.rule.id: found
        for found in result.criteria
        if not (found.rule.source and found.rule.source.covers_capabilities)
    }


def _passed(result: ServiceResult) -> set[str]:
    return {found.rule.id for found in result.criteria if found.status is Status.PASS}
