"""Laws of actions: they are enough, none is too many, and what they promise comes true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.judging import milestone_of
from builders.platforms import At, OneAt, cases_at, platforms_at
from builders.work import done, with_
from gatekeeper.judging.outlook.actions import Outlook, actions
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.action import Action
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.reporters.wording.actions import what_to_do

pytestmark = pytest.mark.long


def _blocked(result: MilestoneResult) -> set[str]:
    return set(result.blocked_by)


def _ahead(platform: list[Case], milestone: str) -> tuple[Action, ...]:
    milestones = tuple(platform[0].roadmap)
    results = {name: milestone_of(*platform, milestone=name).services for name in milestones}
    others = {name: services for name, services in results.items() if name != milestone}
    return actions(milestone, results[milestone], Outlook(milestones, others))


def _finished(one: Case, milestone: str) -> Case:
    """Do all that is told, again where doing it uncovered more, until nothing is left."""
    for _ in range(10):
        steps = milestone_of(one, milestone=milestone).actions
        if not steps:
            break
        for step in steps:
            one = done(one, step, milestone)
    return one


@st.composite
def nearly_ready(draw: st.DrawFn) -> At:
    """Services that lack one thing or none: there, a single step may unblock much."""
    platform = []
    given, milestone = draw(platforms_at())
    for one in given:
        whole = one
        for name in one.roadmap:
            whole = _finished(whole, name)
        known = [*whole.evidence, *whole.service.attestations, *whole.service.sign_offs]
        lost = draw(st.sampled_from([None, *known]))
        service = whole.service
        attestations = {key: word for key, word in service.attestations.items() if key != lost}
        sign_offs = {level: words for level, words in service.sign_offs.items() if level is not lost}
        kept = {key: found for key, found in whole.evidence.items() if key != lost}
        platform.append(with_(whole._replace(evidence=kept), attestations=attestations, sign_offs=sign_offs))
    return platform, milestone


@given(platforms_at())
def test_every_open_criterion_is_in_some_action(at: At) -> None:
    platform, milestone = at
    result = milestone_of(*platform, milestone=milestone)
    for service in result.services:
        name = service.service.service
        shares = [share for step in result.actions for share in step.shares if share.service == name]
        assert all(len(share.criteria) == len(set(share.criteria)) for share in shares)
        told = [criterion for share in shares for criterion in share.criteria]
        if service.verdict is not ServiceVerdict.BLOCKED:
            assert told == []
            continue
        asked = {found.rule.id: found for found in service.open_criteria}
        assert set(told) <= set(asked)
        for criterion in set(asked) - set(told):
            assert set(asked[criterion].waits_for) & set(told)
        assert any(name in step.services for step in result.actions)


@given(platforms_at())
def test_signatures_come_after_all_work_and_lost_ground_before_the_rest(at: At) -> None:
    platform, milestone = at
    steps = milestone_of(*platform, milestone=milestone).actions
    for name in {service for step in steps for service in step.services}:
        signs = [what_to_do(step).startswith(("Get ", "Set ")) for step in steps if name in step.services]
        assert signs == sorted(signs)
    work = [not step.recovers for step in steps if not what_to_do(step).startswith(("Get ", "Set "))]
    assert work == sorted(work)


@given(nearly_ready())
def test_what_a_step_promises_comes_true(at: At) -> None:
    """Who does that step alone, at every service that needs it, sees them and the milestones unblocked."""
    platform, milestone = at
    for step in _ahead(platform, milestone):
        if not (step.unblocks_services or step.unblocks_milestones):
            continue
        rules = platform[0].rulebook.by_id
        if any("threats" in rules[name].slots for name in step.criteria if name in rules):
            continue  # a threat model of this milestone replaces the one that a signed level rests on
        after = [
            done(one, step, milestone) if one.service.service in step.services else one for one in platform
        ]
        here = milestone_of(*after, milestone=milestone)
        assert not set(step.unblocks_services) & _blocked(here), step
        for name in step.unblocks_milestones:
            result = milestone_of(*after, milestone=name)
            assert result.services
            assert not result.blocked_by, step


@given(platforms_at())
def test_a_step_helps_the_milestone_that_is_looked_at(at: At) -> None:
    platform, milestone = at
    for step in _ahead(platform, milestone):
        assert milestone in step.milestones
        assert set(step.unblocks_milestones) <= set(step.milestones)


@given(cases_at())
def test_all_steps_together_unblock_the_service(at: OneAt) -> None:
    """Doing what is told, again where doing it uncovered more, leads to the exit."""
    one, milestone = at
    last = milestone_of(_finished(one, milestone), milestone=milestone)
    # One threat model cannot be both of this milestone and of the later one that a signature was given for.
    models = {rule.id: rule.gate for rule in one.rulebook.by_id.values() if "threats" in rule.slots}
    assert {name for step in last.actions for name in step.criteria} <= models.keys()
    assert last.actions or not last.blocked_by
    listed = {gate for cell in one.service.plan.values() for gate in cell.gates or {}}
    assert not {*listed, None}.isdisjoint(models.values()) or not last.blocked_by


@given(cases_at(), st.booleans())
def test_no_exception_is_offered_for_lost_ground(at: OneAt, known: bool) -> None:
    one, milestone = at
    roadmap = Outlook(tuple(one.roadmap) if known else ())
    services = milestone_of(one, milestone=milestone).services
    lost = any(service.signed_level > service.verified_level for service in services)
    steps = actions(milestone, services, roadmap)
    if lost or (known and milestone == list(one.roadmap)[-1]):
        assert not any(step.excusable for step in steps)
