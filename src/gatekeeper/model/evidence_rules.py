"""The guards in their written form: what evidence must show besides its facts, `evidence.yaml`."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator

from gatekeeper.model.manifest import Days, Manifest, Name, Words

EffectiveFrom = Words
"""The id of a milestone, or a date: `2026-12-01`."""
Accepted = Literal["partial", "cached"]
"""A shortcoming of evidence that is accepted: it is not the whole, or it is older than its commit."""


class Timed(Manifest):
    """A guard that may bind later, and may be the team's own policy."""

    effective: EffectiveFrom | None = None
    """The milestone or the date from which it binds."""
    source: Literal["policy"] | None = None
    """`policy`: the number is the team's own, not that of the document."""


class Freshness(Timed):
    """How fresh the measurements of a kind must be; what a criterion says itself decides instead."""

    max_age_days: Days | None = None
    """Older evidence is stale."""
    same_commit: StrictBool = False
    """Evidence of another commit than the release is stale, if the release states one."""

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.max_age_days is None and not self.same_commit:
            raise ValueError("it asks for nothing: write `max_age_days` or `same_commit: true`")
        return self


class AttestationValidity(Timed):
    """How long an attestation counts; `max_age_days` or `per_milestone` of a criterion decides instead."""

    valid_days: Days
    """How many days an attestation counts."""


class DistinctSlots(Timed):
    """Slots that measure different things: within a service, none has the same content as another."""

    slots: Annotated[tuple[Name, ...], Field(min_length=2)]
    """The slots, at least two."""


class FloorEntry(Timed):
    """The least of a fact that evidence must show before it proves anything."""

    at_least: float | int | None = None
    """The number is this or more; of a list, its length is."""
    at_most: float | int | None = None
    """The number is this or less; of a list, its length is."""

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("write either `at_least` or `at_most`, and a number")
        return self


Floors = dict[Name, FloorEntry]
"""Floors by fact."""


class EvidenceRules(Manifest):
    """`evidence.yaml`: what evidence must show besides its facts."""

    freshness: dict[Name, Freshness] = {}
    """How fresh measurements must be, by kind of evidence."""
    attestations: AttestationValidity | None = None
    """How long attestations count."""
    distinct: tuple[DistinctSlots, ...] = ()
    """The slots that must differ."""
    floors: dict[Name, Floors] = {}
    """The least that evidence must show, by kind of evidence."""
    source: Literal["policy"] | None = None
    """`policy`: all these numbers are the team's own, not those of the document."""
