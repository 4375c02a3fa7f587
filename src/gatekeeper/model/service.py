"""A service's manifest: its plan, its evidence, and the statements and sign-offs of people."""

import re
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints, model_validator

from gatekeeper.model.manifest import (
    Commit,
    Day,
    GateId,
    LevelId,
    Manifest,
    MilestoneId,
    Moment,
    Name,
    Number,
    Signature,
    Words,
    short_form,
)
from gatekeeper.model.rulebook import Digest, Role

LONGEST_DOUBT = timedelta(days=90)
"""How long an attestation of something that a reader does not understand counts at most."""
CAPABILITY_PREFIX = "capability:"
UNMAPPED = "none"
"""Instead of a path: the slot is not mapped, although a profile or the workspace would map it."""
SelectBy = Literal["suite", "file", "tag", "name"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def relative(path: str) -> str:
    """Return a path that is relative; raise `ValueError` if it is not."""
    if re.match(r"/|\\|[A-Za-z]:", path):
        raise ValueError(f"{path!r} is not a relative path; a path starts in a folder of the repository")
    return path


class Effect(StrEnum):
    """The effect of a scope note: its gate asks for less, or for more."""

    NARROWS = "narrows"
    DEMANDS = "demands"


class Scope(Manifest):
    """A note on a gate in the plan.

    A narrowing ends at the first cell with a higher level; a demand stays and becomes the criterion
    `<gate>.scope`.
    """

    scope: Words
    """The text of the note."""
    effect: Effect = Effect.NARROWS
    """`narrows`: the gate asks for less; `demands`: it asks for more."""
    only: tuple[Words, ...] | None = None
    """The criteria that apply; the other criteria of the gate do not."""
    paths: tuple[Words, ...] | None = None
    """The paths of an OpenAPI description that are read."""
    subjects: tuple[Words, ...] | None = None
    """The event subjects that are read."""
    aggregates: tuple[Words, ...] | None = None
    """The aggregates that are read."""

    @property
    def narrows_reading(self) -> bool:
        """Whether less of an artefact is read."""
        return bool(self.paths or self.subjects or self.aggregates)


class Capability(Manifest):
    """A named deliverable of a plan cell."""

    capability: Words
    """What is delivered, in the words of the plan."""
    optional: StrictBool = False
    """Whether it is only listed and never blocks."""

    @property
    def id(self) -> str:
        """`capability:` and the text as a slug."""
        return CAPABILITY_PREFIX + slug(self.capability)


@lru_cache(maxsize=4096)
def slug(words: str) -> str:
    """Return text in lower case with its letters and digits of any script, joined by single hyphens."""
    return re.sub(r"[^\w]+|_+", "-", words.casefold()).strip("-")


ScopeEntry = Annotated[
    Scope | None, BeforeValidator(short_form("scope"), json_schema_input_type=str | Scope | None)
]
CapabilityEntry = Annotated[
    Capability, BeforeValidator(short_form("capability"), json_schema_input_type=str | Capability)
]


class PlanCell(Manifest):
    """What the plan asks of a service at one milestone."""

    level: LevelId
    """The target level."""
    gates: dict[GateId, ScopeEntry] | None = None
    """The gates with their scopes; if absent, those of the last cell that listed any."""
    adds: tuple[CapabilityEntry, ...] = ()
    """The capabilities that are due from this milestone on."""


class Release(Manifest):
    """What is about to ship."""

    version: Words
    """The version, as the team names it."""
    commit: Commit | None = None
    """With `same_commit` in a criterion, evidence of another commit is stale."""


class EvidencePointer(Manifest):
    """The location of an artefact: a file, a folder or a glob."""

    path: Words
    """Relative to the service's folder. `none` maps nothing, also if the service's profile does."""
    collected_at: Moment | None = None
    """When it was made, if the artefact itself does not say."""
    commit: Commit | None = None
    """The commit that it was made from."""
    sha256: Sha256 | None = None
    """The expected digest; a file with another digest is unreadable."""
    select: Annotated[dict[SelectBy, Words | tuple[Words, ...]] | None, Field(min_length=1)] = None
    """Of a report of tests: the tests that count as passed, by globs that all must match."""
    whole: StrictBool = False
    """Whether a report of tests is of this slot alone, so that its tests need not carry an id."""
    parts: Annotated[int, Field(ge=1, strict=True)] | None = None
    """How many parts it must have, such as the shards of a test run."""

    @model_validator(mode="after")
    def _selects_or_is_whole(self) -> Self:
        if self.select and self.whole:
            raise ValueError("`whole` says that all tests count, and `select` names those that do: keep one")
        if self.unmaps and self.model_fields_set != {"path"}:
            raise ValueError("the path `none` maps nothing: write `./none` for a file of that name")
        return self

    @property
    def unmaps(self) -> bool:
        """Whether it says that the slot is not mapped."""
        return self.path == UNMAPPED


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
    """The day on which it was made."""
    link: Words
    """A link to the decision."""
    milestone: MilestoneId | None = None
    """The milestone, if the criterion says `per_milestone`."""
    until: Day | None = None
    """The last day on which it counts."""
    obligations: Digest | None = None
    """The digest of what the criterion asked when it was attested, as `attest --key` writes it."""
    signature: Signature | None = None
    """The signature by a key of the person."""

    @property
    def ends_soon(self) -> bool:
        """Whether it may be about something that a reader does not understand."""
        return self.until is not None and self.until - self.on <= LONGEST_DOUBT


class NotApplicable(Manifest):
    """A person's dated statement that a criterion cannot apply, and why."""

    reason: Words
    """Why it cannot apply."""
    by: Name
    """A person of the roster."""
    role: Role
    """The role that the criterion names in `waivable_by`."""
    on: Day
    """The day on which it was made."""
    until: Day | None = None
    """The last day on which it counts."""
    signature: Signature | None = None
    """The signature by a key of the person."""


class SignOff(Manifest):
    """One role's approval of a level upgrade."""

    by: Name
    """A person of the roster."""
    on: Day
    """The day on which it was given."""
    link: Words | None = None
    """A link to the decision."""
    obligations: Digest | None = None
    """The digest of what the level and those below it asked when it was signed, as `sign` writes it."""
    evidence: dict[Name, Sha256] | None = None
    """The digest of each artefact behind the level when it was signed, as `sign --key` writes them."""
    signature: Signature | None = None
    """The signature by a key of the person."""


class Withdrawn(Manifest):
    """A signed statement that was withdrawn: it never counts again, also if somebody writes it back."""

    digest: Digest
    """The digest of the statement."""
    by: Name
    """Who withdrew it."""
    on: Day
    """The day on which it was withdrawn."""


class Identity(Manifest):
    """What machines call a service; its own name counts without being stated."""

    names: tuple[Words, ...] = ()
    """Names of the service in traces, objectives and contracts."""
    repository: Words | None = None
    """Its repository; by default as `repository` of `gatekeeper.yaml` derives it."""
    images: tuple[Words, ...] = ()
    """Its container images, without a tag."""
    formerly: tuple[Name, ...] = ()
    """The names that it had before, as `rename` writes them; all that is signed about it names the first."""


class ServiceFolders(NamedTuple):
    """The folders of a service, on disk."""

    records: str
    artefacts: str
    """What the paths of its mappings are relative to."""


class Service(Manifest):
    """`services/<service>.yaml`."""

    service: Name
    """Its name and file name."""
    owner: Words
    """The team that it belongs to."""
    about: Words | None = None
    """For readers."""
    level: LevelId | None = None
    """The level it claims, by default the lowest; it is compared with sign-offs and evidence."""
    profile: Name | None = None
    """The profile of `gatekeeper.yaml` whose mappings, targets and labels it has unless it states its own."""
    folder: Annotated[Words, AfterValidator(relative)] | None = None
    """The folder of its artefacts, relative to the workspace; by default the one beside this file."""
    labels: tuple[Words, ...] = ()
    """Labels that criteria and published lists can refer to."""
    identity: Identity = Identity.model_construct()
    """What machines call it; evidence about something else proves nothing."""
    depends_on: tuple[Name, ...] = ()
    """The services of the workspace that it needs at run time."""
    release: Release | None = None
    """What is about to ship."""
    plan: dict[MilestoneId, PlanCell] = Field(min_length=1)
    """The plan cells by milestone."""
    targets: dict[Name, Number] = {}
    """Numbers that criteria compare with, such as `p95_ms`."""
    evidence: dict[Name, EvidenceEntry] = {}
    """The artefacts by slot; `none` instead of a path maps none, also if the profile does."""
    attestations: dict[str, Attestation] = {}
    """The attestations by criterion."""
    not_applicable: dict[str, NotApplicable] = {}
    """The criteria declared not applicable."""
    sign_offs: dict[LevelId, dict[Role, SignOff]] = {}
    """The sign-offs by level and role."""
    withdrawn: tuple[Withdrawn, ...] = ()
    """The signed statements that were withdrawn."""

    @property
    def signed_as(self) -> str:
        """The first name that it had, which all that is signed names: a rename ends no signature."""
        return next(iter(self.identity.formerly), self.service)
