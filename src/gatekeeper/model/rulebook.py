"""The rulebook in its written form: gates, levels, criteria, slots and governance."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from gatekeeper.model.evidence_rules import Accepted, EffectiveFrom, Floors
from gatekeeper.model.level import Scale
from gatekeeper.model.manifest import (
    ID,
    Day,
    Days,
    GateId,
    LevelId,
    Manifest,
    Name,
    Signature,
    Words,
    short_form,
)
from gatekeeper.model.naming import titled
from gatekeeper.model.status import Effort

CriterionId = Annotated[str, StringConstraints(pattern=rf"^{ID}\.[a-z0-9][a-z0-9-]*$")]
FactPath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$")]
"""`slot.field`, or `slot.field.key` into a mapping."""
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Role = Name
RECORDS = "ci"
"""The role of records of evidence in `signatures`."""
Destination = Name
"""Where a service may be deployed."""


class Citation(Manifest):
    """Words of the published document, verbatim: a sentence, an item of a list, a cell, or a clause of one.

    `validate` checks that numbers and names in it occur among the operands of its rule.
    """

    text: Words
    """The words, verbatim."""
    aside: tuple[Words, ...] = ()
    """Numbers and names of the text that are no operands, such as cross references."""


def _as_list(written: Any) -> Any:
    return [written] if isinstance(written, str | dict) else written


Cites = Annotated[
    tuple[
        Annotated[Citation, BeforeValidator(short_form("text"), json_schema_input_type=str | Citation)],
        ...,
    ],
    BeforeValidator(_as_list, json_schema_input_type=str | Citation | list[str | Citation]),
]
"""What a rule follows from: one citation, or a list of them."""


class Slot(Manifest):
    """A named artefact that the rulebook needs; other keys are options of the kind."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    kind: Words
    """The kind of evidence."""
    about: Words | None = None
    """For readers."""
    by: Literal["id"] | None = None
    """`id`: only tests that carry the id of the criterion count as passed."""
    parts: Annotated[int, Field(ge=1, strict=True)] | None = None
    """How many parts the evidence must have, such as the shards of a test run."""
    shared: StrictBool = False
    """Whether several services may be measured by one artefact."""
    accepts: tuple[Accepted, ...] = ()
    """The shortcomings that are accepted."""
    floors: Floors = {}
    """The least that the evidence must show, by fact."""

    @property
    def options(self) -> dict[str, Any]:
        """The options for the reader of this kind, such as `include`."""
        return self.model_extra or {}


class Requirement(Manifest):
    """Operators on one fact; all given ones must hold. The set is closed on purpose."""

    equals: Any = None
    """The value equals this."""
    one_of: Any = None
    """The value is one of these."""
    at_least: Any = None
    """The number is this or more."""
    at_most: Any = None
    """The number is this or less."""
    empty: StrictBool | None = None
    """The list or text is empty; with `false`, it is not."""
    includes: Any = None
    """All of these are among the names."""
    within: Any = None
    """The names are a subset of these."""
    mentions: Any = None
    """The words of each phrase occur in a row in some name that is not marked as to do."""


class AppliesWhen(Manifest):
    """Conditions on a service; all given ones must hold."""

    gate: GateId | None = None
    """The plan lists this gate."""
    any_gate: tuple[GateId, ...] | None = None
    """It lists one of these."""
    label: Words | None = None
    """The service has this label."""
    except_services: tuple[Name, ...] | None = None
    """The service is not one of these."""


class Subjects(Manifest):
    """What a criterion is about, counted by a fact; if the count is 0, the criterion does not apply."""

    fact: FactPath
    """The fact that counts them."""
    up_to: LevelId | None = None
    """Above this level the criterion always applies; by default it is the highest."""


class Dependencies(Manifest):
    """What a criterion asks of the services that a service depends on: a signed level each."""

    at_least: Literal["own_level"]
    """`own_level`: the level for which the criterion is asked; of a gate, the target."""


class Upcoming(Manifest):
    """A tightened version of a criterion, and when it replaces the present one."""

    effective: EffectiveFrom
    """The milestone or the date from which it decides."""
    requires: dict[FactPath, Requirement] = Field(min_length=1)
    """What must hold from then on, by fact, in place of `requires` of the criterion."""


