"""What a change of rules would do to a workspace as it is: which cells flip, and whom that costs."""

from datetime import date
from typing import NamedTuple

from gatekeeper.model.changes import CellFlip, CriterionFlip
from gatekeeper.model.level import Level
from gatekeeper.model.report import Filter
from gatekeeper.model.status import Effort, MilestoneVerdict
from gatekeeper.model.verdict import Outcome


class RuleChange(NamedTuple):
    """One value of the rulebook before and after, as YAML, and the edit that makes the change."""

    rule: str
    """`G1.coverage.domain_coverage.lines_pct.at_least`."""
    before: str | None
    """None if it is new; likewise `after` if it is dropped. Of a whole criterion, its question."""
    after: str | None
    file: str
    """The file to edit, relative to the repository."""
    line: int
    """The line of the value, or of what it is to be added to."""
    edit: str
    """What to write there."""


class LevelFlip(NamedTuple):
    """A service whose effective level changes."""

    service: str
    owner: str
    before: Level
    after: Level
    signed: Level
    """The level that is signed off or, without sign-offs, claimed; above `after`, it is a regression."""
    once: str | None = None
    """The milestone whose exit makes the change decide levels; None: it does today."""


class MilestoneShift(NamedTuple):
    """A milestone at which cells flip."""

    milestone: str
    services: int
    """How many services have a target at it; likewise `ready_before`, `ready_after` count the ready ones."""
    ready_before: int
    ready_after: int
    before: MilestoneVerdict
    after: MilestoneVerdict


class WorkItem(NamedTuple):
    """The same work of all owners that becomes necessary, or is not necessary any more."""

    text: str
    owners: tuple[str, ...]
    effort: Effort
    criteria: tuple[str, ...]
    services: tuple[str, ...]
    milestones: tuple[str, ...]


class Today(NamedTuple):
    """How a criterion that the change touches is answered by the rules of today."""

    criterion: str
    asked: int
    """The number of services of which it is asked; likewise `passing` and `missing`."""
    passing: int
    missing: int
    nearest: tuple[str, Outcome] | None
    """The service that is closest to the new threshold, and its condition."""


class WhatIf(NamedTuple):
    """What a change of rules would do."""

    as_of: date
    milestones: tuple[str, ...]
    """The milestones that were judged."""
    cells: int
    """The number of services times milestones that were judged."""
    effective: str | None = None
    """The milestone or the date from which the change binds; None: at once."""
    changes: tuple[RuleChange, ...] = ()
    flips: tuple[CellFlip, ...] = ()
    levels: tuple[LevelFlip, ...] = ()
    criteria: tuple[CriterionFlip, ...] = ()
    verdicts: tuple[MilestoneShift, ...] = ()
    """Empty if only some services were judged."""
    work: tuple[WorkItem, ...] = ()
    freed: tuple[WorkItem, ...] = ()
    today: tuple[Today, ...] = ()
    notes: tuple[str, ...] = ()
    """What else to edit: citations that no longer fit their rules."""
    filter: Filter = Filter()
    rulebook_digest: str = ""

    @property
    def flips_nothing(self) -> bool:
        """Whether neither a verdict, a level nor a criterion changes for any service."""
        return not (self.flips or self.levels or self.criteria)
