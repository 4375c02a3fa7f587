"""The rulebook as users write it: gates, levels, criteria, slots and governance."""

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
    """Where a service of a level may be deployed."""

    INTERNAL = "internal"
    STAGING = "staging"
    PRODUCTION = "production"


class Slot(Manifest):
    """A name that the rulebook gives to an artefact it needs; other keys are the kind's options."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    kind: Words
    """The kind of evidence; its options stand beside it."""
    about: Words | None = None
    """For readers."""

    @property
    def options(self) -> dict[str, Any]:
        """What the collector of this kind is told, `include` for instance."""
        return self.model_extra or {}


class Requirement(Manifest):
    """Operators on one fact; all that are given must hold. The set is closed on purpose."""

    equals: Any = None
    """The value is this."""
    one_of: Any = None
    """The value is one of these."""
    at_least: Any = None
    """The number is this or more."""
    at_most: Any = None
    """The number is this or less."""
    empty: StrictBool | None = None
    """There is none of it; with `false`, there is some."""
    includes: Any = None
    """All of these are among the names."""
    within: Any = None
    """The names are a subset of these."""
    mentions: Any = None
    """Each phrase occurs in some name."""


class AppliesWhen(Manifest):
    """Conditions on a service; all that are given must hold."""

    gate: GateId | None = None
    """The plan lists this gate."""
    any_gate: tuple[GateId, ...] | None = None
    """It lists one of these."""
    label: Words | None = None
    """The service has this label."""
    except_services: tuple[Name, ...] | None = None
    """It is none of these."""


class Subjects(Manifest):
    """What a criterion counts; where there is none of it, the criterion does not apply."""

    fact: FactPath
    """The fact that counts them."""
    up_to: LevelName = Level.L4
    """Above this level there must be some."""


class Criterion(Manifest):
    """One true/false question with a stable id, and how it is decided.

    Decided by `requires` (facts), by `attested_by` (a person's word alone), or, where `same_as` names a
    twin, as the twin is.
    """

    id: CriterionId
    """Never changed once it is in use."""
    question: Words
    """With a true or a false answer."""
    why: Words
    requires: dict[FactPath, Requirement] = {}
    """By fact, what must hold."""
    attested_by: Role | None = None
    """The role whose word alone decides it."""
    or_attested_by: Role | None = None
    """The role whose word may stand in for a missing artefact."""
    same_as: CriterionId | None = None
    """Another criterion that asks the same; it counts once."""
    covers_capabilities: StrictBool = False
    """All capabilities up to the first cell of this criterion's level must be met as well."""
    from_: LevelName | None = Field(default=None, alias="from")
    """Asked from this level on."""
    only_at: LevelName | None = None
    """Asked only of a service that targets, and is signed off for, no more than this level."""
    applies_when: AppliesWhen | None = None
    """Of which services it is asked."""
    subjects: Annotated[
        Subjects | None, BeforeValidator(short_form("fact"), json_schema_input_type=str | Subjects | None)
    ] = None
    """What it counts; without any it does not apply."""
    max_age_days: Days | None = None
    """Older evidence is stale."""
    same_commit: StrictBool = False
    """Evidence of another commit than the release's is stale."""
    per_milestone: StrictBool = False
    """To be shown anew for each milestone."""
    waivable_by: Role | None = None
    """The role that may declare it not applicable."""
    remedy: Words
    """What to do, in the imperative."""
    effort: Effort
    """How much work that usually is."""

    @model_validator(mode="after")
    def _decided_in_one_way(self) -> Self:
        ways = [bool(self.requires), self.attested_by is not None, self.same_as is not None]
        if sum(ways) != 1:
            raise ValueError(
                f"{self.id} must be decided in one way: by `requires`, by `attested_by`, or by `same_as`"
            )
        if self.or_attested_by and not self.requires:
            raise ValueError(f"{self.id} has no artefact to stand in for: write `attested_by`")
        return self


class Gate(Manifest):
    """One canonical gate; the document's sections 2 and 4."""

    gate: GateId
    name: Words
    definition: Words
    artefact: Words
    """The test artefact that the document names."""
    role: Role
    """Who may attest that a demand of the plan on this gate is met."""
    slots: dict[Name, Slot] = {}
    """Names for the artefacts that it needs; one namespace for the whole rulebook."""
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class LevelDefinition(Manifest):
    """One level: who may use a service at it, and what it demands."""

    level: LevelName
    name: Words
    meaning: Words
    audience: Words
    """Who may use a service at it."""
    ships_to: tuple[Destination, ...] = ()
    """Where it may be deployed."""
    criteria: tuple[Criterion, ...] = ()
    """What it asks beside the gates."""


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
    """Someone on the roster; `teams` are the owner teams they sign for."""

    roles: tuple[Role, ...] = ()
    teams: tuple[Words, ...] = ()


class WeakeningSignOff(Manifest):
    """Someone's approval of one weakening, in the words by which `diff` names it.

    The name holds what it was and what it becomes, so that no approval covers another weakening.
    """

    what: Words
    """As `diff` writes it."""
    by: Name
    on: Day
    link: Words


class Governance(Manifest):
    """`governance.yaml`: who may sign and attest; the document's section 6."""

    policy: dict[Name, Words] = {}
    """Rules for people, which nothing here judges."""
    roles: dict[Role, Words]
    """By role, what it looks after."""
    upgrade_sign_offs: tuple[Role, ...]
    """Who must sign a level, each another person."""
    weakening_sign_off: Role | None = None
    """Who may approve that a change weakens rules or plan; nobody may where this is not named."""
    weakenings: tuple[WeakeningSignOff, ...] = ()
    """What was approved; an entry counts in the change that brings it, and never again."""
    roster: dict[Name, Person] = {}
    """By name, who may sign and attest."""
