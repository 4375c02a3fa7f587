"""Find what a rulebook asks for less than another one, and what it asks for more."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from gatekeeper.judging.changes.level_weakenings import compare_levels
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.obligations.strictness import losses, slot_losses
from gatekeeper.judging.obligations.terms import terms_of_rule
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace
from gatekeeper.model.rule import BoundSlot, GateRules, Rule, Rulebook
from gatekeeper.model.rulebook import Criterion, Gate, Levels
from gatekeeper.model.workspace import Manifests

_weaker = partial(weakening, ChangeKind.RULE_WEAKENED)
Places = Mapping[str, ManifestPlace]


def compare_rules(
    base: Rulebook, head: Rulebook, workspace: Manifests, milestones: Sequence[str]
) -> Iterator[Change]:
    """Yield each weakening of gates, levels, criteria and slots in the head, one for each of these.

    Args:
        base: Its scale must have the levels of both, as `with_levels` adds them.
        head: The other rulebook.
        workspace: The manifests of the head, for places.
        milestones: The milestones of the base in order.
    """
    places = dict(_places(workspace))
    for name, gate in base.gates.items():
        yield from _gate(gate, head.gates.get(name), places)
    lost = {rule.id: _lost(rule, head, base, milestones) for rule in base.by_id.values()}
    for rule in base.by_id.values():
        # What the original of a twin reports is not repeated.
        own = [how for how in lost[rule.id] if how not in lost.get(rule.twin or "", ())]
        if own and (rule.gate is None or rule.gate in head.gates):
            yield _criterion(rule, head.by_id.get(rule.id), own, places)
    for name, slot in base.slots.items():
        if now := head.slots.get(name):  # otherwise the criteria that used it are reported
            yield from _slot(slot, now)
    yield from compare_levels(base, head, places)


def _lost(rule: Rule, head: Rulebook, base: Rulebook, milestones: Sequence[str]) -> list[str]:
    now = head.by_id.get(rule.id)
    if now is None:
        return [f"was dropped: {rule.question}"]
    return list(losses(terms_of_rule(rule), terms_of_rule(now), base.scale, milestones))


def _gate(base: GateRules, head: GateRules | None, places: Places) -> Iterator[Change]:
    if head is None:
        ids = sorted(base.ids)
        yield _weaker(base.gate, f"gate {base.title} was dropped", None, ids, None)
    elif base.role != head.role:
        message = f"demands on {base.gate} are attested by {head.role} instead of {base.role}"
        yield _weaker(f"{base.gate}.role", message, places[base.gate], base.role, head.role)


def _criterion(base: Rule, head: Rule | None, lost: Sequence[str], places: Places) -> Change:
    where = places.get(base.id) or places.get(base.gate or str(base.level))
    return _weaker(base.id, f"{base.id} {'; '.join(lost)}", where, _stanza(base), head and _stanza(head))


def _stanza(rule: Rule) -> Any:
    """Return a criterion as it is written, without citations, with the gate or level that holds it."""
    source, left_out = rule.source, {"cites"}
    written = source and source.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=left_out)
    return {"in": rule.gate or str(rule.level), **(written or {})}


def _slot(base: BoundSlot, head: BoundSlot) -> Iterator[Change]:
    before, after = (_definition(slot) for slot in (base, head))
    if lost := list(slot_losses(base.name, before, after)):
        message = f"the rulebook {'; '.join(lost)}"
        yield _weaker(f"slot {base.name}", message, None, before, after)


def _definition(slot: BoundSlot) -> dict[str, Any]:
    return {"kind": slot.kind, "options": dict(slot.options)}


def _places(workspace: Manifests) -> Iterator[tuple[str, ManifestPlace]]:
    for name, gate in workspace.gates.items():
        yield name, ManifestPlace(workspace.files[Gate, name])
        yield from _criteria(gate.criteria, ManifestPlace(workspace.files[Gate, name], ("criteria",)))
    for j, level in enumerate(workspace.levels.levels):
        where = ManifestPlace(workspace.files[Levels, ""], ("levels", j))
        yield str(level.level), where
        yield from _criteria(level.criteria, where._replace(path=(*where.path, "criteria")))


def _criteria(criteria: tuple[Criterion, ...], where: ManifestPlace) -> Iterator[tuple[str, ManifestPlace]]:
    for i, criterion in enumerate(criteria):
        yield criterion.id, where._replace(path=(*where.path, i))
