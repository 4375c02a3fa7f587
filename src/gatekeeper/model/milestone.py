"""Milestones, their published exit summary, and the risk register."""

from typing import Self

from pydantic import Field, model_validator

from gatekeeper.model.level import LevelName
from gatekeeper.model.manifest import Day, Manifest, MilestoneId, Name, Words
from gatekeeper.model.service import Sha256


class Published(Manifest):
    """One entry of the document's published must-be-green list: a service, or all with a label."""

    service: Name | None = None
    label: Words | None = None
    """All services with this label."""
    level: LevelName
    """What the list asks for."""
    note: Words | None = None
    """What the list says in brackets behind the level."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.service is None) == (self.label is None):
            raise ValueError("name either a `service` or a `label`")
        return self


class Exited(Manifest):
    """That the milestone was exited, on whose word and on which report."""

    on: Day
    by: Name
    """On whose word."""
    report_sha256: Sha256 | None = None
    """Of the report that it was decided on."""


class Milestone(Manifest):
    """`milestones/<milestone>.yaml`."""

    milestone: MilestoneId
    """Its id, and the name of the file."""
    name: Words | None = None
    exit_date: Day | None = None
    """The forecast looks ahead to it."""
    must_be_green: tuple[Published, ...] = ()
    """What this milestone adds to the published list, which is cumulative."""
    exited: Exited | None = None
    """Once it has been; `check` goes on to the next."""


class RegisteredException(Manifest):
    """`milestones/risk-register/<id>.yaml`: a documented delta of an L4 target shipped at L3."""

    id: Name
    """The name of the file."""
    service: Name
    delta: tuple[Words, ...] = Field(min_length=1)
    """The exact criteria and capabilities that are still open."""
    risk: Words
    """What may go wrong meanwhile."""
    owner: Words
    """Who delivers what is open."""
    approved_by: Words
    """Who accepts the risk."""
    link: Words
    """Where anybody can look it up."""
    opened_in: MilestoneId
    """The milestone whose exit it covers."""
    opened_on: Day
    closed: Day | None = None
    """Once what it covers is delivered."""
