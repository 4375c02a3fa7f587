"""Where milestones stood over time: one point a commit that was looked at."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict


class Tally(NamedTuple):
    """What one service adds to a milestone: its verdict, and its criteria, each counted once."""

    verdict: ServiceVerdict
    due: int
    """Criteria that apply; optional capabilities are not due."""
    green: int
    """Criteria that pass; an excepted one does not."""
    excepted: int


class MilestoneProgress(NamedTuple):
    """Where a milestone stands: its verdict, and how much of it is done."""

    verdict: MilestoneVerdict
    services: int
    ready: int
    """Services that are ready without exceptions."""
    excepted: int
    """Services that are ready but for exceptions."""
    due: int
    green: int
    excused: int
    """Criteria that an exception covers."""

    @property
    def share(self) -> float:
        """The criteria green of due, from 0 to 1; of nothing, nothing is done."""
        return self.green / self.due if self.due else 0.0


class Point(NamedTuple):
    """A commit, judged as of its own day and by its own rulebook."""

    commit: str
    as_of: date
    """The day of the commit: its committer date, in UTC."""
    milestones: Mapping[str, MilestoneProgress]
    """By milestone, in order; empty at a gap."""
    folder: str = ""
    """Where the workspace was then, relative to the repository."""
    gap: str | None = None
    """Why there is nothing to judge at this commit."""


class Trend(NamedTuple):
    """Points from the oldest to the newest."""

    points: tuple[Point, ...]
    milestones: tuple[str, ...]
    """Those that are shown, in order."""
    is_shallow: bool = False
    """The clone lacks what is older."""

    @property
    def gaps(self) -> tuple[Point, ...]:
        """The points at which nothing could be judged."""
        return tuple(point for point in self.points if point.gap)

    def of(self, milestone: str) -> tuple[MilestoneProgress | None, ...]:
        """Return where a milestone stood at every point; None where nobody can tell."""
        return tuple(point.milestones.get(milestone) for point in self.points)
