"""Judge prepared cases by a rulebook, and compare the results with what they expect."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.case_result import Difference
from gatekeeper.model.cases import CriterionCase, GateCase
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.cases import expectations
from gatekeeper.workspace.cases.expectations import Answer
from gatekeeper.workspace.cases.rulebooks import Rulebooks
from gatekeeper.workspace.cases.suite import PreparedCase
from gatekeeper.workspace.cases.worlds import SERVICE, World


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


def run(cases: Iterable[PreparedCase], manifests: Manifests) -> Iterator[Ran]:
    """Yield the result of each case by the rulebook of these manifests.

    The worlds of the cases are used as they are, so that the same cases can be judged by many rulebooks.

    Raises:
        ValueError: The rulebook does not bind, or not with the governance of a case.
    """
    return map(CaseJudge(manifests).run, cases)


class CaseJudge:
    """Judges cases by one rulebook; what does not depend on the case is judged once."""

    def __init__(self, manifests: Manifests) -> None:
        self._rulebooks = Rulebooks(manifests)
        self._shared: dict[object, SharedResults] = {}

    def run(self, case: PreparedCase) -> Ran:
        """Judge one case.

        Raises:
            ValueError: The rulebook does not bind, or not with the governance of the case.
        """
        rulebook = self._rulebook(case.world)
        answer = self._answer(case, rulebook)
        return Ran(case, answer, tuple(expectations.differences(case.written.expect, answer)))

    def _rulebook(self, world: World) -> Rulebook:
        rules = self._rulebooks.of(world.governance)
        if rules.rulebook is None:
            raise ValueError("; ".join(found.message for found in rules.mistakes))
        return rules.rulebook

    def _answer(self, case: PreparedCase, rulebook: Rulebook) -> Answer:
        answer = self._of_service(case.world, rulebook)
        match case.written:
            case CriterionCase():
                return expectations.of_criterion(case.about, answer)
            case GateCase():
                return expectations.of_gate(case.about, answer)
            case _:
                return answer

    def _of_service(self, world: World, rulebook: Rulebook) -> Answer:
        service = world.services[SERVICE]
        key = (id(rulebook), world.as_of, id(world.roadmap))
        shared = self._shared.setdefault(key, SharedResults())
        case = Case(service, rulebook, world.evidence[SERVICE], world.as_of, world.roadmap)
        entries = [entry for entry in world.exceptions.values() if entry.service == SERVICE]
        result = judge_service(case, world.milestone, entries, shared)
        if result is None:
            raise ValueError(f"{SERVICE} has no target at {world.milestone}")
        return expectations.of_service(result, rulebook)
