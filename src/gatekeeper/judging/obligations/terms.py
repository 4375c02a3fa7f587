"""Describe everything that decides a criterion, as plain data that can be compared and digested."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.judging.obligations.asked import Asked, MilestoneSpan
from gatekeeper.judging.plans.mapping import decides, mapped_guard, options_of
from gatekeeper.judging.plans.narrowing import narrowing_of
from gatekeeper.model.evidence import stated
from gatekeeper.model.guards import Effective, SlotGuard
from gatekeeper.model.obligation import Terms
from gatekeeper.model.rule import (
    Condition,
    Decidable,
    FactOf,
    Literal,
    MilestoneContext,
    Operand,
    Rule,
    Rulebook,
    TargetOperand,
)
from gatekeeper.model.service import Scope, Service


class SharedTerms:
    """Describes what is asked by a rulebook; services that are asked the same share the terms."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._known: dict[object, Terms] = {}

    def of(self, asked: Asked, service: Service) -> Terms:
        """Return everything that decides a criterion of a service."""
        rule = asked.rule
        if _is_of_service(rule, service):
            return terms_of(asked, service, self._rulebook)
        covers = tuple(one.rule.id for one in asked.covers if one.binding)
        key = (rule.id, rule.effective, rule.question, asked.context, asked.demands, covers, asked.binding)
        if key not in self._known:
            self._known[key] = terms_of(asked, service, self._rulebook)
        return self._known[key]


def _is_of_service(rule: Rule, service: Service) -> bool:
    """Return whether the manifest of a service affects the terms: a target, mapping, commit or dependency."""
    return (
        rule.compares_dependencies
        or (rule.needs_commit and service.release is not None)
        or any(isinstance(condition.operand, TargetOperand) for condition in _conditions(rule))
        or (
            any(decides(pointer) for pointer in service.evidence.values())
            and not service.evidence.keys().isdisjoint(_slots_of(rule))
        )
    )


def _slots_of(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slot for version in rule.versions for slot in version.slots))


def _conditions(rule: Rule) -> tuple[Condition, ...]:
    return tuple(condition for version in rule.versions for condition in version.conditions)


def terms_of(asked: Asked, service: Service, rulebook: Rulebook) -> Terms:
    """Return everything that decides a criterion of a service.

    The texts `why`, `limits`, `remedy` and `effort` decide nothing, and neither do the paths of artefacts.
    """
    rule, context = asked.rule, asked.context
    slots = {
        slot: _slot(slot, context.scope, service, rulebook) | guard_terms(mapped_guard(rule, slot, service))
        for slot in _slots_of(rule)
    }
    return _without_defaults(
        {
            **_decision(rule, service.targets),
            "if_not_understood_attested_by": rule.doubts_attested_by,
            "question": None if asked.demands else rule.question,
            "demands": list(asked.demands),
            "slots": slots,
            "subjects": _subjects(rule) if _may_lack_subjects(asked) else None,
            "dependencies": _dependencies(rule, str(context.level), on=list(service.depends_on)),
            "commit": service.release.commit if rule.needs_commit and service.release else None,
            "milestones": _span(context.span) if rule.depends_on_milestone else None,
            "capabilities": [one.rule.id for one in asked.covers if one.binding],
            "optional": rule.source is None and not asked.binding,
        }
    )


def terms_of_rule(rule: Rule) -> Terms:
    """Return everything by which the rulebook decides a criterion, and of which services it is asked.

    A twin is decided like its original, whose terms are not repeated.
    """
    source = rule.source
    when = source.applies_when if source else None
    subjects = rule.subjects if rule.twin is None else None
    return _without_defaults(
        {
            **(_of_twin(rule) if rule.twin else _decision(rule, {})),
            "question": rule.question if _is_attestable(rule) else None,
            "dependencies": None if rule.twin else _dependencies(rule, "own_level"),
            "from": str(rule.level),
            "only_at": source and source.only_at,
            "applies_when": when.model_dump(mode="json", exclude_none=True) if when else None,
            "subjects": _subjects(rule) if subjects else None,
            "subjects_up_to": str(subjects.up_to) if subjects else None,
            "guards": {} if rule.twin else _guards(rule),
            "per_milestone": rule.per_milestone and rule.twin is None,
            "covers_capabilities": source and source.covers_capabilities,
        }
    )


def _of_twin(rule: Rule) -> dict[str, Any]:
    return {"same_as": rule.twin, "waivable_by": rule.waivable_by, **_timing(rule)}


