"""Bound rules: criteria whose slots, facts and operands were checked to exist and to fit."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.guards import NO_GUARD, Effective, SlotGuard, ValidFor
from gatekeeper.model.level import Level, Scale
from gatekeeper.model.naming import titled
from gatekeeper.model.rulebook import Criterion, Governance
from gatekeeper.model.status import Effort
from gatekeeper.model.values import SHOWN, describe_value

SCOPE_SLOT = "scope_tests"
"""The slot whose passed tests may show that a demand of the plan is met."""
SIGN_OFF_PREFIX = "sign-off:"
LANGUAGES = "languages"
"""The fact that names the languages of a source tree."""
CAPABILITY_SLOT = "capability_tests"
"""The slot whose passed tests may show that a capability is delivered."""


class Operator(StrEnum):
    """The closed set of operators, as written in the rulebook."""

    EQUALS = "equals"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EMPTY = "empty"
    INCLUDES = "includes"
    WITHIN = "within"
    MENTIONS = "mentions"

    @property
    def label(self) -> str:
        """The operator in words: `at least`."""
        return self.value.replace("_", " ")


class Literal(NamedTuple):
    """An operand written out in the rulebook."""

    value: Any

    def describe(self, limit: int | None = SHOWN) -> str:
        """Return the value as text; a list shows at most `limit` items."""
        return describe_value(self.value, limit)


class FactOf(NamedTuple):
    """An operand that is another fact."""

    slot: str
    path: tuple[str, ...]

    def describe(self, limit: int | None = None) -> str:  # noqa: ARG002 - for lists only
        """Return the fact's name as the rulebook writes it."""
        return ".".join((self.slot, *self.path))


class TargetOperand(NamedTuple):
    """An operand that the service's manifest sets under `targets`."""

    name: str

    def describe(self, limit: int | None = None) -> str:  # noqa: ARG002 - for lists only
        """Return where the manifest sets it."""
        return f"targets.{self.name}"


class MilestoneContext(NamedTuple):
    """The operand `{context: milestone}`: the milestone that is judged."""

    def describe(self, limit: int | None = None) -> str:  # noqa: ARG002 - for lists only
        """Return a name for it."""
        return "the milestone"


Operand = Literal | FactOf | TargetOperand | MilestoneContext


class Condition(NamedTuple):
    """One operator on one fact."""

    slot: str
    path: tuple[str, ...]
    operator: Operator
    operand: Operand

    @property
    def fact(self) -> str:
        """The fact's name as the rulebook writes it."""
        return ".".join((self.slot, *self.path))

    def describe(self) -> str:
        """Return the condition as text without its slot: `lines_pct at least 95`."""
        fact = ".".join(self.path)
        if self.operator is Operator.EMPTY:
            is_empty = isinstance(self.operand, Literal) and self.operand.value
            return f"{fact} empty" if is_empty else f"{fact} not empty"
        return f"{fact} {self.operator.label} {self.operand.describe()}"


class Decidable(NamedTuple):
    """The languages in which evidence can decide a criterion."""

    languages: tuple[str, ...]
    """In lower case, sorted."""
    role: str
    """Who attests it in any other language."""


class SubjectsOf(NamedTuple):
    """The fact that counts a criterion's subjects, and the highest level at which the count may be 0."""

    slot: str
    path: tuple[str, ...]
    up_to: Level


def is_date(effective: str) -> bool:
    """Return whether text is written as a date, which may still be no day of the calendar."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d", effective) is not None


class Rule(NamedTuple):
    """One criterion, bound and ready to be judged."""

    id: str
    gate: str | None
    """None for criteria of levels and for capabilities."""
    level: Level
    """The lowest level at which it applies."""
    question: str
    why: str
    remedy: str
    effort: Effort
    conditions: tuple[Condition, ...] = ()
    subjects: SubjectsOf | None = None
    attested_by: str | None = None
    or_attested_by: str | None = None
    """The role whose attestation may replace a missing artefact."""
    decidable_in: Decidable | None = None
    """None: in every language, or it reads no source."""
    doubts_attested_by: str | None = None
    """The role that may attest what a reader did not understand, for a time."""
    compares_dependencies: bool = False
    """Whether the signed levels of the services that it depends on decide it."""
    twin: str | None = None
    guards: Mapping[str, SlotGuard] = {}
    """What its evidence must show besides the facts, by slot."""
    validity: ValidFor | None = None
    """How long an attestation counts; None: for ever."""
    must_not_shrink: bool = False
    """Whether a change that leaves much less evidence needs an approval."""
    per_milestone: bool = False
    waivable_by: str | None = None
    source: Criterion | None = None
    """The criterion in the rulebook; None if it comes from the plan."""
    slots: tuple[str, ...] = ()
    """Every slot that affects the result, each once."""
    takes: Mapping[str, str] = {}
    """What slots take, in words; those of other criteria may be among them."""
    depends_on_milestone: bool = False
    """Whether its status may differ between milestones."""
    effective: Effective | None = None
    """When it begins to bind; None: it always binds."""
    advisory: bool = False
    """Whether it never binds."""
    upcoming: "Rule | None" = None
    """The tightened version, which replaces this rule when it becomes effective."""
    is_tightened: bool = False
    """Whether it is the tightened version of a rule."""
    has_timed_guards: bool = False
    """Whether some guard of it counts from a milestone or a date on."""

    @property
    def versions(self) -> tuple["Rule", ...]:
        """The rule, and its tightened version if there is one."""
        return (self, self.upcoming) if self.upcoming else (self,)

    @property
    def limits(self) -> str | None:
        """What its evidence cannot show; None if it comes from the plan, or the rulebook does not say."""
        return self.source.limits if self.source else None

    @property
    def times(self) -> frozenset[Effective]:
        """When guards of it begin to count."""
        of_guards = (time for guard in self.guards.values() for time in guard.times)
        of_validity = self.validity.effective if self.validity else None
        return frozenset(filter(None, [*of_guards, of_validity]))

    @property
    def needs_commit(self) -> bool:
        """Whether evidence must be of the release's commit."""
        return any(guard.same_commit for guard in self.guards.values())

    @property
    def varies(self) -> bool:
        """Whether the status for one service may differ between levels or milestones."""
        return (
            self.depends_on_milestone
            or self.subjects is not None
            or self.has_timed_guards
            or self.compares_dependencies
        )

    def guard(self, slot: str) -> SlotGuard:
        """Return what the evidence of a slot must show besides its facts."""
        return self.guards.get(slot, NO_GUARD)

    def guarded(self, slots: Mapping[str, "BoundSlot"], validity: ValidFor | None) -> "Rule":
        """Return the rule with its guards: those of its slots, where the criterion says nothing itself."""
        source, named = self.source, dict.fromkeys(slot for of in self.versions for slot in of.slots)
        guards = {name: slots[name].guard for name in named if name in slots}
        if source:
            guards = {name: guard.of_criterion(source) for name, guard in guards.items()}
        if source and source.max_age_days:
            validity = ValidFor(source.max_age_days)
        elif self.per_milestone:
            validity = None
        rule = self._replace(guards=guards, validity=validity)
        rule = rule._replace(has_timed_guards=bool(rule.times))
        if (later := self.upcoming) is None:
            return rule
        later = later._replace(guards=guards, validity=validity, has_timed_guards=rule.has_timed_guards)
        return rule._replace(upcoming=later)

    def in_force(self, is_effective: Callable[[Effective | None], bool]) -> "Rule":
        """Return the rule with the guards that count, given what is effective."""
        validity = self.validity
        if validity:
            validity = validity._replace(effective=None) if is_effective(validity.effective) else None
        guards = {slot: guard.in_force(is_effective) for slot, guard in self.guards.items()}
        upcoming = self.upcoming and self.upcoming.in_force(is_effective)
        return self._replace(guards=guards, validity=validity, upcoming=upcoming)


