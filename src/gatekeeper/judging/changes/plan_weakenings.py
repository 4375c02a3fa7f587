"""Decide which changes of a service's manifest are weakenings: plan, targets, claims and evidence."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.plan import Cell
from gatekeeper.model.rule import Operator, Rulebook, TargetOperand
from gatekeeper.model.service import Capability, Service


class ServicePair(NamedTuple):
    """A service before and after, and the path of its current manifest."""

    base: Service
    head: Service
    file: str

    @property
    def name(self) -> str:
        """The current name."""
        return self.head.service

    def where(self, *path: str) -> ManifestPlace:
        """Return a place in the manifest."""
        return ManifestPlace(self.file, path)


def compare_plans(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    """Yield each weakening of the head's manifest; the rulebook is the base's."""
    yield from _cells(pair, rulebook)
    yield from _targets(pair, rulebook)
    yield from _claims(pair, rulebook)
    yield from _evidence(pair)
    yield from _declarations(pair)


def service_removed(service: str) -> Change:
    """Return the weakening that a service was removed from the plan."""
    message = f"{service} was removed from the plan"
    return weakening(ChangeKind.PLAN_WEAKENED, f"{service}:removed", message, None)._replace(service=service)


def milestone_removed(milestone: str) -> Change:
    """Return the weakening that a milestone was removed."""
    message = f"milestone {milestone} was removed"
    return weakening(ChangeKind.PLAN_WEAKENED, f"milestones.{milestone}:removed", message, None)


def compare_roadmaps(base: Iterable[str], head: Iterable[str]) -> Iterator[Change]:
    """Yield a weakening if milestones of the base have another order in the head."""
    before, after = list(base), list(head)
    was = [milestone for milestone in before if milestone in after]
    becomes = [milestone for milestone in after if milestone in before]
    if was != becomes:
        message = f"the order of milestones is {', '.join(becomes)} instead of {', '.join(was)}"
        yield weakening(ChangeKind.PLAN_WEAKENED, "roadmap:order", message, None, was, becomes)


def _weaker(
    pair: ServicePair, name: str, message: str, where: ManifestPlace, before: Any = None, after: Any = None
) -> Change:
    change = weakening(ChangeKind.PLAN_WEAKENED, f"{pair.name}:{name}", message, where, before, after)
    return change._replace(service=pair.name)


# The plan


def _cells(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    before, after = resolve(pair.base, rulebook.scale), resolve(pair.head, rulebook.scale)
    for milestone, cell in before.items():
        now = after.get(milestone)
        if now is None:
            message = f"{milestone} has no target any more; it was {cell.level}"
            change = _weaker(pair, f"{milestone}:dropped", message, pair.where("plan"))
            yield change._replace(milestones=(milestone,))
        elif now.level < cell.level:
            message = f"the target of {milestone} is {now.level} instead of {cell.level}"
            place = pair.where("plan", milestone)
            change = _weaker(pair, f"{milestone}.level", message, place, str(cell.level), str(now.level))
            yield change._replace(milestones=(milestone,))
    both = [(milestone, cell, after[milestone]) for milestone, cell in before.items() if milestone in after]
    yield from _per_gate(pair, both, _dropped, "dropped", "{gate} is no longer required")
    yield from _per_gate(pair, both, narrowed, "narrowed", "the scope of {gate} is narrower")
    yield from _per_gate(pair, both, _demands_dropped, "demand-dropped", "a demand on {gate} was dropped")
    yield from _capabilities(pair, before, after)


FindLoss = Callable[[str, Cell, Cell], Any]
"""Returns what a gate of a cell lost between two states as plain data; None if nothing."""


def _per_gate(
    pair: ServicePair, both: list[tuple[str, Cell, Cell]], find_loss: FindLoss, name: str, template: str
) -> Iterator[Change]:
    """Yield one change per gate for all milestones that carry it."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for milestone, before, after in both:
        for gate in before.gates:
            what = find_loss(gate, before, after)
            if what is not None:
                found[gate][milestone] = what
    for gate, losses in found.items():
        milestones = tuple(losses)
        message = template.format(gate=gate)
        place = pair.where("plan", milestones[0], "gates", gate)
        first, *others = losses.values()
        whole = first if all(other == first for other in others) else losses
        change = _weaker(pair, f"{gate}:{name}", message, place, whole, ",".join(milestones))
        yield change._replace(milestones=milestones)


def _dropped(gate: str, _: Cell, after: Cell) -> Any:
    return None if gate in after.gates else "asked"


def narrowed(gate: str, before: Cell, after: Cell) -> Any:
    """Return the parts of a narrowing that exclude something asked before; a note alone narrows nothing."""
    scope = after.narrowing.get(gate)
    if scope is None:
        return None
    was = before.narrowing.get(gate)
    kept = {
        key: list(now)
        for key in ("only", "paths", "subjects", "aggregates")
        if (now := getattr(scope, key)) is not None and not _holds_all(now, getattr(was, key, None))
    }
    return kept or None


def _holds_all(now: tuple[str, ...], before: tuple[str, ...] | None) -> bool:
    return before is not None and set(before) <= set(now)


