"""Find the cause of a changed result: the difference that alone, when reverted, restores it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from gatekeeper.judging.verdicts.case import Case, Neighbour
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.services import judge_everywhere, judge_levels
from gatekeeper.model.changes import Cause
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import CriterionResult, ServiceResult

Verdicts = Mapping[str, ServiceResult]
"""By milestone."""


class Results(dict[str, ServiceResult]):
    """The verdicts on one state of a service by milestone, and what each level lacks."""

    def __init__(
        self, case: Case, entries: Sequence[RegisteredException], shared: SharedResults | None
    ) -> None:
        super().__init__(judge_everywhere(case, entries, shared))
        self._case = case

    @cached_property
    def lacking(self) -> dict[str, dict[str, CriterionResult | None]]:
        """What is open by level and id; None for a gate of which no criterion applies."""
        return {
            check.level.id: {result.rule.id: result for result in check.open} | dict.fromkeys(check.dead)
            for check in judge_levels(self._case)
        }


_FIELDS = {
    Cause.ARTEFACT: ("evidence",),
    Cause.DECLARATION: ("release",),
    Cause.GOVERNANCE: ("owner",),
    Cause.ATTESTATION: ("attestations",),
    Cause.NOT_APPLICABLE: ("not_applicable",),
    Cause.SIGNATURE: ("sign_offs", "level"),
    Cause.PLAN: ("plan", "targets", "labels", "service", "identity", "depends_on"),
}
"""The fields of a manifest by the cause that a difference in them is, the weightiest first."""


class Side(NamedTuple):
    """Everything besides the rules that one state of a service is judged by."""

    service: Service
    evidence: Mapping[EvidenceKey, Evidence]
    entries: Sequence[RegisteredException]
    as_of: date
    roadmap: Roadmap
    known_bytes: frozenset[str] = frozenset()
    """Of the head: the digests of changed artefacts whose bytes the base holds."""
    bytes_of_others: frozenset[str] = frozenset()
    """Those of `known_bytes` that the base holds for other services only."""
    shared: Mapping[str, str] = {}
    """The slots whose measurement another service has too, with its name."""
    neighbours: Mapping[str, Neighbour] = {}
    """The services on which it depends in one of the states, by their names in the head."""

    def case(self, rulebook: Rulebook) -> Case:
        """Return the inputs of judging this state."""
        of = self.service, rulebook, self.evidence, self.as_of, self.roadmap
        return Case(*of, self.shared, self.neighbours)

    def judged(self, rulebook: Rulebook, shared: SharedResults | None = None) -> Results:
        """Return the verdicts at all milestones."""
        return Results(self.case(rulebook), self.entries, shared)


class Causes:
    """Finds causes by judging with one difference reverted, or made alone; judged on first use."""

    def __init__(self, base: Side, head: Side, rulebook: Rulebook) -> None:
        self._base = base
        self._head = head
        self.rulebook = rulebook

    def of(self, holds: Callable[[Results], bool]) -> Cause:
        """Return the cause of a condition that holds for the base and not for the head."""
        for cause, results in self._reverted:
            if holds(results):
                return cause
        for cause, results in self._made_alone:
            if not holds(results):
                return cause
        # Several causes act together: return the weightiest difference.
        return self._reverted[0][0] if self._reverted else Cause.ARTEFACT

    @cached_property
    def _reverted(self) -> list[tuple[Cause, Results]]:
        return [(cause, side.judged(self.rulebook)) for cause, side in _sides(self._head, self._base)]

    @cached_property
    def _made_alone(self) -> list[tuple[Cause, Results]]:
        return [(cause, side.judged(self.rulebook)) for cause, side in _sides(self._base, self._head)]


def _sides(of: Side, other: Side) -> Iterator[tuple[Cause, Side]]:
    """Yield one state with a single difference taken from the other one, for each difference."""
    if other.as_of != of.as_of:
        yield Cause.CALENDAR, of._replace(as_of=other.as_of)
    if other.roadmap != of.roadmap:
        yield Cause.EXIT, of._replace(roadmap=with_exits_of(other.roadmap, of.roadmap))
    for cause, fields in _FIELDS.items():
        values = {field: getattr(other.service, field) for field in fields}
        side = of._replace(service=of.service.model_copy(update=values))
        if cause is Cause.ARTEFACT:
            side = side._replace(evidence=other.evidence, shared=other.shared)
        elif cause is Cause.SIGNATURE:
            side = side._replace(neighbours=other.neighbours)
        elif cause is Cause.PLAN:
            side = side._replace(roadmap=with_exits_of(of.roadmap, other.roadmap))
        if side != of:
            yield cause, side
    if other.entries != of.entries:
        yield Cause.EXCEPTION, of._replace(entries=other.entries)


def with_exits_of(exited: Roadmap, roadmap: Roadmap) -> Roadmap:
    """Return a roadmap with the exits that another one records."""
    exits = {name: milestone.exits for name, milestone in exited.items()}
    return Roadmap(
        (name, milestone.model_copy(update={"exits": exits.get(name, {})}))
        for name, milestone in roadmap.items()
    )
