"""Milestones, their published exit summary, and the risk register."""

from datetime import date
from typing import Annotated, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from gatekeeper.model.manifest import Day, LevelId, Manifest, MilestoneId, Name, Signature, Words
from gatekeeper.model.naming import labelled, titled
from gatekeeper.model.rulebook import Digest
from gatekeeper.model.service import Sha256
from gatekeeper.model.status import MilestoneVerdict


class Published(Manifest):
    """One entry of the published must-be-green list: a service, or all with a label."""

    service: Name | None = None
    """The service that the list names."""
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


class ExitRecord(Manifest):
    """A record about the exit of a milestone, as `gatekeeper exit` writes it."""

    by: Name
    """Who decided it."""
    verdict: MilestoneVerdict | None = None
    """The verdict on that day."""
    rulebook: Digest | None = None
    """The digest of the rulebook behind the verdict."""
    evidence: Digest | None = None
    """The digest of the evidence behind the verdict."""
    report_sha256: Sha256 | None = None
    """The digest of a report behind the decision."""
    override: Words | None = None
    """Why the milestone exited although it was blocked; such an exit does not count as one."""
    withdrawn: Words | None = None
    """Why the milestone has not exited after all."""
    signature: Signature | None = None
    """The signature by a key of the person."""

    @property
    def counts(self) -> bool:
        """Whether the milestone has exited by this record."""
        return self.override is None and self.withdrawn is None


class DatedExit(ExitRecord):
    """The short form of a single record, which names its day."""

    on: Day
    """The day of the record."""


class Exited(NamedTuple):
    """The exit of a milestone, and its record."""

    on: date
    record: ExitRecord

    @property
    def by(self) -> str:
        """Who decided it."""
        return self.record.by

    @property
    def state(self) -> str:
        """What the record says: `exited`, `exited (overridden)` or `exit withdrawn`."""
        if self.record.override:
            return "exited (overridden)"
        return "exit withdrawn" if self.record.withdrawn else "exited"


def _by_day(written: object) -> object:
    """Return the records by day; a single record may name its day as `on`."""
    if isinstance(written, dict) and "on" in written:
        return {written["on"]: {key: value for key, value in written.items() if key != "on"}}
    return written


class Milestone(Manifest):
    """`milestones/<milestone>.yaml`."""

    milestone: MilestoneId
    """Its id and file name."""
    name: Words | None = None
    """Its name for people."""
    exit_date: Day | None = None
    """The last day of the forecast."""
    must_be_green: tuple[Published, ...] = ()
    """The entries that this milestone adds to the cumulative published list."""
    exits: Annotated[
        dict[Day, ExitRecord],
        BeforeValidator(_by_day, json_schema_input_type=dict[Day, ExitRecord] | DatedExit),
    ] = Field(default={}, alias="exited")
    """The records of its exit by day; the last one counts, and `check` then goes on to the next milestone."""

    def exited_by(self, day: date) -> Exited | None:
        """Return the exit as of a day; None if it was not recorded by then, was withdrawn or overridden."""
        last = self.last_record(day)
        return last if last and last.record.counts else None

    def last_record(self, day: date) -> Exited | None:
        """Return the last record up to a day, whether it counts as an exit or not."""
        on = max((on for on in self.exits if on <= day), default=None)
        return Exited(on, self.exits[on]) if on else None

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
    """The service that has the exception."""
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
    """The day on which it was approved."""
    closed: Day | None = None
    """Set once everything it covers is delivered."""
    signature: Signature | None = None
    """The signature by a key of the person who approved it."""
