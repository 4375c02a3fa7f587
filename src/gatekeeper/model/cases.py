"""Cases of a rulebook as they are written: what is given, and what is expected."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, model_validator

from gatekeeper.model.manifest import Day, GateId, LevelId, Manifest, MilestoneId, Name, Words, short_form
from gatekeeper.model.status import MilestoneVerdict, ReasonCode, ServiceVerdict

Snippet = dict[str, Any]
"""A part of another manifest; what is `null` in it removes what an earlier layer says."""


class CollectedAs(Manifest):
    """When, of which commit and by whom the evidence of a slot was collected."""

    age_days: Annotated[int, Field(ge=0, strict=True)] | None = None
    """How many days before `as_of`; without it, evidence is undated."""
    commit: Words | None = None
    """The commit of which it was collected."""
    basis: Literal["artefact", "record", "typed"] | None = None
    """An artefact, or a record of it; by default an artefact."""
    not_understood: tuple[Name, ...] = ()
    """Facts that depend on a place that the reader did not understand. Not for artefacts."""


ArtefactSnippet = Words | dict[Words, str]
"""A path relative to the folder of the file, or files by name with their content."""


class FurtherService(Manifest):
    """Another service of the same milestone; it starts from what the file gives, not from the case."""

    facts: dict[Name, Snippet | None] = {}
    """The facts by slot, as its reader returns them."""
    artefacts: dict[Name, ArtefactSnippet | None] = {}
    """Artefacts by slot, which its reader reads."""
    collected: dict[Name, CollectedAs | None] = {}
    """How the evidence was collected, by slot."""
    service: Snippet = {}
    """Fields of its manifest."""


class Given(Manifest):
    """The world of a case. Layers of it are merged: the base, the file, the case."""

    as_of: Day | None = None
    """The day of the verdict; by default 2026-01-31."""
    roadmap: Annotated[tuple[MilestoneId, ...], Field(min_length=1)] | None = None
    """All milestones in their order; by default those of the workspace."""
    milestone: MilestoneId | None = None
    """The milestone that is judged; by default the first of the roadmap."""
    level: LevelId | None = None
    """The target of the plan's cell; by default the highest level."""
    gates: tuple[GateId, ...] | None = None
    """The gates of the plan's cell; by default all."""
    facts: dict[Name, Snippet | None] = {}
    """The facts by slot, as its reader returns them; a fact that is not named is null."""
    artefacts: dict[Name, ArtefactSnippet | None] = {}
    """Artefacts by slot, which its reader reads; the facts of such a slot are not used."""
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


DIFF = "diff"
"""What cases of changes are about."""

CriterionAnswer = Literal[
    "pass", "fail", "unreadable", "unproven", "missing", "stale", "not_applicable", "excepted", "not_asked"
]
"""The statuses of a criterion, and that it is not asked."""
GateAnswer = Literal["green", "amber", "red", "not_applicable", "not_asked"]


class CaseChange(Given):
    """What the head of a change has that the base has not."""

    set: tuple[Words, ...] = ()
    """Changes of rules, as `gatekeeper what-if --set` takes them."""
    drop: tuple[Words, ...] = ()
    """Parts of rules that the head does not have, as `gatekeeper what-if --drop` takes them."""


