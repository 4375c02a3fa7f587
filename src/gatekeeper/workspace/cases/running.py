"""Judge prepared cases by a rulebook, and compare the results with what they expect."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from gatekeeper.judging.changes.weakening_approvals import sign_off
from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.plans.questions import SCOPE_CRITERION
from gatekeeper.judging.plans.requests import requests
from gatekeeper.judging.verdicts.case import Case, Neighbour
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.services import judge_findings, judge_service
from gatekeeper.model.case_result import Difference
from gatekeeper.model.cases import CriterionCase, DiffCase, GateCase, LevelCase, MilestoneCase
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.cases import expectations
from gatekeeper.workspace.cases.expectations import Answer
from gatekeeper.workspace.cases.layers import WrongCase
from gatekeeper.workspace.cases.rulebooks import CaseRules, Rulebooks
from gatekeeper.workspace.cases.suite import PreparedCase
from gatekeeper.workspace.cases.worlds import World
from gatekeeper.workspace.differences import Dates, Differences
from gatekeeper.workspace.loading import LoadedWorkspace


class Ran(NamedTuple):
    """A case that was judged: what differs from what it expects."""

    case: PreparedCase
    answer: Answer
    differences: tuple[Difference, ...]

    @property
    def suggestion(self) -> str | None:
        """The line with which the case would hold; None if it holds."""
        written = self.case.written
        if not self.differences:
            return None
        return expectations.suggestion(written.expect, self.answer, written.short)

    @property
    def as_loophole(self) -> str | None:
        """The line that lists the case as a loophole; None unless a criterion passes that should not."""
        written = self.case.written
        is_cheat = (
            any(of.what == "status" for of in self.differences) and self.answer.values["status"] == "pass"
        )
        is_new = isinstance(written, CriterionCase) and not written.loophole
        return f"{self.suggestion}, loophole: true" if is_cheat and is_new else None


def run(
    cases: Iterable[PreparedCase], loaded: LoadedWorkspace, manifests: Manifests | None = None
) -> Iterator[Ran]:
    """Yield the result of each case.

    The worlds of the cases are used as they are, so that the same cases can be judged by many rulebooks.

    Args:
        cases: Cases of the workspace.
        loaded: The workspace.
        manifests: Manifests with another rulebook to judge by; by default those of the workspace.

    Raises:
        ValueError: The rulebook does not bind, or not with what a case changes of it.
    """
    return map(CaseJudge(loaded._replace(manifests=manifests or loaded.manifests)).run, cases)


class CaseJudge:
    """Judges cases by one rulebook; what does not depend on the case is judged once."""

    def __init__(self, loaded: LoadedWorkspace) -> None:
        self._workspace = loaded
        self._rulebooks = Rulebooks(loaded.manifests)
        self._shared: dict[object, SharedResults] = {}

    def run(self, case: PreparedCase) -> Ran:
        """Judge one case.

        Raises:
            ValueError: The rulebook does not bind, or not with what the case changes of it.
        """
        answer = self._answer(case)
        return Ran(case, answer, expectations.differences(case.written.expect, answer))

    def _answer(self, case: PreparedCase) -> Answer:
        rules = self._rules(case.world)
        match case.written:
            case CriterionCase():
                return expectations.of_criterion(case.about, self._of_service(case, rules.rulebook))
            case GateCase():
                return expectations.of_gate(case.about, self._of_service(case, rules.rulebook))
            case LevelCase():
                return self._of_service(case, rules.rulebook)
            case MilestoneCase():
                return _of_milestone(case.world, rules.rulebook)
            case DiffCase():
                return self._of_change(case.world, case.head or case.world)

    def _rules(self, world: World) -> CaseRules:
        try:
            rules = self._rulebooks.of(world.rules)
        except WrongCase as wrong:
            raise ValueError("; ".join(found.message for found in wrong.mistakes)) from None
        if unknown := world.levels - rules.rulebook.scale.keys():
            raise ValueError(f"the rulebook has no level {', '.join(sorted(unknown))}")
        return rules

    def _of_service(self, case: PreparedCase, rulebook: Rulebook) -> Answer:
        world = case.world
        key = (id(rulebook), world.as_of, id(world.roadmap))
        shared = self._shared.setdefault(key, SharedResults())
        evidence = _evidence(world, world.own, rulebook)
        around = _neighbours(world, rulebook)
        own = world.services[world.own]
        of = Case(own, rulebook, evidence, world.as_of, world.roadmap, neighbours=around)
        entries = [entry for entry in world.exceptions.values() if entry.service == world.own]
        is_of_level, expected = isinstance(case.written, LevelCase), case.written.expect
        if not (is_of_level or entries or expectations.needs_levels(expected)):
            named = {case.about, *getattr(expected, "criteria", ()), *getattr(expected, "gates", ())}
            of = of._replace(rulebook=_that_decides(named, rulebook))
            return expectations.of_findings(judge_findings(of, world.milestone, shared))
        result = judge_service(of, world.milestone, entries, shared)
        if result is None:
            raise ValueError(f"{world.own} has no target at {world.milestone}")
        return expectations.of_service(result, rulebook)

    def _of_change(self, base: World, head: World) -> Answer:
        before, after = self._loaded(base), self._loaded(head)
        differences = Differences(before, after, Dates(head.as_of, base.as_of))
        people = before.rulebook, after.manifests.governance
        return expectations.of_changes(sign_off(differences.changes(), *people, head.as_of))

    def _loaded(self, world: World) -> LoadedWorkspace:
        """Return a workspace that is in a state."""
        rules = self._rules(world)
        given = {name: _evidence(world, name, rules.rulebook) for name in world.services}
        manifests = world.manifests(rules)
        return self._workspace._replace(manifests=manifests, rulebook=rules.rulebook, given=given)


def _that_decides(named: Collection[str], rulebook: Rulebook) -> Rulebook:
    """Return the part of a rulebook that decides about the criteria and gates that are named."""
    levels = {
        level: of._replace(rules=tuple(rule for rule in of.rules if rule.id in named))
        for level, of in rulebook.levels.items()
    }
    known = {*named, *(rule.twin for of in levels.values() for rule in of.rules)}
    gates = {
        name: gate
        for name, gate in rulebook.gates.items()
        if not known.isdisjoint((name, f"{name}.{SCOPE_CRITERION}", *gate.ids))
    }
    return rulebook._replace(gates=gates, levels=levels)


def _of_milestone(world: World, rulebook: Rulebook) -> Answer:
    services = [service for service in world.services.values() if world.milestone in service.plan]
    evidence = {service.service: _evidence(world, service.service, rulebook) for service in services}
    entries, around = world.exceptions.values(), _neighbours(world, rulebook)
    facts = Facts(services, evidence, entries, world.as_of, world.roadmap, around)
    return expectations.of_milestone(judge_milestone(rulebook, facts, world.milestone), rulebook)


def _neighbours(world: World, rulebook: Rulebook) -> dict[str, Neighbour]:
    """Return the services on which others depend."""
    named = {name for service in world.services.values() for name in service.depends_on}
    return {name: Neighbour(world.services[name], _evidence(world, name, rulebook)) for name in named}


def _evidence(world: World, name: str, rulebook: Rulebook) -> dict[EvidenceKey, Evidence]:
    """Return the evidence of a service that this rulebook asks for."""
    given = world.evidence[name]
    return {
        (request.slot, request.narrowing): given[request.slot].evidence(request)
        for request in requests(world.services[name], rulebook)
        if request.slot in given
    }
