"""Milestones, their published exit summary, and the risk register."""

from typing import Self

from pydantic import Field, model_validator

from gatekeeper.model.manifest import Day, LevelId, Manifest, MilestoneId, Name, Words
from gatekeeper.model.naming import labelled, titled
from gatekeeper.model.service import Sha256


class Published(Manifest):
    """One entry of the published must-be-green list: a service, or all with a label."""

    service: Name | None = None
    label: Words | None = None
    """All services with this label."""
    level: LevelId
    """The level that the list asks for."""
    note: Words | None = None
    """The note in brackets after the level."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.service is None) == (self.label is None):
            raise ValueError("name either a `service` or a `label`")
        return self


class Exited(Manifest):
    """A record that the milestone was exited: when, by whom and on which report."""

    on: Day
    by: Name
    """Who decided it."""
    report_sha256: Sha256 | None = None
    """The digest of the report behind the decision."""


class Milestone(Manifest):
    """`milestones/<milestone>.yaml`."""

    milestone: MilestoneId
    """Its id and file name."""
    name: Words | None = None
    exit_date: Day | None = None
    """The last day of the forecast."""
    must_be_green: tuple[Published, ...] = ()
    """The entries that this milestone adds to the cumulative published list."""
    exited: Exited | None = None
    """Set once the milestone was exited; `check` then goes on to the next."""

    @property
    def title(self) -> str:
        """Its id and name in a heading: `2026Q4 Pilot customers`."""
        return titled(self.milestone, self.name)

    @property
    def label(self) -> str:
        """Its id and name in a sentence: `2026Q4 (Pilot customers)`."""
        return labelled(self.milestone, self.name)


class RegisteredException(Manifest):
    """`milestones/risk-register/<id>.yaml`: the open criteria of a service that ships below its target."""

    id: Name
    """Its id and file name."""
    service: Name
    delta: tuple[Words, ...] = Field(min_length=1)
    """The open criteria and capabilities that it covers."""
    risk: Words
    """What may go wrong in the meantime."""
    owner: Words
    """Who delivers what is open."""
    approved_by: Words
    """Who accepts the risk."""
    link: Words
    """A link to the decision."""
    opened_in: MilestoneId
    """The milestone whose exit it covers."""
    opened_on: Day
    closed: Day | None = None
    """Set once everything it covers is delivered."""
