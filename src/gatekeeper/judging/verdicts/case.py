"""The inputs of judging one service, and the context in which a criterion is judged."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.level import Level
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Scope, Service


class MilestoneSpan(NamedTuple):
    """The milestones whose documents and attestations count: one milestone, or one and all later ones."""

    first: str
    later: tuple[str, ...] = ()

    def accepts(self, milestone: object) -> bool:
        """Whether something made for `milestone` counts."""
        return milestone == self.first or milestone in self.later


class Case(NamedTuple):
    """All inputs of judging one service; nothing else affects its results."""

    service: Service
    rulebook: Rulebook
    evidence: Mapping[EvidenceKey, Evidence]
    as_of: date
    roadmap: Roadmap
    """All milestones, whether the service has a target at them or not."""

    @property
    def claimed_level(self) -> Level:
        """The level that the service claims; without a claim, the lowest."""
        return self.rulebook.scale.claimed(self.service.level)

    def span_from(self, milestone: str) -> MilestoneSpan:
        """Return a milestone and all later ones."""
        return MilestoneSpan(milestone, self.roadmap.since(milestone)[1:])

    def is_current_target(self, milestone: str) -> bool:
        """Whether a milestone is the first that has not exited, or an earlier one."""
        current = self.roadmap.current(self.as_of)
        return current is None or milestone in self.roadmap.until(current)


class CriterionContext(NamedTuple):
    """The level, the narrowing scope and the milestones for which a criterion is judged."""

    level: Level
    scope: Scope | None
    span: MilestoneSpan
