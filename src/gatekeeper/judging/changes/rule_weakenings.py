"""Decide which changes of a rulebook are weakenings; a change not provably as strict is one."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gatekeeper.judging.changes.condition_weakenings import compare_conditions
from gatekeeper.judging.changes.level_weakenings import compare_levels
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace
from gatekeeper.model.level import Scale
from gatekeeper.model.rule import (
    GateRules,
    Rule,
    Rulebook,
    SubjectsOf,
)
from gatekeeper.model.rulebook import AppliesWhen, Criterion, Gate, Levels
from gatekeeper.model.workspace import Manifests

_weaker = partial(weakening, ChangeKind.RULE_WEAKENED)


def compare_rules(base: Rulebook, head: Rulebook, workspace: Manifests) -> Iterator[Change]:
    """Yield each weakening of gates, levels, criteria and slots in the head.

    The scale of the base must have the levels of both, as `with_levels` adds them.
    """
    places = dict(_places(workspace))
    for name, gate in base.gates.items():
        yield from _gate(gate, head.gates.get(name), places)
    for rule in base.by_id.values():
        if rule.gate is None or rule.gate in head.gates:
            where = places.get(rule.id) or places.get(rule.gate or str(rule.level))
            yield from _rule(rule, _on_scale(head.by_id.get(rule.id), base.scale), where)
    for name, slot in base.slots.items():
        now = head.slots.get(name)
        if now is None:
            continue  # the criteria that used it are reported
        described, becomes = _slot(slot.kind, slot.options), _slot(now.kind, now.options)
        if described != becomes:
            message = f"slot `{name}` was {described} and is {becomes}"
            yield _weaker(f"slot:{name}", message, None, described, becomes)
    yield from compare_levels(base, head, places)


def _on_scale(rule: Rule | None, scale: Scale) -> Rule | None:
    """Return a rule of the head with its levels on the scale of the base, which has all levels of both."""
    if rule is None:
        return None
    subjects = rule.subjects and rule.subjects._replace(up_to=scale[rule.subjects.up_to.id])
    return rule._replace(level=scale[rule.level.id], subjects=subjects)


def _slot(kind: str, options: Mapping[str, Any]) -> str:
    described = [f"{name}: {options[name]}" for name in sorted(options)]
    return f"{kind} ({', '.join(described)})" if described else kind


def _places(workspace: Manifests) -> Iterator[tuple[str, ManifestPlace]]:
    for name, gate in workspace.gates.items():
        file = workspace.files[Gate, name]
        yield name, ManifestPlace(file)
        for i, criterion in enumerate(gate.criteria):
            yield criterion.id, ManifestPlace(file, ("criteria", i))
    file = workspace.files[Levels, ""]
    for j, level in enumerate(workspace.levels.levels):
        yield str(level.level), ManifestPlace(file, ("levels", j))
        for i, criterion in enumerate(level.criteria):
            yield criterion.id, ManifestPlace(file, ("levels", j, "criteria", i))


def _gate(base: GateRules, head: GateRules | None, places: Mapping[str, ManifestPlace]) -> Iterator[Change]:
    if head is None:
        yield _weaker(f"{base.gate}:dropped", f"gate {base.title} was dropped", None)
    elif base.role != head.role:
        message = f"demands on {base.gate} are attested by {head.role} instead of {base.role}"
        yield _weaker(f"{base.gate}.role", message, places[base.gate], base.role, head.role)


def _rule(base: Rule, head: Rule | None, where: ManifestPlace | None) -> Iterator[Change]:
    if head is None:
        yield _weaker(f"{base.id}:dropped", f"{base.id} was dropped: {base.question}", where)
        return
    if head.level > base.level:
        message = f"{base.id} is required from {head.level} on instead of from {base.level}"
        yield _weaker(f"{base.id}.from", message, where, str(base.level), str(head.level))
    if base.twin != head.twin:
        message = f"{base.id} is the same as {head.twin or 'no other'} instead of {base.twin or 'none'}"
        yield _weaker(f"{base.id}.same_as", message, where, base.twin, head.twin)
    elif base.twin is None:
        yield from _decision(base, head, where)
    yield from _role(base, "waivable_by", base.waivable_by, head.waivable_by, where)
    if (base.attested_by or base.or_attested_by) and base.question.split() != head.question.split():
        message = f"{base.id} asks people {head.question!r} instead of {base.question!r}"
        yield _weaker(f"{base.id}.question", message, where, base.question, head.question)
    if base.source and head.source:
        yield from _applicability(base.source, head.source, where)


def _decision(base: Rule, head: Rule, where: ManifestPlace | None) -> Iterator[Change]:
    """Compare how a criterion is decided; a twin is decided like its original."""
    yield from compare_conditions(base, head, where)
    if base.attested_by != head.attested_by:
        before, after = base.attested_by, head.attested_by
        message = f"{base.id} is attested by {after or 'nobody'} instead of {before or 'nobody'}"
        yield _weaker(f"{base.id}.attested_by", message, where, before, after)
    yield from _role(base, "or_attested_by", base.or_attested_by, head.or_attested_by, where)
    if base.max_age_days and (head.max_age_days is None or head.max_age_days > base.max_age_days):
        allowed = f"up to {head.max_age_days} days old" if head.max_age_days else "of any age"
        message = f"{base.id} accepts evidence {allowed} instead of up to {base.max_age_days} days old"
        yield _weaker(f"{base.id}.max_age_days", message, where, base.max_age_days, head.max_age_days)
    if base.same_commit and not head.same_commit:
        message = f"{base.id} accepts evidence of another commit than the release"
        yield _weaker(f"{base.id}.same_commit:dropped", message, where)
    if base.per_milestone and not head.per_milestone:
        message = f"{base.id} accepts attestations for another milestone"
        yield _weaker(f"{base.id}.per_milestone:dropped", message, where)
    if _excludes_more(base.subjects, head.subjects):
        was, becomes = _subjects(base.subjects), _subjects(head.subjects)
        message = f"{base.id} does not apply without {becomes}; before: {was or 'always required'}"
        yield _weaker(f"{base.id}.subjects", message, where, was, becomes)


def _role(
    base: Rule, key: str, before: str | None, after: str | None, where: ManifestPlace | None
) -> Iterator[Change]:
    if after is not None and before != after:
        what = "waived" if key == "waivable_by" else "attested in place of evidence"
        message = f"{base.id} may be {what} by {after}; before by {before or 'nobody'}"
        yield _weaker(f"{base.id}.{key}", message, where, before, after)


def _excludes_more(base: SubjectsOf | None, head: SubjectsOf | None) -> bool:
    if head is None:
        return False
    return base is None or (base.slot, base.path) != (head.slot, head.path) or head.up_to > base.up_to


def _subjects(subjects: SubjectsOf | None) -> str | None:
    return f"{'.'.join((subjects.slot, *subjects.path))} up to {subjects.up_to}" if subjects else None


# Applicability


def _applicability(base: Criterion, head: Criterion, where: ManifestPlace | None) -> Iterator[Change]:
    if head.only_at is not None and base.only_at != head.only_at:
        before, after = base.only_at and str(base.only_at), str(head.only_at)
        message = f"{base.id} is required only at {after}"
        yield _weaker(f"{base.id}.only_at", message, where, before, after)
    if _narrows(base.applies_when or AppliesWhen(), head.applies_when or AppliesWhen()):
        was, becomes = _condition(base.applies_when), _condition(head.applies_when)
        message = f"{base.id} applies only when {becomes}; before: {was or 'always'}"
        yield _weaker(f"{base.id}.applies_when", message, where, was, becomes)
    if base.covers_capabilities and not head.covers_capabilities:
        message = f"{base.id} no longer covers the capabilities"
        yield _weaker(f"{base.id}.covers_capabilities:dropped", message, where)


def _narrows(base: AppliesWhen, head: AppliesWhen) -> bool:
    """Whether the criterion may apply to a service under the base and not under the head."""
    return (
        head.gate not in (None, base.gate)
        or head.label not in (None, base.label)
        or (head.any_gate is not None and not _is_among(base.any_gate, head.any_gate))
        or not set(head.except_services or ()) <= set(base.except_services or ())
    )


def _is_among(base: tuple[str, ...] | None, head: tuple[str, ...]) -> bool:
    return base is not None and set(base) <= set(head)


def _condition(when: AppliesWhen | None) -> str | None:
    if when is None:
        return None
    conditions = when.model_dump(exclude_none=True)
    return ", ".join(
        f"{key}: {value if isinstance(value, str) else ' '.join(value)}" for key, value in conditions.items()
    )
