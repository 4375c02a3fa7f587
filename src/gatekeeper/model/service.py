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
    effect: Effect = Effect.NARROWS
    only: tuple[Words, ...] | None = None
    """The criteria that are asked; the gate's others are not."""
    paths: tuple[Words, ...] | None = None
    subjects: tuple[Words, ...] | None = None
    aggregates: tuple[Words, ...] | None = None

    @property
    def narrows_reading(self) -> bool:
        """Whether less of an artefact is read, rather than fewer questions asked."""
        return bool(self.paths or self.subjects or self.aggregates)


class Capability(Manifest):
    """A named deliverable of a plan cell, in the plan's own words."""

    capability: Words
    optional: StrictBool = False

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
    gates: dict[GateId, ScopeEntry] | None = None
    """Absent: carried over from the last cell that listed any."""
    adds: tuple[CapabilityEntry, ...] = ()


class Release(Manifest):
    """What is about to ship."""

    version: Words
    commit: Words | None = None


class EvidencePointer(Manifest):
    """Where a service keeps an artefact; the path may be a file, a folder or a glob."""

    path: Words
    collected_at: Moment | None = None
    commit: Words | None = None
    sha256: Sha256 | None = None


EvidenceEntry = Annotated[
    EvidencePointer, BeforeValidator(short_form("path"), json_schema_input_type=str | EvidencePointer)
]


class Attestation(Manifest):
    """A person's dated statement that a criterion holds."""

    by: Name
    role: Role
    on: Day
    link: Words
    milestone: MilestoneId | None = None


class NotApplicable(Manifest):
    """A person's dated statement that a criterion cannot apply, and why."""

    reason: Words
    by: Name
    role: Role
    on: Day


class SignOff(Manifest):
    """One role's approval of a level upgrade."""

    by: Name
    on: Day
    link: Words | None = None
    rulebook: Digest | None = None
    """The rulebook that the level was signed under, as `sign` writes it."""


class Service(Manifest):
    """`services/<service>.yaml`."""

    service: Name
    owner: Words
    about: Words | None = None
    level: LevelName = Level.L0
    """The level it claims to run at today: a claim, judged against signatures and evidence."""
    labels: tuple[Words, ...] = ()
    release: Release | None = None
    plan: dict[MilestoneId, PlanCell] = Field(min_length=1)
    targets: dict[Name, Number] = {}
    evidence: dict[Name, EvidenceEntry] = {}
    attestations: dict[str, Attestation] = {}
    not_applicable: dict[str, NotApplicable] = {}
    sign_offs: dict[LevelName, dict[Role, SignOff]] = {}
