"""The rulebook in its written form: gates, levels, criteria, slots and governance."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from gatekeeper.model.level import Level, LevelName
from gatekeeper.model.manifest import Day, Days, GateId, Manifest, Name, Words, short_form
from gatekeeper.model.status import Effort

CriterionId = Annotated[str, StringConstraints(pattern=r"^[GL]\d\d?\.[a-z0-9][a-z0-9-]*$")]
FactPath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$")]
"""`slot.field`, or `slot.field.key` into a mapping."""
Role = Name


class Destination(StrEnum):
    """Where a service may be deployed."""

    INTERNAL = "internal"
    STAGING = "staging"
    PRODUCTION = "production"


class Slot(Manifest):
    """A named artefact that the rulebook needs; other keys are options of the kind."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    kind: Words
    """The kind of evidence."""
    about: Words | None = None
    """For readers."""

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
    """Each phrase occurs in some name."""


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
    up_to: LevelName = Level.L4
    """Above this level the criterion always applies."""


class Criterion(Manifest):
    """One true/false question with a stable id, and how it is decided.

    It is decided by `requires` (facts), by `attested_by` (an attestation alone), or by `same_as` (like
    another criterion).
    """

    id: CriterionId
    """A stable id; never changed once in use."""
    question: Words
    """A question with a true or false answer."""
    why: Words
    requires: dict[FactPath, Requirement] = {}
    """What must hold, by fact."""
    attested_by: Role | None = None
    """The role whose attestation alone decides it."""
    or_attested_by: Role | None = None
    """The role whose attestation may replace a missing artefact."""
    same_as: CriterionId | None = None
    """Another criterion that asks the same; both count once."""
    covers_capabilities: StrictBool = False
    """Also requires all capabilities up to the first plan cell of this criterion's level."""
    from_: LevelName | None = Field(default=None, alias="from")
    """The lowest level at which it applies."""
    only_at: LevelName | None = None
    """Applies only to a service whose target and signed level are not above this level."""
    applies_when: AppliesWhen | None = None
    """The services to which it applies."""
    subjects: Annotated[
        Subjects | None, BeforeValidator(short_form("fact"), json_schema_input_type=str | Subjects | None)
    ] = None
    """What it counts; without any, it does not apply."""
    max_age_days: Days | None = None
    """Older evidence is stale."""
    same_commit: StrictBool = False
    """Evidence of another commit than the release is stale."""
    per_milestone: StrictBool = False
    """Needs new evidence or a new attestation for each milestone."""
    waivable_by: Role | None = None
    """The role that may declare it not applicable."""
    remedy: Words
    """What to do, in the imperative."""
    effort: Effort
    """How much work it usually is."""

    @model_validator(mode="after")
    def _decided_in_one_way(self) -> Self:
        ways = [bool(self.requires), self.attested_by is not None, self.same_as is not None]
        if sum(ways) != 1:
            raise ValueError(
                f"{self.id} must be decided in one way: by `requires`, by `attested_by`, or by `same_as`"
            )
        if self.or_attested_by and not self.requires:
            raise ValueError(
                f"{self.id} has no artefact that an attestation could replace: write `attested_by`"
            )
        return self


class Gate(Manifest):
    """One gate (sections 2 and 4 of a readiness document)."""

    gate: GateId
    name: Words
    definition: Words
    artefact: Words
    """The artefact that shows it."""
    role: Role
    """The role that may attest a demand of the plan on this gate."""
    slots: dict[Name, Slot] = {}
    """The artefacts that it needs; slot names are unique in the whole rulebook."""
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class LevelDefinition(Manifest):
    """One level: who may use a service at it, and what it requires."""

    level: LevelName
    name: Words
    meaning: Words
    audience: Words
    """Who may use a service at it."""
    ships_to: tuple[Destination, ...] = ()
    """Where a service at this level may be deployed."""
    criteria: tuple[Criterion, ...] = ()
    """Criteria besides those of the gates."""


class Levels(Manifest):
    """`levels.yaml`."""

    slots: dict[Name, Slot] = {}
    levels: tuple[LevelDefinition, ...]
    """L0 to L4, each once and in order."""

    @model_validator(mode="after")
    def _all_in_order(self) -> Self:
        if [definition.level for definition in self.levels] != list(Level):
            raise ValueError("levels must be L0, L1, L2, L3, L4, each once and in this order")
        return self


class Person(Manifest):
    """A person on the roster; `teams` are the owner teams for which they sign."""

    roles: tuple[Role, ...] = ()
    teams: tuple[Words, ...] = ()


class WeakeningSignOff(Manifest):
    """A person's approval of one weakening, by the id that `diff` shows.

    The id contains the values before and after, so that an approval covers exactly one weakening.
    """

    what: Words
    """The id that `diff` shows."""
    by: Name
    on: Day
    link: Words


class Governance(Manifest):
    """`governance.yaml`: who may sign and attest (section 6 of a readiness document)."""

    policy: dict[Name, Words] = {}
    """Rules for people, which are not judged."""
    roles: dict[Role, Words]
    """The responsibility of each role."""
    upgrade_sign_offs: tuple[Role, ...]
    """The roles that must sign a level, each a different person."""
    weakening_sign_off: Role | None = None
    """The role that may approve weakenings; without it nobody may."""
    weakenings: tuple[WeakeningSignOff, ...] = ()
    """Approved weakenings; an entry counts only in the change that adds it."""
    roster: dict[Name, Person] = {}
    """The people who may sign and attest, by name."""
