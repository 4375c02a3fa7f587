"""A service's manifest: its row of the plan, its evidence, and what people signed for it."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints

from gatekeeper.model.level import Level, LevelName
from gatekeeper.model.manifest import (
    Day,
    GateId,
    Manifest,
    MilestoneId,
    Moment,
    Name,
    Number,
    Words,
    short_form,
)
from gatekeeper.model.rulebook import Role

CAPABILITY_PREFIX = "capability:"
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Effect(StrEnum):
    """What a scope note does: it lets a gate ask for less, or makes it ask for more."""

    NARROWS = "narrows"
    DEMANDS = "demands"


class Scope(Manifest):
    """A note that the plan puts behind a gate.

    A narrowing ends at the first cell with a higher level; a demand stays and becomes the criterion
    `<gate>.scope`.
    """

    scope: Words
    """The note in the plan's own words."""
    effect: Effect = Effect.NARROWS
    only: tuple[Words, ...] | None = None
    """The criteria that are asked; the gate's others are not."""
    paths: tuple[Words, ...] | None = None
    """What of an OpenAPI description is read."""
    subjects: tuple[Words, ...] | None = None
    """Which event subjects are read."""
    aggregates: tuple[Words, ...] | None = None
    """Which aggregates are read."""

    @property
    def narrows_reading(self) -> bool:
        """Whether less of an artefact is read, rather than fewer questions asked."""
        return bool(self.paths or self.subjects or self.aggregates)


class Capability(Manifest):
    """A named deliverable of a plan cell, in the plan's own words."""

    capability: Words
    """What is to be delivered."""
    optional: StrictBool = False
    """Listed, and never blocks."""

    @property
    def id(self) -> str:
        """`capability:` and the words as a slug."""
        return CAPABILITY_PREFIX + slug(self.capability)


def slug(words: str) -> str:
    """Return words in lower case, letters and digits of any script joined by single hyphens."""
    return re.sub(r"[^\w]+|_+", "-", words.casefold()).strip("-")


ScopeEntry = Annotated[
    Scope | None, BeforeValidator(short_form("scope"), json_schema_input_type=str | Scope | None)
]
CapabilityEntry = Annotated[
    Capability, BeforeValidator(short_form("capability"), json_schema_input_type=str | Capability)
]


class PlanCell(Manifest):
    """What the plan asks of a service at one milestone."""

    level: LevelName
    """The target level."""
    gates: dict[GateId, ScopeEntry] | None = None
    """Absent: carried over from the last cell that listed any."""
    adds: tuple[CapabilityEntry, ...] = ()
    """The capabilities that are due from this milestone on."""


class Release(Manifest):
    """What is about to ship."""

    version: Words
    commit: Words | None = None
    """Evidence of another commit is stale where a criterion says `same_commit`."""


class EvidencePointer(Manifest):
    """Where a service keeps an artefact; the path may be a file, a folder or a glob."""

    path: Words
    """Relative to the service's folder."""
    collected_at: Moment | None = None
    """When it was made, where the artefact itself does not tell."""
    commit: Words | None = None
    """What it is evidence of."""
    sha256: Sha256 | None = None
    """Pins the very bytes; another file is unreadable."""


EvidenceEntry = Annotated[
    EvidencePointer, BeforeValidator(short_form("path"), json_schema_input_type=str | EvidencePointer)
]


class Attestation(Manifest):
    """A person's dated statement that a criterion holds."""

    by: Name
    """A person of the roster."""
    role: Role
    """The role in which it is given."""
    on: Day
    link: Words
    """Where anybody can look it up."""
    milestone: MilestoneId | None = None
    """For which milestone, where the criterion says `per_milestone`."""


class NotApplicable(Manifest):
    """A person's dated statement that a criterion cannot apply, and why."""

    reason: Words
    """Why it cannot apply."""
    by: Name
    role: Role
    """The one that the criterion names in `waivable_by`."""
    on: Day


class SignOff(Manifest):
    """One role's approval of a level upgrade."""

    by: Name
    """A person of the roster."""
    on: Day
    link: Words | None = None
    """Where it was decided."""
    rulebook: Digest | None = None
    """The rulebook that the level was signed under, as `sign` writes it."""


class Service(Manifest):
    """`services/<service>.yaml`."""

    service: Name
    """Its name, and that of the file."""
    owner: Words
    """The team that it belongs to."""
    about: Words | None = None
    """For readers."""
    level: LevelName = Level.L0
    """The level it claims to run at today: a claim, judged against signatures and evidence."""
    labels: tuple[Words, ...] = ()
    """Words that criteria and published lists may speak of."""
    release: Release | None = None
    """What is about to ship."""
    plan: dict[MilestoneId, PlanCell] = Field(min_length=1)
    """By milestone, what is asked."""
    targets: dict[Name, Number] = {}
    """Figures that criteria compare with, such as `p95_ms`."""
    evidence: dict[Name, EvidenceEntry] = {}
    """By slot, the artefact."""
    attestations: dict[str, Attestation] = {}
    """By criterion, a person's word."""
    not_applicable: dict[str, NotApplicable] = {}
    """By criterion that allows it, why it cannot apply."""
    sign_offs: dict[LevelName, dict[Role, SignOff]] = {}
    """By level and role, who signed."""