def _decision(rule: Rule, targets: Mapping[str, float]) -> dict[str, Any]:
    return {
        "same_as": rule.twin,
        "requires": [_condition(condition, targets) for condition in rule.conditions],
        "attested_by": rule.attested_by,
        "or_attested_by": rule.or_attested_by,
        "decidable_in": _decidable(rule.decidable_in),
        "waivable_by": rule.waivable_by,
        "validity": _validity(rule),
        "must_not_shrink": rule.must_not_shrink,
        "upcoming": _upcoming(rule.upcoming, targets) if rule.upcoming else None,
        **_timing(rule),
    }


def _guards(rule: Rule) -> dict[str, Terms]:
    """Return the guards by slot; which slots must differ is said of all slots."""
    return {name: guard_terms(guard._replace(distinct=())) for name, guard in rule.guards.items()}


def guard_terms(guard: SlotGuard) -> Terms:
    """Return what a guard asks of evidence, and from when on, as plain data."""
    return _without_defaults(
        {
            "max_age_days": guard.max_age_days,
            "age_from": _when(guard.age_from),
            "same_commit": guard.same_commit,
            "commit_from": _when(guard.commit_from),
            "parts": guard.parts,
            "by_id": guard.by_id,
            "shared": guard.shared,
            "accepts": sorted(guard.accepts),
            "floors": [_timed(one._asdict()) for one in guard.floors],
            "distinct": [_timed({**one._asdict(), "slots": list(one.slots)}) for one in guard.distinct],
        }
    )


def _timed(terms: Mapping[str, Any]) -> Terms:
    stated = {**terms, "effective": _when(terms["effective"])}
    return Terms({name: value for name, value in stated.items() if value is not None})


def _validity(rule: Rule) -> Terms | None:
    return _timed(rule.validity._asdict()) if rule.validity and _is_attestable(rule) else None


def _is_attestable(rule: Rule) -> bool:
    return bool(rule.attested_by or rule.or_attested_by or rule.decidable_in)


def _decidable(of: Decidable | None) -> Terms | None:
    return Terms(languages=list(of.languages), else_attested_by=of.role) if of else None


def _timing(rule: Rule) -> dict[str, Any]:
    return {"effective": _when(rule.effective), "advisory": rule.advisory}


def _upcoming(rule: Rule, targets: Mapping[str, float]) -> dict[str, Any]:
    requires = [_condition(condition, targets) for condition in rule.conditions]
    return {"effective": _when(rule.effective), "requires": requires}


def _when(effective: Effective | None) -> str | None:
    return None if effective is None else str(effective)


def _without_defaults(terms: Mapping[str, Any]) -> Terms:
    return Terms((name, value) for name, value in terms.items() if value not in (None, False, [], {}))


def _condition(condition: Condition, targets: Mapping[str, float]) -> dict[str, Any]:
    operand = _operand(condition.operand, targets)
    return {"fact": condition.fact, "operator": str(condition.operator), "operand": operand}


def _operand(operand: Operand, targets: Mapping[str, float]) -> Any:
    match operand:
        case Literal(value):
            return list(value) if isinstance(value, tuple) else value
        case FactOf():
            return {"fact": operand.describe()}
        case MilestoneContext():
            return {"context": "milestone"}
        case target:
            return {"target": target.name, "value": targets.get(target.name)}


def _slot(name: str, scope: Scope | None, service: Service, rulebook: Rulebook) -> Terms:
    slot = rulebook.slots[name]
    pointer = service.evidence.get(name)
    narrowed = {option: list(values) for option, values in narrowing_of(slot, scope)}
    pin = pointer.sha256 if pointer else None
    return _without_defaults(
        {
            "kind": slot.kind,
            "options": stated(options_of(service, name, rulebook)),
            "only": narrowed,
            "sha256": pin,
        }
    )


def _may_lack_subjects(asked: Asked) -> bool:
    subjects = asked.rule.subjects
    return subjects is not None and asked.context.level <= subjects.up_to


def _subjects(rule: Rule) -> str | None:
    return ".".join((rule.subjects.slot, *rule.subjects.path)) if rule.subjects else None


def _dependencies(rule: Rule, level: str, **on: list[str]) -> dict[str, Any] | None:
    return {"at_least": level, **on} if rule.compares_dependencies else None


def _span(span: MilestoneSpan) -> list[str]:
    return [span.first, *span.later]
