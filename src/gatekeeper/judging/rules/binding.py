"""Bind the rulebook: check that everything it names exists before anything is judged."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.questions import SCOPE_CRITERION
from gatekeeper.judging.plans.validation import unknown_level
from gatekeeper.judging.rules.condition_binding import ConditionBinder, slots_of
from gatekeeper.judging.rules.guard_binding import BoundGuards, GuardBinder
from gatekeeper.judging.rules.language_binding import decidable, wrong_languages
from gatekeeper.judging.rules.people_binding import wrong_people
from gatekeeper.judging.rules.slot_binding import FindKind, bind_slots
from gatekeeper.judging.rules.timing import TimingBinder, depends_on_milestone, depends_on_time_of
from gatekeeper.model.level import Level, Scale
from gatekeeper.model.rule import (
    ExceptionRule,
    GateRules,
    LevelRules,
    Rule,
    Rulebook,
)
from gatekeeper.model.rulebook import Criterion, Gate, Governance, Levels
from gatekeeper.model.workspace import Manifests, Mistake

RESERVED = frozenset({SCOPE_CRITERION, "sign-off", "capability"})
"""Ids that no gate and no level may have: the program builds criteria with them."""


class Bound(NamedTuple):
    """A rulebook and its mistakes; with any mistake it must not be used for judging."""

    rulebook: Rulebook
    mistakes: tuple[Mistake, ...]


class _Stanza(NamedTuple):
    """A criterion and its place in the rulebook."""

    criterion: Criterion
    gate: str | None
    level: Level
    """The level from which it applies."""
    place: Place
    role: str | None
    """The role that may attest what a reader does not understand."""


def bind(workspace: Manifests, find_kind: FindKind) -> Bound:
    """Return the rulebook of a workspace, bound to the facts of its kinds of evidence."""
    mistakes: list[Mistake] = []
    slots = bind_slots(workspace, find_kind, mistakes)
    scale = workspace.levels.scale
    stanzas = list(_stanzas(workspace, scale))
    mistakes += _wrong_groups(workspace)
    mistakes += wrong_people(workspace)
    mistakes += _wrong_ids(stanzas)
    mistakes += _unknown_levels(stanzas, workspace)
    mistakes += _levels_without_effect(stanzas)
    mistakes += _fields_without_effect(stanzas)
    mistakes += _unknown_gates(stanzas, workspace)
    mistakes += _unknown_roles(stanzas, workspace)
    timing = TimingBinder(ConditionBinder(slots, scale, mistakes), workspace.milestones)
    guards = GuardBinder(workspace, find_kind, timing).guards()
    rules = _rules(stanzas, timing, guards)

    def rules_of(gate: str | None, level: Level | None = None) -> tuple[Rule, ...]:
        return tuple(
            rules[stanza.criterion.id]
            for stanza in stanzas
            if stanza.gate == gate and level in (None, stanza.level) and stanza.criterion.id in rules
        )

    rulebook = Rulebook(
        gates={name: _gate(gate, rules_of(name)) for name, gate in workspace.gates.items()},
        levels={
            level: LevelRules(level, of.meaning, of.audience, of.ships_to, rules_of(None, level), of.role)
            for level, of in zip(scale.values(), workspace.levels.levels, strict=False)
        },
        scale=scale,
        exceptions=_exceptions(workspace.governance, scale),
        slots=guards.slots,
        governance=workspace.governance,
        evidence_rules=workspace.evidence_rules,
        validity=guards.validity,
        by_id=rules,
        digest=workspace.rulebook_digest,
        repository=workspace.repository,
        workspace=workspace.id,
        trusted_root=workspace.trusted_root,
    )
    return Bound(rulebook, tuple(mistakes))


def _gate(gate: Gate, rules: tuple[Rule, ...]) -> GateRules:
    return GateRules(
        gate.gate,
        gate.name,
        gate.role,
        rules,
        ids=frozenset(rule.id for rule in rules),
        slots=frozenset(slot for rule in rules for version in rule.versions for slot in version.slots),
        depends_on_milestone=any(map(depends_on_time_of, rules)),
        is_uniform=not any(
            rule.compares_dependencies or (rule.source and rule.source.applies_when) for rule in rules
        ),
    )


def _exceptions(governance: Governance, scale: Scale) -> ExceptionRule:
    """Return the terms of exceptions: those of governance, else the highest level and the one below it.

    Nothing ships at the lowest level by exception, because it requires nothing: with two levels, the default
    covers nothing.
    """
    *_, below, highest = (scale.lowest, *scale.values())
    named = governance.exceptions
    has_sign_offs = bool(governance.upgrade_sign_offs)
    if named is None or not {named.excuse, named.ship_at} <= scale.keys():
        ship_at = below if below != scale.lowest else highest
        return ExceptionRule(highest, ship_at, has_sign_offs)
    return ExceptionRule(scale[named.excuse], scale[named.ship_at], has_sign_offs, named.close_within)


def _stanzas(workspace: Manifests, scale: Scale) -> Iterator[_Stanza]:
    for name, gate in workspace.gates.items():
        place = Place(workspace.files[Gate, name]) / "criteria"
        for i, criterion in enumerate(gate.criteria):
            level = scale.get(criterion.from_ or "", scale.lowest)
            yield _Stanza(criterion, name, level, place / i, gate.role)
    levels = Place(workspace.files[Levels, ""]) / "levels"
    for j, definition in enumerate(workspace.levels.levels):
        for i, criterion in enumerate(definition.criteria):
            place = levels / j / "criteria" / i
            yield _Stanza(criterion, None, scale[definition.level], place, definition.role)


def _rules(stanzas: list[_Stanza], timing: TimingBinder, guards: BoundGuards) -> dict[str, Rule]:
    mistakes = timing.mistakes
    rules = {
        stanza.criterion.id: timing.timed(
            _rule(stanza, timing.binder), stanza.criterion, stanza.place
        ).guarded(*guards)
        for stanza in stanzas
        if stanza.criterion.same_as is None
    }
    for stanza in stanzas:
        if stanza.criterion.requires:
            mistakes += wrong_languages(rules[stanza.criterion.id], stanza.place, timing.binder.slots)
    for stanza in stanzas:
        name = stanza.criterion.same_as
        if name is None:
            continue
        if name not in rules or rules[name].twin:
            hint = nearest(name, rules)
            mistakes.append(
                (stanza.place / "same_as").mistake(f"there is no criterion {name!r} to be the same as", hint)
            )
            continue
        if rules[name].level > stanza.level:
            message = (
                f"{name} applies from {rules[name].level} on, and {stanza.criterion.id} from {stanza.level}"
            )
            hint = f"let {name} apply from {stanza.level} on"
            mistakes.append((stanza.place / "same_as").mistake(message, hint))
        twin = _twin(stanza, rules[name])
        rules[stanza.criterion.id] = timing.timed(twin, stanza.criterion, stanza.place)
    return rules


def _rule(stanza: _Stanza, binder: ConditionBinder) -> Rule:
    criterion = stanza.criterion
    conditions = tuple(binder.conditions(criterion.requires, stanza.place / "requires"))
    subjects = binder.subjects(criterion, stanza.place)
    return Rule(
        id=criterion.id,
        gate=stanza.gate,
        level=stanza.level,
        question=criterion.question,
        why=criterion.why,
        remedy=criterion.remedy,
        effort=criterion.effort,
        conditions=conditions,
        subjects=subjects,
        attested_by=criterion.attested_by,
        or_attested_by=criterion.or_attested_by,
        decidable_in=decidable(criterion),
        compares_dependencies=criterion.dependencies is not None,
        doubts_attested_by=stanza.role if conditions else None,
        must_not_shrink=criterion.must_not_shrink,
        per_milestone=criterion.per_milestone,
        waivable_by=criterion.waivable_by,
        source=criterion,
        slots=slots_of(conditions, subjects),
        takes=binder.slots.takes,
        depends_on_milestone=criterion.per_milestone or depends_on_milestone(conditions),
    )


def _twin(stanza: _Stanza, original: Rule) -> Rule:
    """Return a rule with its own texts that is decided like its twin."""
    criterion = stanza.criterion
    return original._replace(
        id=criterion.id,
        gate=stanza.gate,
        level=stanza.level,
        question=criterion.question,
        why=criterion.why,
        remedy=criterion.remedy,
        effort=criterion.effort,
        waivable_by=criterion.waivable_by,
        source=criterion,
        twin=original.id,
    )


def _wrong_groups(workspace: Manifests) -> Iterator[Mistake]:
    """Yield gates and levels whose ids are reserved or not unique, and a first level with criteria."""
    gates = [(name, Place(workspace.files[Gate, name]) / "gate") for name in workspace.gates]
    levels = Place(workspace.files[Levels, ""]) / "levels"
    first = workspace.levels.levels[0]
    if first.criteria:
        hint = "start with a level that requires nothing, for example `none`"
        yield (levels / 0 / "criteria").wrong_key(f"{first.level}, the first level, has criteria", hint)
    seen: dict[str, str] = {}
    all_levels = [(level.level, levels / i / "level") for i, level in enumerate(workspace.levels.levels)]
    for name, place in (*all_levels, *gates):
        if name.casefold() in RESERVED:
            yield place.mistake(f"{name!r} is reserved", "give it another id")
        if other := seen.get(name.casefold()):
            message = f"the id {name!r} is used twice" if name == other else f"{name!r} and {other!r} differ"
            same = "" if name == other else " only in upper and lower case"
            yield place.mistake(message + same, "levels and gates need different ids")
        seen.setdefault(name.casefold(), name)


def _unknown_levels(stanzas: list[_Stanza], workspace: Manifests) -> Iterator[Mistake]:
    scale = workspace.levels.scale
    for place, level in _named_levels(stanzas, workspace):
        if level is not None:
            yield from unknown_level(level, scale, place)
    exceptions = workspace.governance.exceptions
    order = list(scale)
    if exceptions is None or not {exceptions.excuse, exceptions.ship_at} <= scale.keys():
        return
    place = Place(workspace.files[Governance, ""]) / "exceptions" / "ship_at"
    if exceptions.ship_at == order[0]:
        hint = f"name a level above it: {', '.join(order[1:])}"
        yield place.mistake(f"nothing may ship at {exceptions.ship_at}, which requires nothing", hint)
    elif order.index(exceptions.ship_at) >= order.index(exceptions.excuse):
        message = f"{exceptions.ship_at} is not below {exceptions.excuse}"
        yield place.mistake(message, f"the levels, lowest first: {', '.join(order)}")


def _levels_without_effect(stanzas: list[_Stanza]) -> Iterator[Mistake]:
    """Yield criteria that name a level at which they cannot be asked, or from which they cannot apply."""
    for criterion, gate, level, place, _ in stanzas:
        if criterion.only_at is not None and (gate or criterion.only_at != level.id):
            message = f"{criterion.id} cannot apply only at {criterion.only_at}"
            hint = "only criteria of a level can" if gate else f"it is a criterion of {level}"
            yield (place / "only_at").mistake(message, hint)
        if not gate and criterion.from_ not in (None, level.id):
            message = f"{criterion.id} cannot apply from {criterion.from_} on"
            yield (place / "from").mistake(message, f"it is a criterion of {level}")


_OF_EVIDENCE = ("subjects", "same_commit", "accepts", "must_not_shrink", "decidable_in")
_OF_ORIGINAL = (*_OF_EVIDENCE, "max_age_days", "per_milestone", "covers_capabilities")


def _fields_without_effect(stanzas: list[_Stanza]) -> Iterator[Mistake]:
    """Yield fields that seem to ask for more and are never read: of a twin, without evidence, in a gate."""
    for criterion, gate, _, place, _ in stanzas:
        fields: tuple[str, ...] = ()
        if criterion.same_as:
            fields, why = _OF_ORIGINAL, f"it is decided by {criterion.same_as}"
        elif criterion.attested_by:
            fields, why = _OF_EVIDENCE, "it is attested, and has no evidence"
        elif criterion.dependencies:
            fields = (*_OF_EVIDENCE, "max_age_days", "per_milestone")
            why = "it is decided by the levels of other services, and has no evidence"
        for field in fields:
            if getattr(criterion, field):
                message = f"{criterion.id} cannot have `{field}`: {why}"
                yield (place / field).wrong_key(message, "leave it out, or let `requires` decide")
        if gate and criterion.covers_capabilities and not criterion.same_as:
            message = f"{criterion.id} cannot cover capabilities: it is a criterion of a gate"
            yield (place / "covers_capabilities").wrong_key(message, "write it at a criterion of a level")


def _named_levels(stanzas: list[_Stanza], workspace: Manifests) -> Iterator[tuple[Place, str | None]]:
    for stanza in stanzas:
        criterion = stanza.criterion
        yield stanza.place / "from", criterion.from_
        yield stanza.place / "only_at", criterion.only_at
        yield stanza.place / "subjects" / "up_to", criterion.subjects.up_to if criterion.subjects else None
    for name, gate in workspace.gates.items():
        place = Place(workspace.files[Gate, name]) / "expected_of"
        for what, expected in gate.expected_of.items():
            yield place / what / "level", expected.level
    if exceptions := workspace.governance.exceptions:
        place = Place(workspace.files[Governance, ""]) / "exceptions"
        yield place / "excuse", exceptions.excuse
        yield place / "ship_at", exceptions.ship_at


def _wrong_ids(stanzas: list[_Stanza]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for criterion, gate, level, place, _ in stanzas:
        group = gate or str(level)
        if not criterion.id.startswith(f"{group}."):
            message = f"criterion {criterion.id!r} is in {group}"
            yield (place / "id").mistake(message, f"ids here start with '{group}.'")
        if criterion.id == f"{group}.{SCOPE_CRITERION}":
            message = f"{criterion.id!r} is the criterion of the plan's demands on {group}"
            yield (place / "id").mistake(message, "give it another id")
        if criterion.id in seen:
            message = f"criterion {criterion.id!r} is defined in {seen[criterion.id]} already"
            yield (place / "id").mistake(message, "give it an id of its own")
        seen.setdefault(criterion.id, place.file)


def _unknown_gates(stanzas: list[_Stanza], workspace: Manifests) -> Iterator[Mistake]:
    for stanza in stanzas:
        when = stanza.criterion.applies_when
        if when is None:
            continue
        named = [("gate", when.gate)] if when.gate else []
        named += [("any_gate", gate) for gate in when.any_gate or ()]
        for key, gate in named:
            if gate not in workspace.gates:
                place = stanza.place / "applies_when" / key
                yield place.mistake(f"unknown gate {gate!r}", nearest(gate, workspace.gates))


def _unknown_roles(stanzas: list[_Stanza], workspace: Manifests) -> Iterator[Mistake]:
    governance = workspace.governance
    signers = governance.upgrade_sign_offs
    for i, signer in enumerate(signers):
        if signer in signers[:i]:
            place = Place(workspace.files[Governance, ""]) / "upgrade_sign_offs" / i
            yield place.mistake(f"{signer} signs twice, and signers are different people", "list it once")
    for place, role in _named_roles(stanzas, workspace):
        if role is not None and role not in governance.roles:
            yield place.mistake(f"unknown role {role!r}", nearest(role, governance.roles))


def _named_roles(stanzas: list[_Stanza], workspace: Manifests) -> Iterator[tuple[Place, str | None]]:
    for stanza in stanzas:
        for key in ("attested_by", "or_attested_by", "waivable_by"):
            yield stanza.place / key, getattr(stanza.criterion, key)
        if given := stanza.criterion.decidable_in:
            yield stanza.place / "decidable_in" / "else_attested_by", given.else_attested_by
    for name, gate in workspace.gates.items():
        yield Place(workspace.files[Gate, name]) / "role", gate.role
    levels = Place(workspace.files[Levels, ""]) / "levels"
    for i, level in enumerate(workspace.levels.levels):
        yield levels / i / "role", level.role
    governance = Place(workspace.files[Governance, ""])
    for i, role in enumerate(workspace.governance.upgrade_sign_offs):
        yield governance / "upgrade_sign_offs" / i, role
    for key in ("weakening_sign_off", "exit_role"):
        yield governance / key, getattr(workspace.governance, key)
    for name, person in workspace.governance.roster.items():
        for i, role in enumerate(person.roles):
            yield governance / "roster" / name / "roles" / i, role
