"""Ids have no meaning: the same workspace under other ids gets the same verdicts, steps and answers."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.any_exceptions import registered
from builders.any_names import (
    DESTINATIONS,
    Built,
    Draft,
    build,
    document_names,
    drafts,
    namings,
)
from builders.judging import AS_OF
from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.obligations.expand import expand
from gatekeeper.judging.outlook.actions import Outlook, actions
from gatekeeper.judging.outlook.deploy_gate import may_ship
from gatekeeper.judging.outlook.validity import validity
from gatekeeper.judging.plans.audit import audit
from gatekeeper.judging.verdicts.risk_register import register_at
from gatekeeper.judging.verdicts.services import effective_level
from gatekeeper.model.action import Action
from gatekeeper.model.level import Level
from gatekeeper.model.shipping import Shipping
from gatekeeper.model.verdict import (
    CriterionResult,
    ExceptionSeen,
    GateResult,
    MilestoneResult,
    Reason,
    ServiceResult,
)

pytestmark = pytest.mark.long


class Names(NamedTuple):
    """The ids of the document by those of a workspace; each kind of id has names of its own."""

    groups: Mapping[str, str]
    """Levels, gates, their criteria, and the sign-offs of levels."""
    milestones: Mapping[str, str]
    roles: Mapping[str, str]
    destinations: Mapping[str, str]

    @classmethod
    def back(cls, draft: Draft, names: Mapping[str, str]) -> "Names":
        apart = {*draft.milestones, *draft.roles, *DESTINATIONS}
        kinds = (set(names) - apart, draft.milestones, draft.roles, DESTINATIONS)
        return cls(*({names[name]: str(name) for name in kind} for kind in kinds))

    def group(self, name: str | Level | None) -> str | None:
        return None if name is None else self.groups.get(str(name), str(name))

    def groups_of(self, names: Iterable[str]) -> list[str | None]:
        return [self.group(name) for name in names]

    def milestone(self, name: str | None) -> str | None:
        return None if name is None else self.milestones[name]

    def milestones_of(self, names: Iterable[str]) -> list[str | None]:
        return [self.milestone(name) for name in names]


def milestone_view(result: MilestoneResult, of: Names) -> Any:
    services = [service_view(service, of) for service in result.services]
    return of.milestone(result.milestone), result.verdict, services, steps_view(result.actions, of)


def service_view(result: ServiceResult, of: Names) -> Any:
    levels = (
        result.cell.level,
        result.claimed_level,
        result.verified_level,
        result.signed_level,
        result.ships_at,
    )
    return (
        result.service.service,
        of.milestone(result.cell.milestone),
        [of.group(level) for level in levels],
        [of.roles[role] for role in result.missing_sign_offs],
        result.verdict,
        reasons_view(result.reasons, of),
        [gate_view(gate, of) for gate in result.gates],
        criteria_view(result.level_criteria, of),
        criteria_view(result.capabilities, of),
        exceptions_view(result.exceptions, of),
        criteria_view(result.held_up_by, of),
        of.groups_of(result.held_up_by_gates),
    )


def gate_view(gate: GateResult, of: Names) -> Any:
    return of.group(gate.gate), gate.status, criteria_view(gate.criteria, of)


def criteria_view(results: Iterable[CriterionResult], of: Names) -> Any:
    return [
        (
            of.group(result.rule.id),
            result.status,
            result.basis,
            result.exception,
            result.binding,
            of.groups_of(result.waits_for),
            [seen.slot for seen in result.evidence],
            result.attestation and result.attestation.by,
        )
        for result in results
    ]


def reasons_view(reasons: Iterable[Reason], of: Names) -> Any:
    return [(reason.code, of.groups_of(reason.criteria)) for reason in reasons]


def exceptions_view(exceptions: Iterable[ExceptionSeen], of: Names) -> Any:
    return [
        (seen.id, seen.state, of.groups_of(seen.criteria), of.milestone(seen.opened_in))
        for seen in exceptions
    ]


def steps_view(steps: Iterable[Action], of: Names) -> Any:
    return [
        (
            step.owners,
            step.effort,
            step.services,
            of.groups_of(step.criteria),
            step.unblocks_services,
            of.milestones_of(step.unblocks_milestones),
            of.milestones_of(step.milestones),
            step.excusable,
            step.recovers,
            [(option.way, option.by and of.roles[option.by], option.services) for option in step.options],
        )
        for step in steps
    ]


def shipping_view(answer: Shipping, of: Names) -> Any:
    levels = (
        answer.asked_level,
        answer.claimed_level,
        answer.verified_level,
        answer.signed_level,
        answer.held_level,
    )
    return (
        of.destinations[answer.destination],
        answer.may_ship,
        [of.group(level) for level in levels],
        reasons_view(answer.reasons, of),
        criteria_view(answer.criteria, of),
        steps_view(answer.actions, of),
        exceptions_view(answer.exceptions, of),
        of.groups_of(answer.waits_for),
    )


def verdicts(built: Built, of: Names) -> Any:
    """Return the verdicts on all milestones, with steps that compare them."""
    manifests = built.workspace
    evidence = {case.service.service: case.evidence for case in built.cases}
    entries = manifests.exceptions.values()
    facts = Facts(manifests.services.values(), evidence, entries, AS_OF, manifests.milestones)
    results = {name: judge_milestone(built.rulebook, facts, name) for name in manifests.milestones}
    ahead = [
        actions(
            name,
            result.services,
            Outlook(tuple(results), {other: one.services for other, one in results.items() if other != name}),
        )
        for name, result in results.items()
    ]
    return [milestone_view(result, of) for result in results.values()], [
        steps_view(steps, of) for steps in ahead
    ]


def answers(built: Built, names: Mapping[str, str], of: Names) -> Any:
    return [
        shipping_view(may_ship(case, names[place], built.entries(case.service.service)), of)
        for case in built.cases
        for place in DESTINATIONS
        if names[place] in built.rulebook.destinations
    ]


def register(built: Built, of: Names) -> Any:
    """Return the register at all milestones."""
    manifests = built.workspace
    cases = {case.service.service: case for case in built.cases}
    entries = tuple(manifests.exceptions.values())
    return [
        (row.entry.id, row.state, of.groups_of(row.open), of.milestone(row.due), row.milestones_left)
        for name in manifests.milestones
        for row in register_at(name, entries, cases, manifests.milestones, AS_OF)
    ]


def outlook(built: Built, of: Names) -> Any:
    """Return what else depends on the plan and its dates."""
    return (
        [of.group(effective_level(case)) for case in built.cases],
        [validity(case, built.entries(case.service.service)) for case in built.cases],
        [(found.severity, of.milestone(found.milestone), found.service) for found in audit(built.workspace)],
        [
            (one.service, one.family.partition("/")[0], of.group(one.id))
            for case in built.cases
            for one in expand(case.service, case.rulebook, case.roadmap, case.as_of)
            if not one.id.startswith("target:")
        ],
    )


@st.composite
def twice(draw: st.DrawFn) -> tuple[Draft, dict[str, str]]:
    """A workspace, and other ids for it."""
    draft = draw(registered(draw(drafts())))
    return draft, draw(namings(draft))


@given(twice())
def test_other_ids_change_no_verdict_no_step_and_no_answer(drawn: tuple[Draft, dict[str, str]]) -> None:
    draft, names = drawn
    same = document_names(draft)
    ours, theirs = build(draft, same), build(draft, names)
    document, back = Names.back(draft, same), Names.back(draft, names)
    assert verdicts(theirs, back) == verdicts(ours, document)
    assert answers(theirs, names, back) == answers(ours, same, document)
    assert register(theirs, back) == register(ours, document)
    assert outlook(theirs, back) == outlook(ours, document)
