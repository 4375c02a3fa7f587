"""Find the cause of a changed result: the difference that alone, when reverted, restores it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import SharedResults
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.model.changes import Cause
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import ServiceResult

Results = Mapping[str, ServiceResult]
"""By milestone."""

_OF_EVIDENCE = ("evidence", "attestations", "not_applicable", "release")
_OF_GOVERNANCE = ("sign_offs", "level")
_OF_PLAN = ("plan", "targets", "labels", "owner")


class Side(NamedTuple):
    """Everything besides the rules that one state of a service is judged by."""

    service: Service
    evidence: Mapping[EvidenceKey, Evidence]
    entries: Sequence[RegisteredException]
    as_of: date
    roadmap: Roadmap

    def case(self, rulebook: Rulebook) -> Case:
        """Return the inputs of judging this state."""
        return Case(self.service, rulebook, self.evidence, self.as_of, self.roadmap)

    def judged(self, rulebook: Rulebook, shared: SharedResults | None = None) -> Results:
        """Return the verdicts at all milestones."""
        return judge_everywhere(self.case(rulebook), self.entries, shared)


class Causes:
    """Finds causes by judging the head with one difference reverted at a time; judged on first use."""

    def __init__(self, base: Side, head: Side, rulebook: Rulebook) -> None:
        self._base = base
        self._head = head
        self._rulebook = rulebook

    def of(self, holds: Callable[[Results], bool]) -> Cause:
        """Return the cause of a condition that holds for the base and not for the head."""
        for cause, results in self._reverted:
            if holds(results):
                return cause
        # Several causes act together: return the weightiest difference.
        return self._reverted[0][0] if self._reverted else Cause.EVIDENCE

    @cached_property
    def _reverted(self) -> list[tuple[Cause, Results]]:
        return [(cause, side.judged(self._rulebook)) for cause, side in self._sides()]

    def _sides(self) -> Iterator[tuple[Cause, Side]]:
        """Yield the head with one difference from the base reverted, for each difference."""
        base, head = self._base, self._head
        if base.as_of != head.as_of:
            yield Cause.CALENDAR, head._replace(as_of=base.as_of)
        for cause, fields in (
            (Cause.EVIDENCE, _OF_EVIDENCE),
            (Cause.GOVERNANCE, _OF_GOVERNANCE),
            (Cause.PLAN, _OF_PLAN),
        ):
            was = {field: getattr(base.service, field) for field in fields}
            side = head._replace(service=head.service.model_copy(update=was))
            if cause is Cause.EVIDENCE:
                side = side._replace(evidence=base.evidence)
            elif cause is Cause.GOVERNANCE:
                side = side._replace(entries=base.entries)
            else:
                side = side._replace(roadmap=base.roadmap)
            if side != head:
                yield cause, side