class BoundSlot(NamedTuple):
    """A slot, its options, and how a plan may narrow it."""

    name: str
    kind: str
    options: Mapping[str, Any]
    narrowable: frozenset[str]
    """The supported narrowings: `paths`, `subjects`, `aggregates`."""
    takes: str
    """What it takes, in words."""
    amounts: tuple[str, ...] = ()
    """The facts that say how much was measured; `items` are those of the parts."""
    measures: bool = False
    """Whether its kind is a measurement."""
    languages: frozenset[str] | None = None
    """The names that its fact `languages` may have, or empty if any; None if its kind has no such fact."""
    guard: SlotGuard = NO_GUARD
    """What its evidence must show besides its facts, unless a criterion says otherwise."""


class GateRules(NamedTuple):
    """A gate and its rules in the rulebook's order."""

    gate: str
    name: str
    role: str
    rules: tuple[Rule, ...]
    ids: frozenset[str]
    slots: frozenset[str]
    depends_on_milestone: bool
    """Whether the status of any rule may differ between milestones, or whether it binds."""
    is_uniform: bool
    """Whether every rule applies to every service: none has a condition on the service."""

    @property
    def title(self) -> str:
        """Its id and name in a heading: `G2 API`."""
        return titled(self.gate, self.name)


class LevelRules(NamedTuple):
    """A level and its own rules."""

    level: Level
    meaning: str
    audience: str
    ships_to: tuple[str, ...]
    rules: tuple[Rule, ...]
    role: str | None = None
    """The role that may attest what a reader does not understand."""


class ExceptionRule(NamedTuple):
    """The terms of exceptions: a service whose target is `excuse` may ship at `ship_at`."""

    excuse: Level
    ship_at: Level
    has_sign_offs: bool
    """Whether levels are signed off; otherwise the claimed level counts."""
    close_within: int = 1
    """The number of milestones within which one must be closed."""

    def in_words(self, covered: Iterable[str]) -> tuple[str, ...]:
        """Return what an exception covers, as people read it: without sign-offs, a level is claimed."""
        claim = self.sign_off if self.has_sign_offs else f"claim of {self.excuse}"
        return tuple(claim if name == self.sign_off else name for name in covered)

    def covers(self, level: Level) -> bool:
        """Return whether an exception can cover what a level requires."""
        return self.ship_at < level <= self.excuse

    @property
    def sign_off(self) -> str:
        """The id under which an exception covers the missing sign-offs of the excused level."""
        return f"{SIGN_OFF_PREFIX}{self.excuse}"


class Rulebook(NamedTuple):
    """All rules, bound and in order."""

    gates: Mapping[str, GateRules]
    levels: Mapping[Level, LevelRules]
    scale: Scale
    exceptions: ExceptionRule
    slots: Mapping[str, BoundSlot]
    governance: Governance
    evidence_rules: EvidenceRules
    validity: ValidFor | None
    """How long attestations count, unless a criterion says otherwise."""
    by_id: Mapping[str, Rule]
    digest: str
    """`sha256:` and the digest of the rulebook's files."""
    repository: str | None = None
    """The repository of each service, with `{service}` for its name."""
    workspace: str | None = None
    """The UUID of the workspace."""
    trusted_root: bytes | None = None
    """The certificates and keys of the Sigstore instance whose bundles count, in JSON."""

    @property
    def destinations(self) -> tuple[str, ...]:
        """Every destination that a level ships to, the least demanding first."""
        return tuple(dict.fromkeys(place for rules in self.levels.values() for place in rules.ships_to))
