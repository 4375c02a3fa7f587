"""The inputs of judging one service, and the context in which a criterion is judged."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.level import Level
from gatekeeper.model.manifest import milestone_order
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Scope, Service

_MILESTONE = re.compile(r"M\d{1,3}", re.ASCII)


class MilestoneSpan(NamedTuple):
    """The milestones whose documents and attestations count: one milestone, or one and all later ones."""

    first: str
    open_ended: bool = False

    def accepts(self, milestone: object) -> bool:
        """Whether something made for `milestone` counts."""
        if not isinstance(milestone, str) or not _MILESTONE.fullmatch(milestone):
            return False
        if self.open_ended:
            return milestone_order(milestone) >= milestone_order(self.first)
        return milestone == self.first


class Case(NamedTuple):
    """All inputs of judging one service; nothing else affects its results."""

    service: Service
    rulebook: Rulebook
    evidence: Mapping[EvidenceKey, Evidence]
    as_of: date


class CriterionContext(NamedTuple):
    """The level, the narrowing scope and the milestones for which a criterion is judged."""

    level: Level
    scope: Scope | None
    span: MilestoneSpan
