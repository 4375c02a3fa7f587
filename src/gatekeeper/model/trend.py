"""The progress of milestones over time: one point per judged commit."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from gatekeeper.model.naming import titled
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict


class Tally(NamedTuple):
    """The counts of one service at a milestone, and its verdict; each criterion counts once."""

    verdict: ServiceVerdict
    due: int
    """Criteria that apply and bind."""
    green: int
    """Criteria that pass, without excepted ones."""
    excepted: int


class MilestoneProgress(NamedTuple):
    """The progress of a milestone: its verdict, and the counts of services and criteria."""

    verdict: MilestoneVerdict
    services: int
    ready: int
    """Services that are ready without an exception."""
    excepted: int
    """Services that are ready with an exception."""
    due: int
    green: int
    excused: int
    """Criteria that an exception covers."""

    @property
    def share(self) -> float:
        """The share of due criteria that are green, from 0 to 1; 0 if none is due."""
        return self.green / self.due if self.due else 0.0


class Point(NamedTuple):
    """A commit, judged as of its own day and by its own rulebook."""

    commit: str
    as_of: date
    """The day of the commit: its committer date, in UTC."""
    milestones: Mapping[str, MilestoneProgress]
    """By milestone, in order; empty at a gap."""
    folder: str = ""
    """The folder of the workspace at that commit, relative to the repository."""
    gap: str | None = None
    """Why nothing was judged at this commit; None if it was."""


class Trend(NamedTuple):
    """Points from the oldest to the newest."""

    points: tuple[Point, ...]
    milestones: tuple[str, ...]
    """The shown milestones in order."""
    is_shallow: bool = False
    """Whether the clone lacks older commits."""
    names: Mapping[str, str] = MappingProxyType({})
    """The names of milestones by id, as they are at the newest commit that has one."""

    def title(self, milestone: str) -> str:
        """Return the id and name of a milestone in a heading."""
        return titled(milestone, self.names.get(milestone))

    @property
    def gaps(self) -> tuple[Point, ...]:
        """The points at which nothing could be judged."""
        return tuple(point for point in self.points if point.gap)

    def of(self, milestone: str) -> tuple[MilestoneProgress | None, ...]:
        """Return the progress of a milestone at every point; None if it was not judged there."""
        return tuple(point.milestones.get(milestone) for point in self.points)
