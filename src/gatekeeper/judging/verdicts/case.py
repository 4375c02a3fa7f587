"""The inputs of judging one service."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Self

from gatekeeper.judging.obligations.asked import MilestoneSpan
from gatekeeper.judging.plans.identity import Identities, identities
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.level import Level
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service


class Neighbour(NamedTuple):
    """A service on which the judged one depends."""

    service: Service
    evidence: Mapping[EvidenceKey, Evidence] = {}
    """Empty unless sign-offs end with their evidence (`resign_on`)."""


class Case(NamedTuple):
    """All inputs of judging one service; nothing else affects its results."""

    service: Service
    rulebook: Rulebook
    evidence: Mapping[EvidenceKey, Evidence]
    as_of: date
    roadmap: Roadmap
    """All milestones, whether the service has a target at them or not."""
    shared: Mapping[str, str] = {}
    """The slots whose measurement another service has too, with its name."""
    neighbours: Mapping[str, Neighbour] = {}
    """The services that it depends on, and possibly others."""

    def of_neighbour(self, neighbour: Neighbour) -> Self:
        """Return the inputs of judging a neighbour by itself."""
        return self._replace(service=neighbour.service, evidence=neighbour.evidence, shared={}, neighbours={})

    @property
    def identities(self) -> Identities:
        """What machines call the service."""
        return identities(self.service, self.rulebook.repository)

    @property
    def claimed_level(self) -> Level:
        """The level that the service claims; without a claim, the lowest."""
        return self.rulebook.scale.claimed(self.service.level)

    def span_from(self, milestone: str) -> MilestoneSpan:
        """Return the span of a level that the cell of this milestone decides."""
        return MilestoneSpan.of_level(milestone, self.roadmap, self.as_of)
