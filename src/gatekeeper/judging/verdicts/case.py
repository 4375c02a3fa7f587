"""What judging one service looks at, and how it is asked."""

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
    """The milestones whose records count: one, or one and all later ones."""

    first: str
    open_ended: bool = False

    def accepts(self, milestone: object) -> bool:
        """Whether a record made for `milestone` counts."""
        if not isinstance(milestone, str) or not _MILESTONE.fullmatch(milestone):
            return False
        if self.open_ended:
            return milestone_order(milestone) >= milestone_order(self.first)
        return milestone == self.first


class Case(NamedTuple):
    """Everything that judging one service looks at; nothing else has a say."""

    service: Service
    rulebook: Rulebook
    evidence: Mapping[EvidenceKey, Evidence]
    as_of: date


class CriterionContext(NamedTuple):
    """How a criterion is asked: at which level, narrowed by which scope, for which milestones."""

    level: Level
    scope: Scope | None
    span: MilestoneSpan