class DecidableIn(Manifest):
    """The languages in which evidence can decide a criterion, and who attests it in any other."""

    languages: tuple[Words, ...] = Field(min_length=1)
    """Their names in the fact `languages` of the slots that it reads; upper or lower case."""
    else_attested_by: Role
    """The role that attests it where a source tree has a file in another language."""


class Criterion(Manifest):
    """One true/false question with a stable id, and how it is decided.

    It is decided by `requires` (facts), by `attested_by` (an attestation alone), by `dependencies` (the
    signed levels of other services), or by `same_as` (like another criterion).
    """

    id: CriterionId
    """A stable id; never changed once in use."""
    question: Words
    """A question with a true or false answer."""
    why: Words
    """Why it is asked: what goes wrong without it."""
    cites: Cites = ()
    """The words of the document that ask it."""
    requires: dict[FactPath, Requirement] = {}
    """What must hold, by fact."""
    attested_by: Role | None = None
    """The role whose attestation alone decides it."""
    or_attested_by: Role | None = None
    """The role whose attestation may replace a missing artefact."""
    decidable_in: DecidableIn | None = None
    """The languages in which `requires` can decide it; in any other, a role attests it."""
    dependencies: Dependencies | None = None
    """What it asks of the services under `depends_on`; it does not apply to a service without any."""
    same_as: CriterionId | None = None
    """Another criterion that asks the same; both count once."""
    covers_capabilities: StrictBool = False
    """Also requires all capabilities up to the first plan cell of this criterion's level."""
    from_: LevelId | None = Field(default=None, alias="from")
    """The lowest level at which it applies."""
    only_at: LevelId | None = None
    """Applies only to a service whose target and signed level are not above this level."""
    applies_when: AppliesWhen | None = None
    """The services to which it applies."""
    subjects: Annotated[
        Subjects | None, BeforeValidator(short_form("fact"), json_schema_input_type=str | Subjects | None)
    ] = None
    """What it counts; without any, it does not apply."""
    max_age_days: Days | None = None
    """Older evidence is stale; by default as `evidence.yaml` says for its kind."""
    same_commit: StrictBool | None = None
    """Evidence of another commit than the release is stale; by default as `evidence.yaml` says."""
    accepts: tuple[Accepted, ...] = ()
    """The shortcomings of its evidence that are accepted."""
    must_not_shrink: StrictBool = False
    """A change needs an approval if its evidence holds over a tenth less than before."""
    per_milestone: StrictBool = False
    """Needs new evidence or a new attestation for each milestone."""
    waivable_by: Role | None = None
    """The role that may declare it not applicable."""
    effective: EffectiveFrom | None = None
    """The milestone or the date from which it binds; until then it is shown, and blocks nothing."""
    advisory: StrictBool = False
    """Whether it never binds: it is shown, and blocks nothing."""
    upcoming: Upcoming | None = None
    """A tightened version of `requires`, which decides later."""
    limits: Words | None = None
    """What its evidence cannot show, for readers: where a pass does not make the question true."""
    remedy: Words
    """What to do, in the imperative."""
    effort: Effort
    """How much work it usually is."""

    @model_validator(mode="after")
    def _decided_in_one_way(self) -> Self:
        ways = (bool(self.requires), self.attested_by, self.dependencies, self.same_as)
        if sum(bool(way) for way in ways) != 1:
            names = "`requires`, `attested_by`, `dependencies` or `same_as`"
            raise ValueError(f"{self.id} must be decided in one way: by {names}")
        if self.or_attested_by and not self.requires:
            raise ValueError(
                f"{self.id} has no artefact that an attestation could replace: write `attested_by`"
            )
        return self


