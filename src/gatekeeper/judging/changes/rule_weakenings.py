"""Find what a rulebook asks for less than another one, and what it asks for more."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from gatekeeper.judging.changes.evidence_rule_weakenings import (
    attestation_losses,
    compare_evidence_rules,
    kind_losses,
)
from gatekeeper.judging.changes.level_weakenings import compare_levels
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.obligations.guards import IsAsEarly, guard_losses
from gatekeeper.judging.obligations.strictness import is_as_early, losses, slot_losses
from gatekeeper.judging.obligations.terms import guard_terms, terms_of_rule
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace
from gatekeeper.model.evidence import FORMATS_OPTION
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.rule import BoundSlot, GateRules, Rule, Rulebook
from gatekeeper.model.rulebook import Criterion, Gate, Levels
from gatekeeper.model.workspace import Manifests

_weaker = partial(weakening, ChangeKind.RULE_WEAKENED)
Places = Mapping[str, ManifestPlace]
EVIDENCE = "evidence"
"""The name under which the place of `evidence.yaml` is known."""


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
    rules, others, earlier = base.evidence_rules, head.evidence_rules, is_as_early(milestones)
    by_kind, of_attestations = kind_losses(rules, others, earlier), attestation_losses(rules, others, earlier)
    yield from compare_evidence_rules(rules, others, by_kind, places.get(EVIDENCE), earlier)
    if base.repository not in (None, head.repository):
        now = f"from {head.repository}" if head.repository else "not at all"
        message = f"the repository of a service is derived {now} instead of from {base.repository}"
        yield _weaker("repository", message, None, base.repository, head.repository)
    lost = {rule.id: _lost(rule, head, base, milestones) for rule in base.by_id.values()}
    by_slot = {name: _slot_losses(slot, head.slots.get(name), earlier) for name, slot in base.slots.items()}
    for rule in base.by_id.values():
        # What the original of a twin, a slot or its kind reports is not repeated.
        known = {
            *of_attestations,
            *lost.get(rule.twin or "", ()),
            *_of_slots(rule.slots, base, by_slot, by_kind),
        }
        own = [how for how in lost[rule.id] if how not in known]
        if own and (rule.gate is None or rule.gate in head.gates):
            yield _criterion(rule, head.by_id.get(rule.id), own, places)
    for name, slot in base.slots.items():
        how = [one for one in by_slot[name] if one not in by_kind.get(slot.kind, ())]
        if how:
            before, after = _definition(slot), _definition(head.slots[name])
            told = (one if f"`{name}`" in one else f"for `{name}` {one}" for one in how)
            message = f"the rulebook {'; '.join(told)}"
            yield _weaker(f"slot {name}", message, None, before, after)
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


def _slot_losses(base: BoundSlot, head: BoundSlot | None, earlier: IsAsEarly) -> list[str]:
    """Return what a slot shows less of; a slot that is gone is reported by the criteria that used it."""
    if head is None:
        return []
    before, after = _definition(base), _definition(head)
    return [
        *slot_losses(base.name, before, after),
        *guard_losses(before["guard"], after["guard"], earlier),
    ]


def _of_slots(
    names: Sequence[str],
    base: Rulebook,
    by_slot: Mapping[str, Sequence[str]],
    by_kind: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    for name in names:
        yield from by_slot.get(name, ())
        yield from by_kind.get(base.slots[name].kind, ())


def _definition(slot: BoundSlot) -> dict[str, Any]:
    return {
        "kind": slot.kind,
        # What a format of the workspace reads is compared once, not for each slot of its kind.
        "options": {name: value for name, value in slot.options.items() if name != FORMATS_OPTION},
        "guard": guard_terms(slot.guard._replace(distinct=())),
    }


def _places(workspace: Manifests) -> Iterator[tuple[str, ManifestPlace]]:
    if written := workspace.files.get((EvidenceRules, "")):
        yield EVIDENCE, ManifestPlace(written)
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
