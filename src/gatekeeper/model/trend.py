"""The progress of milestones over time: one point per judged commit."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from gatekeeper.model.naming import titled
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict, Status


class RuleVersion(NamedTuple):
    """A criterion of the rulebook as it is, or its tightened version."""

    criterion: str
    is_tightened: bool = False


Statuses = Mapping[RuleVersion, Status]
"""The status of each criterion of the rulebook that applies to a service."""


class Tally(NamedTuple):
    """The counts of one service at a milestone, and its verdict; each criterion counts once."""

    verdict: ServiceVerdict
    due: int
    """Criteria that apply and bind."""
    green: int
    """Criteria that pass, without excepted ones."""
    excepted: int
    statuses: Statuses = MappingProxyType({})

    @property
    def met(self) -> int:
        """Criteria that pass; what an exception covers is not met."""
        return self.green


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
    tallies: Mapping[str, Mapping[str, Tally]] = MappingProxyType({})
    """By milestone and service."""
    rules: Mapping[RuleVersion, str] = MappingProxyType({})
    """The digest of everything by which the rulebook decides each criterion."""


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

    def of_service(self, names: Sequence[str], milestone: str) -> tuple[tuple[date, Tally], ...]:
        """Return the days on which a service was judged at a milestone, and its counts.

        Args:
            names: The name of the service, and those that it had before.
            milestone: The id of the milestone.
        """
        at = ((point.as_of, point.tallies.get(milestone, {})) for point in self.points)
        found = ((day, next((of[name] for name in names if name in of), None)) for day, of in at)
        return tuple((day, tally) for day, tally in found if tally)


class Pattern(StrEnum):
    """Why a criterion deserves a review."""

    NEVER_FAILED = "never_failed"
    NEVER_PASSED = "never_passed"
    FLAPS = "flaps"


class Changes(NamedTuple):
    """The changes between pass and not pass for one service at one milestone."""

    service: str
    milestone: str
    falls: int
    """From pass to not pass."""
    returns: int
    """Back to pass after that."""
    last: Point
    """The point of the last change."""

    @property
    def flaps(self) -> bool:
        """Whether it came back to pass at least twice."""
        return self.returns > 1


class CriterionHistory(NamedTuple):
    """The answers to a criterion since its rule last changed."""

    version: RuleVersion
    since: Point
    """The first point at which the rule is the same as at the newest."""
    commits: int
    """The number of points at which it is asked."""
    services: tuple[str, ...]
    milestone: str
    """The first milestone that asks it at the newest point."""
    answers: Mapping[Status, int]
    """The number of answers by status: one for each point, milestone and service."""
    changes: tuple[Changes, ...]
    """One for each service that fell, the most returns first."""

    @property
    def pattern(self) -> Pattern | None:
        """Why it deserves a review; None if it does not."""
        if set(self.answers) == {Status.PASS}:
            return Pattern.NEVER_FAILED
        if Status.PASS not in self.answers:
            return Pattern.NEVER_PASSED
        return Pattern.FLAPS if any(of.flaps for of in self.changes) else None


class Review(NamedTuple):
    """The criteria that the newest judged commit asks, in the order of its rulebook."""

    criteria: tuple[CriterionHistory, ...]
    not_asked: tuple[str, ...]
    """The criteria that it asks of no service."""