class Expectation(Manifest):
    """Plan cells that should list a gate; `audit` reports those that do not."""

    level: LevelId | None = None
    """Cells that target this level or a higher one."""
    capabilities: tuple[Words, ...] | None = None
    """Cells that add a capability with one of these words, respecting case."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.level is None) == (self.capabilities is None):
            raise ValueError("name either a `level` or words of `capabilities`")
        return self


class Gate(Manifest):
    """One gate (sections 2 and 4 of a readiness document)."""

    gate: GateId
    """Its id and file name."""
    name: Words
    """Its name for people."""
    definition: Words
    """What it means that the gate is passed."""
    artefact: Words
    """The artefact that shows it."""
    cites: Cites = ()
    """The words of the document that define it."""
    role: Role
    """The role that may attest a demand of the plan on this gate."""
    slots: dict[Name, Slot] = {}
    """The artefacts that it needs; slot names are unique in the whole rulebook."""
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    """Its questions."""
    expected_of: dict[Name, Expectation] = {}
    """What `audit` expects to have this gate, by a name for it."""

    @property
    def title(self) -> str:
        """Its id and name in a heading: `G2 API`."""
        return titled(self.gate, self.name)


class LevelDefinition(Manifest):
    """One level: who may use a service at it, and what it requires."""

    level: LevelId
    """Its id."""
    name: Words
    """Its name for people."""
    meaning: Words
    """What it means that a service has the level."""
    audience: Words
    """Who may use a service at it."""
    cites: Cites = ()
    """The words of the document that define it."""
    ships_to: tuple[Destination, ...] = ()
    """Where a service at this level may be deployed."""
    role: Role | None = None
    """The role that may attest what a reader does not understand; without it, nobody may."""
    criteria: tuple[Criterion, ...] = ()
    """Criteria besides those of the gates."""


class Levels(Manifest):
    """`levels.yaml`."""

    slots: dict[Name, Slot] = {}
    """The artefacts that criteria of levels need; slot names are unique in the whole rulebook."""
    levels: tuple[LevelDefinition, ...] = Field(min_length=2)
    """All levels in order; the first requires nothing."""

    @cached_property
    def scale(self) -> Scale:
        """The levels by id, lowest first."""
        return Scale.of((level.level, level.name) for level in self.levels)


class SigningKey(Manifest):
    """A public key, and when it may sign."""

    key: Words
    """As OpenSSH writes it: `ssh-ed25519 AAAA...`."""
    from_: Day | None = Field(default=None, alias="from")
    """The first day of statements that it may sign."""
    until: Day | None = None
    """The last day of statements that it may sign."""
    revoked: StrictBool = False
    """Whether no signature by it counts, whatever its date."""

    def objection(self, on: date) -> str | None:
        """Return why it may not sign a statement of a day, or None if it may."""
        if self.revoked:
            return "was revoked"
        if self.from_ and on < self.from_:
            return f"counts from {self.from_} on"
        if self.until and on > self.until:
            return f"counted until {self.until}"
        return None


Keys = tuple[
    Annotated[SigningKey, BeforeValidator(short_form("key"), json_schema_input_type=str | SigningKey)],
    ...,
]


class Person(Manifest):
    """A person on the roster; `teams` are the owner teams for which they sign."""

    roles: tuple[Role, ...] = ()
    """The roles in which the person signs and attests."""
    teams: tuple[Words, ...] = ()
    """The owner teams for which the person signs."""
    keys: Keys = ()
    """The keys with which they sign."""


class SigstoreIdentity(Manifest):
    """A workflow of a CI as its certificate names it, compared exactly."""

    issuer: Words
    """The provider of the identity: `https://token.actions.githubusercontent.com`, `https://gitlab.com`."""
    subject: Words
    """The workflow and its ref: `https://github.com/acme/shop/.github/workflows/ci.yml@refs/heads/main`."""


class Recorder(Manifest):
    """A pipeline that may sign records of evidence."""

    keys: Keys = ()
    """The keys with which it signs."""
    identity: SigstoreIdentity | None = None
    """The identity for which it has a certificate of Sigstore, instead of a key of its own."""
    services: tuple[Name, ...] = Field(min_length=1)
    """The services whose evidence it records."""
    repository: Words | None = None
    """The only repository whose evidence it records."""

    @model_validator(mode="after")
    def _can_sign(self) -> Self:
        if not self.keys and self.identity is None:
            raise ValueError("name its `keys`, or an `identity`")
        return self


class WeakeningSignOff(Manifest):
    """A person's approval of one weakening, by the id that `diff` shows.

    The id contains the values before and after, so that an approval covers exactly one weakening.
    """

    what: Words
    """The id that `diff` shows."""
    by: Name
    """A person of the roster."""
    on: Day
    """The day on which it was approved."""
    link: Words
    """A link to the decision."""
    signature: Signature | None = None
    """The signature by a key of the person."""


class RoleDefinition(Manifest):
    """A role in which people sign and attest."""

    about: Words
    """Its responsibility."""
    of_service: StrictBool = False
    """Whether only members of the team that owns a service hold it for that service."""


class ExceptionLevels(Manifest):
    """The terms of exceptions: a service whose target is one level may ship at another for a time."""

    excuse: LevelId
    """The target of a service that may have an exception."""
    ship_at: LevelId
    """The level at which it ships until then."""
    close_within: Annotated[int, Field(ge=1, strict=True)] = 1
    """The number of milestones within which an exception must be closed."""


class Policy(Manifest):
    """A rule of governance in words."""

    text: Words
    """The rule."""
    cites: Cites = ()
    """The words of the document that state it."""


class OwnedKey(NamedTuple):
    """A key of a person or of a pipeline, and where the governance lists it."""

    group: str
    """`roster` or `recorders`."""
    owner: str
    at: int
    """Its place among the keys of its owner."""
    key: SigningKey


class Governance(Manifest):
    """`governance.yaml`: who may sign and attest (section 6 of a readiness document)."""

    policy: dict[
        Name, Annotated[Policy, BeforeValidator(short_form("text"), json_schema_input_type=str | Policy)]
    ] = {}
    """Rules of governance in words, by a name."""
    prose: tuple[Words, ...] = ()
    """Headings and sentences of the document from which no single rule follows, verbatim."""
    roles: dict[
        Role,
        Annotated[
            RoleDefinition,
            BeforeValidator(short_form("about"), json_schema_input_type=str | RoleDefinition),
        ],
    ]
    """The roles, each with its responsibility."""
    upgrade_sign_offs: tuple[Role, ...]
    """The roles that must sign a level, each a different person; with none, the claimed level counts."""
    exceptions: ExceptionLevels | None = None
    """The terms of exceptions; by default the highest level, the one below it, and one milestone."""
    exit_role: Role | None = None
    """The role that records exits; without it anybody on the roster does."""
    break_glass: StrictBool = False
    """Whether an exit may be recorded although the milestone is blocked, with a reason."""
    weakening_sign_off: Role | None = None
    """The role that may approve weakenings; without it nobody may."""
    weakenings: tuple[WeakeningSignOff, ...] = ()
    """Approved weakenings; an entry counts only in the change that adds it."""
    roster: dict[Name, Person] = {}
    """The people who may sign and attest, by name."""
    signatures: dict[Role, Literal["optional", "required"]] = {}
    """Whether what is stated in a role must be signed; `ci` is the role of records of evidence."""
    recorders: dict[Name, Recorder] = {}
    """The pipelines that may sign records of evidence, by a name for each."""
    grandfathered: dict[Digest, LevelId] = {}
    """The unsigned statements that counted when signatures became required.

    By their digests, with the signed level of the service at that time: they count until a level above it is
    signed.
    """
    resign_on: dict[LevelId, tuple[Literal["evidence", "rulebook"], ...]] = {}
    """The levels whose sign-offs do not count once this has changed."""

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """The roster by case-folded names: people are compared ignoring case."""
        return {name.casefold(): person for name, person in self.roster.items()}

    def owned_keys(self) -> Iterator[OwnedKey]:
        """Yield every key with its owner: a person on the roster, or a recorder."""
        for group, owners in (("roster", self.roster), ("recorders", self.recorders)):
            for name, owner in owners.items():
                yield from (OwnedKey(group, name, at, key) for at, key in enumerate(owner.keys))

    @cached_property
    def keys_of_recorders(self) -> Mapping[str, Sequence[OwnedKey]]:
        """The keys of recorders by their texts without comments, which are those of valid keys."""
        found: dict[str, list[OwnedKey]] = {}
        for one in self.owned_keys():
            if one.group == "recorders":
                found.setdefault(" ".join(one.key.key.split()[:2]), []).append(one)
        return found

    def needs_signature(self, role: str | None) -> bool:
        """Return whether what is stated in a role must be signed; without a role, if any role must."""
        if role is None:
            return any(how == "required" for of, how in self.signatures.items() if of != RECORDS)
        return self.signatures.get(role) == "required"

    @property
    def deciding(self) -> "Governance":
        """The governance without texts for people and approvals, which affect no verdict."""
        return self.model_copy(update={"weakenings": (), "policy": {}, "prose": ()})

    @property
    def role_of_service(self) -> str | None:
        """The role that attests the capabilities of a service: the first of the team that owns it."""
        return next((name for name, role in self.roles.items() if role.of_service), None)
