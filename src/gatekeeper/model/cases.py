"""Cases of a rulebook as they are written: what is given, and what is expected."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, Field, StrictBool

from gatekeeper.model.manifest import Day, GateId, LevelId, Manifest, MilestoneId, Name, Words, short_form
from gatekeeper.model.status import ServiceVerdict

Snippet = dict[str, Any]
"""A part of another manifest; what is `null` in it removes what an earlier layer says."""


class CollectedAs(Manifest):
    """When, of which commit and by whom the evidence of a slot was collected."""

    age_days: Annotated[int, Field(ge=0, strict=True)] | None = None
    """How many days before `as_of`; without it, evidence is undated."""
    commit: Words | None = None
    basis: Literal["evidence", "record"] | None = None
    """An artefact, or a record of it; by default an artefact."""


class FurtherService(Manifest):
    """Another service of the same milestone; it starts from what the file gives, not from the case."""

    facts: dict[Name, Snippet | None] = {}
    collected: dict[Name, CollectedAs | None] = {}
    service: Snippet = {}


class Given(Manifest):
    """The world of a case. Layers of it are merged: the base, the file, the case."""

    as_of: Day | None = None
    """The day of the verdict; by default 2026-01-31."""
    milestone: MilestoneId | None = None
    """The milestone that is judged; by default the first of the roadmap."""
    level: LevelId | None = None
    """The target of the plan's cell; by default the highest level."""
    gates: tuple[GateId, ...] | None = None
    """The gates of the plan's cell; by default all."""
    facts: dict[Name, Snippet | None] = {}
    """The facts by slot, as its reader returns them; a fact that is not named is null."""
    collected: dict[Name, CollectedAs | None] = {}
    """How the evidence was collected, by slot."""
    service: Snippet = {}
    """Fields of the service's manifest; `plan` replaces the plan as a whole."""
    services: dict[Name, FurtherService | None] = {}
    """Further services by name."""
    governance: Snippet = {}
    """A patch of the governance; by default each role is held by one person with the name of the role."""
    milestones: dict[MilestoneId, Snippet | None] = {}
    """Fields of milestones; by default a milestone has nothing but its id."""
    exceptions: dict[Name, Snippet | None] = {}
    """Entries of the risk register by id."""


CriterionAnswer = Literal[
    "pass", "fail", "missing", "stale", "unreadable", "not_applicable", "excepted", "not_asked"
]
"""The statuses of a criterion, and that it is not asked."""
GateAnswer = Literal["green", "amber", "red", "not_applicable", "not_asked"]


class Expected(Manifest):
    """What is expected of a service, whatever the case is about. Only what is named is compared."""

    reason: Words | None = None
    """A text that the reason contains."""
    criteria: dict[str, CriterionAnswer] = {}
    gates: dict[GateId, GateAnswer] = {}
    verified: LevelId | None = None
    signed: LevelId | None = None
    effective: LevelId | None = None
    ships_to: tuple[Name, ...] | None = None
    """Where the effective level may be deployed."""
    reasons: tuple[Words, ...] | None = None
    """The codes of all reasons, in any order."""


class ServiceExpected(Expected):
    """What is expected of a service."""

    verdict: ServiceVerdict | None = None


class CriterionExpected(ServiceExpected):
    """What is expected of a criterion; the short form is its status."""

    status: CriterionAnswer | None = None
    basis: Literal["evidence", "record", "attestation"] | None = None
    binding: StrictBool | None = None


class GateExpected(ServiceExpected):
    """What is expected of a gate; the short form is its status."""

    status: GateAnswer | None = None


class RuleCase(Manifest):
    """One case: a name that says what is special, what is given, and what is expected."""

    case: Words
    """What is special about it."""
    given: Given = Given()
    """A patch of what the file gives."""
    loophole: StrictBool = False
    """Whether it expects what is wrong, because the rule cannot see it yet."""


class CriterionCase(RuleCase):
    """A case of a criterion."""

    short: ClassVar[str] = "status"
    expect: Annotated[
        CriterionExpected,
        BeforeValidator(short_form("status"), json_schema_input_type=CriterionAnswer | CriterionExpected),
    ]


class GateCase(RuleCase):
    """A case of a gate."""

    short: ClassVar[str] = "status"
    expect: Annotated[
        GateExpected, BeforeValidator(short_form("status"), json_schema_input_type=GateAnswer | GateExpected)
    ]


class LevelCase(RuleCase):
    """A case of a level, which is the target; the short form of what is expected is the verified level."""

    short: ClassVar[str] = "verified"
    expect: Annotated[
        ServiceExpected, BeforeValidator(short_form("verified"), json_schema_input_type=str | ServiceExpected)
    ]


AnyCase = CriterionCase | GateCase | LevelCase


class CasePlace(NamedTuple):
    """A case, what it is about, and its path in its file."""

    about: str
    """The id of a criterion, gate or level."""
    path: tuple[str | int, ...]
    written: AnyCase


class CaseFile(Manifest):
    """`gates/tests/<name>.yaml`: cases of the rulebook, and what is given in all of them."""

    from_: Name | None = Field(default=None, alias="from")
    """The name of another file of cases; what it gives is the first layer."""
    given: Given = Given()
    """What is given in every case of this file."""
    criteria: dict[Words, tuple[CriterionCase, ...]] = {}
    """Cases by criterion."""
    gates: dict[GateId, tuple[GateCase, ...]] = {}
    """Cases by gate."""
    levels: dict[LevelId, tuple[LevelCase, ...]] = {}
    """Cases by level."""
    equivalent: dict[str, Words] = {}
    """Mutants of the rulebook that no case can notice, by id, and why."""

    @property
    def cases(self) -> Iterator[CasePlace]:
        """Every case with its path in the file."""
        groups: dict[str, Mapping[str, Sequence[AnyCase]]] = {
            "criteria": self.criteria,
            "gates": self.gates,
            "levels": self.levels,
        }
        for group, by_id in groups.items():
            for about, cases in by_id.items():
                for i, written in enumerate(cases):
                    yield CasePlace(about, (group, about, i), written)