class Expected(Manifest):
    """What is expected, whatever the case is about. Only what is named is compared."""

    reason: Words | None = None
    """A text that the reasons contain."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        named = {name: getattr(self, name) for name in self.model_fields_set}
        if not named:
            raise ValueError("nothing is expected: name a status, a level, a verdict or a reason")
        for name, value in named.items():
            if value is None or value == {}:
                raise ValueError(f"`{name}` expects nothing: write what is expected, or leave it out")
        return self


class ServiceExpected(Expected):
    """What is expected of a service; the short form is its verdict."""

    verdict: ServiceVerdict | None = None
    """Whether it is ready."""
    criteria: dict[str, CriterionAnswer] = {}
    """The statuses of criteria."""
    gates: dict[GateId, GateAnswer] = {}
    """The statuses of gates."""
    verified: LevelId | None = None
    """The level that its evidence shows."""
    signed: LevelId | None = None
    """The level that is signed."""
    effective: LevelId | None = None
    """The level that it counts as: the lower of the verified and the signed level."""
    ships_to: tuple[Name, ...] | None = None
    """Where the effective level may be deployed."""
    reasons: tuple[Words, ...] | None = None
    """The codes of all reasons, in any order."""


class CriterionExpected(ServiceExpected):
    """What is expected of a criterion; the short form is its status."""

    status: CriterionAnswer | None = None
    """Its status."""
    reason_code: ReasonCode | None = None
    """The code of the first reason for its status."""
    basis: Literal["artefact", "record", "typed", "attestation"] | None = None
    """What it was decided by."""
    binding: StrictBool | None = None
    """Whether it blocks if it is open."""


class GateExpected(ServiceExpected):
    """What is expected of a gate; the short form is its status."""

    status: GateAnswer | None = None
    """Its status."""


class MilestoneExpected(Expected):
    """What is expected of a milestone; the short form is its verdict."""

    verdict: MilestoneVerdict | None = None
    """Whether it may exit."""
    reasons: tuple[Words, ...] | None = None
    """The codes of the reasons of all services, in any order."""
    services: dict[
        Name,
        Annotated[
            ServiceExpected,
            BeforeValidator(short_form("verdict"), json_schema_input_type=ServiceVerdict | ServiceExpected),
        ],
    ] = {}
    """What is expected of services; that of the case is `service`."""


class DiffExpected(Expected):
    """What is expected of a change; the short form is whether it must not be merged."""

    blocks: StrictBool | None = None
    """Whether the change must not be merged."""
    changes: tuple[Words, ...] | None = None
    """All changes but improvements and notes, in any order: `rule-weakened G1.coverage`."""


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
    """What is expected of the criterion, or its status alone."""


class GateCase(RuleCase):
    """A case of a gate."""

    short: ClassVar[str] = "status"
    expect: Annotated[
        GateExpected, BeforeValidator(short_form("status"), json_schema_input_type=GateAnswer | GateExpected)
    ]
    """What is expected of the gate, or its status alone."""


class LevelCase(RuleCase):
    """A case of a level, which is the target; the short form of what is expected is the verified level."""

    short: ClassVar[str] = "verified"
    expect: Annotated[
        ServiceExpected, BeforeValidator(short_form("verified"), json_schema_input_type=str | ServiceExpected)
    ]
    """What is expected of the service, or its verified level alone."""


class MilestoneCase(RuleCase):
    """A case of the exit of a milestone."""

    short: ClassVar[str] = "verdict"

    expect: Annotated[
        MilestoneExpected,
        BeforeValidator(short_form("verdict"), json_schema_input_type=MilestoneVerdict | MilestoneExpected),
    ]
    """What is expected of the milestone, or its verdict alone."""


def _blocks(written: Any) -> Any:
    return {"blocks": written} if isinstance(written, bool) else written


class DiffCase(RuleCase):
    """A case of a change: what is given is its base."""

    short: ClassVar[str] = "blocks"

    change: CaseChange
    """A patch that leads to its head."""
    expect: Annotated[
        DiffExpected, BeforeValidator(_blocks, json_schema_input_type=StrictBool | DiffExpected)
    ]
    """What is expected of the change, or whether it blocks alone."""


C = TypeVar("C", bound=RuleCase)


def _each_once(cases: tuple[C, ...]) -> tuple[C, ...]:
    if not cases:
        raise ValueError("there is no case: write one, or leave this out")
    named: dict[str, list[C]] = {}
    for one in cases:
        if one in named.setdefault(one.case, []):
            raise ValueError(f"the case {one.case!r} is written twice; change or remove one")
        named[one.case].append(one)
    return cases


Cases = Annotated[tuple[C, ...], AfterValidator(_each_once)]
"""The cases of one thing."""
AnyCase = CriterionCase | GateCase | LevelCase | MilestoneCase | DiffCase


class CasePlace(NamedTuple):
    """A case, what it is about, and its path in its file."""

    about: str
    """The id of a criterion, gate, level or milestone; `diff` for changes."""
    path: tuple[str | int, ...]
    written: AnyCase


class CaseFile(Manifest):
    """`gates/tests/<name>.yaml`: cases of the rulebook, and what is given in all of them."""

    from_: Name | None = Field(default=None, alias="from")
    """The name of another file of cases; what it gives is the first layer."""
    given: Given = Given()
    """What is given in every case of this file."""
    criteria: dict[Words, Cases[CriterionCase]] = {}
    """Cases by criterion."""
    gates: dict[GateId, Cases[GateCase]] = {}
    """Cases by gate."""
    levels: dict[LevelId, Cases[LevelCase]] = {}
    """Cases by level."""
    milestones: dict[MilestoneId, Cases[MilestoneCase]] = {}
    """Cases of the exits of milestones."""
    diffs: Cases[DiffCase] = ()
    """Cases of changes."""
    equivalent: dict[str, Words] = {}
    """Mutants of the rulebook that no case can notice, by id, and why."""

    @property
    def cases(self) -> Iterator[CasePlace]:
        """Every case with its path in the file."""
        groups: dict[str, Mapping[str, Sequence[AnyCase]]] = {
            "criteria": self.criteria,
            "gates": self.gates,
            "levels": self.levels,
            "milestones": self.milestones,
        }
        for group, by_id in groups.items():
            for about, cases in by_id.items():
                for i, written in enumerate(cases):
                    yield CasePlace(about, (group, about, i), written)
        for i, change in enumerate(self.diffs):
            yield CasePlace(DIFF, ("diffs", i), change)
