"""Describe everything that decides a criterion, as plain data that can be compared and digested."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.judging.obligations.asked import Asked, MilestoneSpan
from gatekeeper.judging.plans.narrowing import narrowing_of
from gatekeeper.model.rule import (
    Condition,
    Effective,
    FactOf,
    Literal,
    MilestoneContext,
    Operand,
    Rule,
    Rulebook,
)
from gatekeeper.model.service import Scope, Service

Terms = dict[str, Any]


def terms_of(asked: Asked, service: Service, rulebook: Rulebook) -> Terms:
    """Return everything that decides a criterion of a service.

    The texts `why`, `remedy` and `effort` decide nothing, and neither do the paths of artefacts.
    """
    rule, context = asked.rule, asked.context
    slots = {slot: _slot(slot, context.scope, service, rulebook) for slot in rule.slots}
    return _without_defaults(
        {
            "question": rule.question,
            "same_as": rule.twin,
            "requires": [_condition(condition, service) for condition in rule.conditions],
            "slots": slots,
            "subjects": _subjects(rule) if _may_lack_subjects(asked) else None,
            "attested_by": rule.attested_by,
            "or_attested_by": rule.or_attested_by,
            "waivable_by": rule.waivable_by,
            "max_age_days": rule.max_age_days,
            "same_commit": rule.same_commit,
            "commit": service.release.commit if rule.same_commit and service.release else None,
            "milestones": _span(context.span) if rule.depends_on_milestone else None,
            "capabilities": [one.rule.id for one in asked.covers if one.binding],
            "optional": rule.source is None and not asked.binding,
            "effective": _when(rule.effective),
            "advisory": rule.advisory,
            "upcoming": _upcoming(rule.upcoming, service) if rule.upcoming else None,
        }
    )


def _without_defaults(terms: Mapping[str, Any]) -> Terms:
    return {name: value for name, value in terms.items() if value not in (None, False, [], {})}


def _condition(condition: Condition, service: Service) -> Terms:
    operand = _operand(condition.operand, service)
    return {"fact": condition.fact, "operator": str(condition.operator), "operand": operand}


def _upcoming(rule: Rule, service: Service) -> Terms:
    requires = [_condition(condition, service) for condition in rule.conditions]
    return {"effective": _when(rule.effective), "requires": requires}


def _when(effective: Effective | None) -> str | None:
    return None if effective is None else str(effective)


def _operand(operand: Operand, service: Service) -> Any:
    match operand:
        case Literal(value):
            return list(value) if isinstance(value, tuple) else value
        case FactOf():
            return {"fact": operand.describe()}
        case MilestoneContext():
            return {"context": "milestone"}
        case target:
            return {"target": target.name, "value": service.targets.get(target.name)}


def _slot(name: str, scope: Scope | None, service: Service, rulebook: Rulebook) -> Terms:
    slot = rulebook.slots[name]
    pointer = service.evidence.get(name)
    narrowed = {option: list(values) for option, values in narrowing_of(slot, scope)}
    pin = pointer.sha256 if pointer else None
    return _without_defaults(
        {"kind": slot.kind, "options": dict(slot.options), "only": narrowed, "sha256": pin}
    )


def _may_lack_subjects(asked: Asked) -> bool:
    subjects = asked.rule.subjects
    return subjects is not None and asked.context.level <= subjects.up_to


def _subjects(rule: Rule) -> str | None:
    return ".".join((rule.subjects.slot, *rule.subjects.path)) if rule.subjects else None


def _span(span: MilestoneSpan) -> list[str]:
    return [span.first, *span.later]
