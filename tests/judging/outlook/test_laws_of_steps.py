"""Laws of the next steps: they are enough, none is too many, and what they promise comes true."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.judging import (
    AS_OF,
    RULEBOOK,
    Known,
    api,
    coverage,
    load_test,
    milestone_of,
    parsed,
    report,
    signed,
    source,
    threats,
)
from builders.platforms import MILESTONE, MILESTONES, cases, platforms
from gatekeeper.judging.outlook.next_steps import Outlook, next_steps
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.model.service import Attestation, Service, SignOff
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.verdict import MilestoneResult, NextStep

pytestmark = pytest.mark.long

GOOD: dict[str, Known] = {
    "unit_tests": report("unit_tests", "deep a"),
    "coverage": coverage(97, "a.ts"),
    "source": source("a.ts"),
    "api": api(writes=1, writes_without_idempotency_key=(), throttled_without_headers=()),
    "load": load_test(200),
    "isolation": report("isolation", "x"),
    "chaos": report("chaos", "x"),
    "capability_tests": report("capability_tests", "a", "b", "c"),
    "scope_tests": report("scope_tests", "s", "core"),
}
SIGNERS = {"owner": "ada", "architecture": "bo", "security": "cy"}


def done(one: Case, step: NextStep, milestone: str) -> Case:
    """Return the service after its owner has done the step, and nothing else."""
    if found := re.match(r"Get (L\d) signed off|Have .* or lower `level:` to (L\d)", step.step):
        return _signed(one, found.group(1)) if found.group(1) else _lowered(one, found.group(2))
    if found := re.match(r"Remove (G\d) from the plan", step.step):
        return _without_gate(one, found.group(1))
    for criterion in step.criteria:
        one = _delivered(one, criterion, milestone)
    return one


def _signed(one: Case, level: str) -> Case:
    given = Service.model_validate(
        {"service": "a", "owner": "a", "plan": {"M0": {"level": "L1"}}, "sign_offs": parsed(signed(level))}
    ).sign_offs
    assert all(isinstance(word, SignOff) for words in given.values() for word in words.values())
    return _with(one, sign_offs=one.service.sign_offs | given)


def _lowered(one: Case, level: str) -> Case:
    return _with(
        one,
        level=Service.model_validate(
            parsed(f"{{service: a, owner: a, plan: {{M0: {{level: L1}}}}, level: {level}}}")
        ).level,
    )


def _without_gate(one: Case, gate: str) -> Case:
    plan = {
        name: cell.model_copy(update={"gates": {g: s for g, s in cell.gates.items() if g != gate}})
        if cell.gates
        else cell
        for name, cell in one.service.plan.items()
    }
    return _with(one, plan=plan)


def _delivered(one: Case, criterion: str, milestone: str) -> Case:
    rule = RULEBOOK.by_id.get(criterion)
    role = rule.attested_by if rule else None
    if criterion == "L4.capabilities":
        one = one._replace(evidence={**one.evidence, **GOOD["capability_tests"]})
    if role:
        word = Attestation.model_validate(
            {"by": SIGNERS[role], "role": role, "on": AS_OF.isoformat(), "link": "l"}
        )
        return _with(one, attestations={**one.service.attestations, criterion: word})
    if criterion == "G8.threats":
        # What was signed for a later cell of the plan asks for a threat model of that time.
        [result] = milestone_of(one, milestone=milestone).services
        is_held_up = any(found.rule.id == criterion for found in result.held_up_by)
        return one._replace(evidence={**one.evidence, **threats("M9" if is_held_up else milestone)})
    slots: Iterable[str] = rule.slots if rule else ()
    if criterion.startswith("capability:"):
        slots = ("capability_tests",)
    elif criterion.endswith(".scope"):
        slots = ("scope_tests",)
    known: dict[Any, Any] = {**one.evidence}
    for slot in slots:
        known |= GOOD[slot]
    return one._replace(evidence=known)


def _with(one: Case, **changes: object) -> Case:
    return one._replace(service=one.service.model_copy(update=changes))


def _blocked(result: MilestoneResult) -> set[str]:
    return set(result.blocked_by)


def _ahead(platform: list[Case], milestone: str) -> tuple[NextStep, ...]:
    results = {name: milestone_of(*platform, milestone=name).services for name in MILESTONES}
    others = {name: services for name, services in results.items() if name != milestone}
    return next_steps(milestone, results[milestone], Outlook(MILESTONES, others))


def _finished(one: Case, milestone: str) -> Case:
    """Do all that is told, again where doing it uncovered more, until nothing is left."""
    for _ in range(6):
        for step in milestone_of(one, milestone=milestone).next_steps:
            one = done(one, step, milestone)
    return one


@st.composite
def nearly_ready(draw: st.DrawFn) -> list[Case]:
    """Services that lack one thing or none: there, a single step may unblock much."""
    platform = []
    for one in draw(platforms()):
        whole = one
        for milestone in MILESTONES:
            whole = _finished(whole, milestone)
        known = [*whole.evidence, *whole.service.attestations, *whole.service.sign_offs]
        lost = draw(st.sampled_from([None, *known]))
        service = whole.service
        attestations = {key: word for key, word in service.attestations.items() if key != lost}
        sign_offs = {level: words for level, words in service.sign_offs.items() if level is not lost}
        kept = {key: found for key, found in whole.evidence.items() if key != lost}
        platform.append(_with(whole._replace(evidence=kept), attestations=attestations, sign_offs=sign_offs))
    return platform


@given(platforms(), MILESTONE)
def test_every_open_criterion_is_some_step_once(platform: list[Case], milestone: str) -> None:
    result = milestone_of(*platform, milestone=milestone)
    for service in result.services:
        name = service.service.service
        told = [c for step in result.next_steps if name in step.services for c in step.criteria]
        assert len(told) == len(set(told))
        if service.verdict is not ServiceVerdict.BLOCKED:
            assert told == []
            continue
        asked = {found.rule.id: found for found in service.open_criteria}
        assert set(told) <= set(asked)
        for criterion in set(asked) - set(told):
            assert set(asked[criterion].waits_for) & set(told)
        assert any(name in step.services for step in result.next_steps)


@given(platforms(), MILESTONE)
def test_signatures_come_after_all_work_and_lost_ground_before_the_rest(
    platform: list[Case], milestone: str
) -> None:
    steps = milestone_of(*platform, milestone=milestone).next_steps
    for name in {service for step in steps for service in step.services}:
        signs = [step.step.startswith("Get ") for step in steps if name in step.services]
        assert signs == sorted(signs)
    work = [not step.recovers for step in steps if not step.step.startswith("Get ")]
    assert work == sorted(work)


@given(nearly_ready(), MILESTONE)
def test_what_a_step_promises_comes_true(platform: list[Case], milestone: str) -> None:
    """Who does that step alone, at every service that needs it, sees them and the milestones unblocked."""
    for step in _ahead(platform, milestone):
        if not (step.unblocks_services or step.unblocks_milestones):
            continue
        after = [
            done(one, step, milestone) if one.service.service in step.services else one for one in platform
        ]
        here = milestone_of(*after, milestone=milestone)
        assert not set(step.unblocks_services) & _blocked(here), step
        for name in step.unblocks_milestones:
            result = milestone_of(*after, milestone=name)
            assert result.services
            assert not result.blocked_by, step


@given(platforms(), MILESTONE)
def test_a_step_helps_the_milestone_that_is_looked_at(platform: list[Case], milestone: str) -> None:
    for step in _ahead(platform, milestone):
        assert milestone in step.milestones
        assert set(step.unblocks_milestones) <= set(step.milestones)


@given(cases(), MILESTONE)
def test_all_steps_together_unblock_the_service(one: Case, milestone: str) -> None:
    """Doing what is told, again where doing it uncovered more, leads to the exit."""
    last = milestone_of(_finished(one, milestone), milestone=milestone)
    # One threat model cannot be both of this milestone and of the later one that a signature was given for.
    assert {step.criteria for step in last.next_steps} <= {("G8.threats",)}
    assert last.next_steps or not last.blocked_by
    asks_for_it = any(cell.gates and "G8" in cell.gates for cell in one.service.plan.values())
    assert asks_for_it or not last.blocked_by


@given(cases(), MILESTONE, st.booleans())
def test_no_exception_is_offered_for_lost_ground(one: Case, milestone: str, known: bool) -> None:
    roadmap = Outlook(MILESTONES if known else ())
    services = milestone_of(one, milestone=milestone).services
    lost = any(service.signed_level > service.verified_level for service in services)
    steps = next_steps(milestone, services, roadmap)
    if lost or (known and milestone == MILESTONES[-1]):
        assert not any(step.excusable for step in steps)