def _demands_dropped(gate: str, before: Cell, after: Cell) -> Any:
    if gate not in after.gates:
        return None  # reported with the gate
    kept = after.demands.get(gate, ())
    return [demand for demand in before.demands.get(gate, ()) if demand not in kept] or None


def _capabilities(
    pair: ServicePair, before: Mapping[str, Cell], after: Mapping[str, Cell]
) -> Iterator[Change]:
    now = {added.id: (milestone, added) for milestone, cell in after.items() for added in cell.adds}
    order = list(after)
    for milestone, cell in before.items():
        for added in cell.adds:
            if added.id in now:
                due, becomes = now[added.id]
                is_later = milestone in after and order.index(due) > order.index(milestone)
                changes = _capability(pair, added, milestone, due, becomes, is_later=is_later)
            else:
                message = f"the capability {added.capability} was dropped"
                place = pair.where("plan", milestone, "adds")
                changes = iter([_weaker(pair, f"{added.id}:dropped", message, place)])
            yield from (change._replace(milestones=(milestone,)) for change in changes)


def _capability(
    pair: ServicePair, was: Capability, milestone: str, due: str, now: Capability, *, is_later: bool
) -> Iterator[Change]:
    place = pair.where("plan", due, "adds")
    if is_later:
        message = f"the capability {was.capability} is due at {due} instead of {milestone}"
        yield _weaker(pair, f"{was.id}:due", message, place, milestone, due)
    if now.optional and not was.optional:
        message = f"the capability {was.capability} is optional now"
        yield _weaker(pair, f"{was.id}:optional", message, place)


# Targets, claims and labels


def _targets(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    asked: dict[str, set[Operator]] = defaultdict(set)
    for rule in rulebook.by_id.values():
        for condition in rule.conditions:
            if isinstance(condition.operand, TargetOperand):
                asked[condition.operand.name].add(condition.operator)
    for name, before in pair.base.targets.items():
        after = pair.head.targets.get(name)
        if after is None or after == before:
            continue  # without the target, the criteria that need it are open
        stricter = Operator.AT_LEAST if after > before else Operator.AT_MOST
        if asked[name] - {stricter}:
            message = f"the target {name} is {after:g} instead of {before:g}"
            yield _weaker(pair, f"targets.{name}", message, pair.where("targets", name), before, after)


def _claims(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    base, head = pair.base, pair.head
    before, now = (rulebook.scale.claimed(side.level) for side in (base, head))
    if now < before:
        message, place = f"it claims {now} instead of {before}", pair.where("level")
        if rulebook.governance.upgrade_sign_offs:
            yield _weaker(pair, "level", message, place, str(before), str(now))
        else:
            yield Change(ChangeKind.NOTE, f"{pair.name}:level", message, Cause.PLAN, pair.name, where=place)
    for label in base.labels:
        if label not in head.labels:
            message = f"it no longer has the label {label}"
            yield _weaker(pair, f"labels.{label}:dropped", message, pair.where("labels"))
    released = base.release.commit if base.release else None
    if released and not (head.release and head.release.commit):
        message = "the release names no commit any more, so evidence of any commit counts"
        yield _weaker(pair, "release.commit:dropped", message, pair.where("release"))
    if base.owner != head.owner:
        message = f"the owner is {head.owner} instead of {base.owner}; its people now sign for the service"
        place = pair.where("owner")
        yield Change(ChangeKind.NOTE, f"{pair.name}:owner", message, Cause.GOVERNANCE, pair.name, where=place)


# Evidence and declarations


def _evidence(pair: ServicePair) -> Iterator[Change]:
    for slot, before in pair.base.evidence.items():
        after = pair.head.evidence.get(slot)
        if after is None:
            message = f"`{slot}` is no longer mapped; it was {before.path}"
            yield evidence_removed(pair, slot, message, pair.where("evidence"))
            continue
        place = pair.where("evidence", slot)
        if after.path != before.path:
            message = f"`{slot}` is read from {after.path} instead of {before.path}"
            yield _weaker(pair, f"evidence.{slot}", message, place, before.path, after.path)
        if before.sha256 and not after.sha256:
            message = f"`{slot}` is no longer pinned to its sha256"
            yield _weaker(pair, f"evidence.{slot}.sha256:dropped", message, place)


def evidence_removed(pair: ServicePair, slot: str, message: str, where: ManifestPlace) -> Change:
    """Return the change that an artefact is gone."""
    return Change(
        ChangeKind.EVIDENCE_REMOVED,
        f"{pair.name}:evidence.{slot}:removed",
        message,
        Cause.EVIDENCE,
        pair.name,
        where=where,
    )


def _declarations(pair: ServicePair) -> Iterator[Change]:
    for criterion, now in pair.head.not_applicable.items():
        if pair.base.not_applicable.get(criterion) != now:
            message = f"{criterion} is declared not applicable by {now.by}, {now.role}: {now.reason}"
            yield Change(
                ChangeKind.NOT_APPLICABLE,
                f"{pair.name}:not_applicable.{criterion}",
                message,
                Cause.GOVERNANCE,
                pair.name,
                where=pair.where("not_applicable", criterion),
            )
