"""Find the cause of a changed result: the difference that alone, when reverted, restores it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from gatekeeper.judging.verdicts.case import Case
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
    Cause.PLAN: ("plan", "targets", "labels", "service"),
}
"""The fields of a manifest by the cause that a difference in them is, the weightiest first."""


class Side(NamedTuple):
    """Everything besides the rules that one state of a service is judged by."""

    service: Service
    evidence: Mapping[EvidenceKey, Evidence]
    entries: Sequence[RegisteredException]
    as_of: date
    roadmap: Roadmap
    held: frozenset[str] = frozenset()
    """Of the head: the digests of changed artefacts whose bytes the base holds."""

    def case(self, rulebook: Rulebook) -> Case:
        """Return the inputs of judging this state."""
        return Case(self.service, rulebook, self.evidence, self.as_of, self.roadmap)

    def judged(self, rulebook: Rulebook, shared: SharedResults | None = None) -> Results:
        """Return the verdicts at all milestones."""
        return Results(self.case(rulebook), self.entries, shared)


class Causes:
    """Finds causes by judging the head with one difference reverted at a time; judged on first use."""

    def __init__(self, base: Side, head: Side, rulebook: Rulebook) -> None:
        self._base = base
        self._head = head
        self.rulebook = rulebook

    def of(self, holds: Callable[[Results], bool]) -> Cause:
        """Return the cause of a condition that holds for the base and not for the head."""
        for cause, results in self._reverted:
            if holds(results):
                return cause
        # Several causes act together: return the weightiest difference.
        return self._reverted[0][0] if self._reverted else Cause.ARTEFACT

    @cached_property
    def _reverted(self) -> list[tuple[Cause, Results]]:
        return [(cause, side.judged(self.rulebook)) for cause, side in self._sides()]

    def _sides(self) -> Iterator[tuple[Cause, Side]]:
        """Yield the head with one difference from the base reverted, for each difference."""
        base, head = self._base, self._head
        if base.as_of != head.as_of:
            yield Cause.CALENDAR, head._replace(as_of=base.as_of)
        if base.roadmap != head.roadmap:
            yield Cause.EXIT, head._replace(roadmap=with_exits_of(base.roadmap, head.roadmap))
        for cause, fields in _FIELDS.items():
            was = {field: getattr(base.service, field) for field in fields}
            side = head._replace(service=head.service.model_copy(update=was))
            if cause is Cause.ARTEFACT:
                side = side._replace(evidence=base.evidence)
            elif cause is Cause.PLAN:
                side = side._replace(roadmap=with_exits_of(head.roadmap, base.roadmap))
            if side != head:
                yield cause, side
        if base.entries != head.entries:
            yield Cause.EXCEPTION, head._replace(entries=base.entries)


def with_exits_of(exited: Roadmap, roadmap: Roadmap) -> Roadmap:
    """Return a roadmap with the exits that another one records."""
    exits = {name: milestone.exits for name, milestone in exited.items()}
    return Roadmap(
        (name, milestone.model_copy(update={"exits": exits.get(name, {})}))
        for name, milestone in roadmap.items()
    )
