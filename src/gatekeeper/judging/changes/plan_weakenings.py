"""Find what the plan and the targets of a service ask less than before, grouped by what was edited.

Both states are expanded by the rules and the exits of the base, so that only the manifest makes a difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from gatekeeper.judging.changes.causes import with_exits_of
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.obligations.expand import expand
from gatekeeper.judging.obligations.strictness import losses
from gatekeeper.judging.plans.mapping import decides
from gatekeeper.judging.verdicts.services import some
from gatekeeper.model.changes import Change, ChangeKind
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import EvidencePointer, PlanCell, Service

Source = tuple[str, ...]
"""The path of what was edited in a manifest: `("plan", "M1")`."""


class PlanContext(NamedTuple):
    """What the plan of one state depends on besides the service."""

    rulebook: Rulebook
    roadmap: Roadmap
    as_of: date


class _Lost(NamedTuple):
    """A term of an obligation that asks for less, or an obligation that is not asked any more."""

    family: str
    id: str
    how: str
    """How it is weaker; empty if it is gone."""


def compare_plans(pair: ServicePair, base: PlanContext, head: Roadmap) -> Iterator[Change]:
    """Yield a weakening for each cell or field of a manifest by which obligations ask for less."""
    if _asks_the_same(pair.base, pair.head) and list(base.roadmap) == list(head):
        return
    yield from _Comparison(pair, base, head).changes()


def _asks_the_same(base: Service, head: Service) -> bool:
    fields = ("service", "plan", "targets", "labels", "release", "depends_on")
    return _pins(base) == _pins(head) and all(
        getattr(base, field) == getattr(head, field) for field in fields
    )


def _pins(service: Service) -> dict[str, EvidencePointer]:
    """Return what mappings say besides where an artefact is, and of when."""
    where = {"path": "", "collected_at": None, "commit": None}
    found = {slot: pointer for slot, pointer in service.evidence.items() if decides(pointer)}
    return {slot: pointer.model_copy(update=where) for slot, pointer in found.items()}


def _with_first_mappings(base: Service, head: Service) -> Service:
    """Return a service with the mappings of slots that had none: these are declarations."""
    first = {slot: pointer for slot, pointer in head.evidence.items() if slot not in base.evidence}
    return base.model_copy(update={"evidence": {**base.evidence, **first}}) if first else base


def _in_order_of(base: Roadmap, head: Roadmap) -> Roadmap:
    """Return the milestones of the head in the order of the base; another order is reported as such."""
    known = [name for name in base if name in head]
    if known == [name for name in head if name in base]:
        return head
    return Roadmap((name, head[name]) for name in (*known, *(name for name in head if name not in base)))


def _planned(service: Service, plan: Mapping[str, PlanCell], roadmap: Roadmap) -> Service:
    """Return a service with a plan in the order of a roadmap."""
    return service.model_copy(update={"plan": {name: plan[name] for name in roadmap if name in plan}})


TermsOf = Mapping[tuple[str, str], Mapping[str, Any]]
"""Terms by family and id."""


def _asked(service: Service, of: PlanContext) -> TermsOf:
    return {(one.family, one.id): one.terms for one in expand(service, of.rulebook, of.roadmap, of.as_of)}


class _Comparison:
    """Compares what is asked of a service with what is asked by the manifest of the head, or parts of it."""

    def __init__(self, pair: ServicePair, base: PlanContext, head: Roadmap) -> None:
        self._base = base
        self._head = base._replace(roadmap=with_exits_of(base.roadmap, _in_order_of(base.roadmap, head)))
        self._pair = pair._replace(head=_planned(pair.head, pair.head.plan, self._head.roadmap))
        self._asked = _asked(_with_first_mappings(pair.base, pair.head), base)

    def changes(self) -> Iterator[Change]:
        """Yield a weakening for each source."""
        for source, lost in self._by_source().items():
            yield _change(self._pair, source, lost, self._asked)

    def _by_source(self) -> dict[Source, list[_Lost]]:
        """Group losses by the edit that alone, when reverted, restores them; otherwise by the plan."""
        lost, grouped = self._lost(self._pair.head), {}
        for source, reverted in _reverted(self._pair, self._head.roadmap) if lost else ():
            if restored := lost - self._lost(reverted):
                grouped[source] = sorted(restored)
                lost = lost - restored
        return grouped | ({("plan",): sorted(lost)} if lost else {})

    def _lost(self, head: Service) -> set[_Lost]:
        """Return what is asked less; a milestone that the workspace no longer has is reported as removed."""
        after, lost = _asked(head, self._head), set()
        for (family, name), terms in self._asked.items():
            if _milestone(family, name) not in (None, *self._head.roadmap):
                continue
            now = after.get((family, name))
            if now is None:
                lost.add(_Lost(family, name, ""))
            else:
                found = losses(terms, now, self._base.rulebook.scale, tuple(self._base.roadmap))
                lost |= {_Lost(family, name, how) for how in found}
        return lost


def _milestone(family: str, name: str) -> str | None:
    """Return the milestone that an obligation belongs to, if it belongs to one."""
    for prefix, text in (("milestone/", family), ("target:", name)):
        if text.startswith(prefix):
            return text.removeprefix(prefix)
    return None


# What was edited


def _reverted(pair: ServicePair, roadmap: Roadmap) -> Iterator[tuple[Source, Service]]:
    """Yield the head with one edit reverted, for each edit that may affect what is asked."""
    base, head = pair.base, pair.head
    for milestone in roadmap:
        was = base.plan.get(milestone)
        if was != head.plan.get(milestone):
            plan = {name: cell for name, cell in {**head.plan, milestone: was}.items() if cell is not None}
            if plan:
                yield ("plan", milestone), _planned(head, plan, roadmap)
    pins = _pins(base), _pins(head)
    for field in ("targets", "evidence"):
        was, now = getattr(base, field), getattr(head, field)
        compared = pins if field == "evidence" else (was, now)
        for key in {**was, **now}:
            if compared[0].get(key) != compared[1].get(key):
                values = {name: of for name, of in {**now, key: was.get(key)}.items() if of is not None}
                yield (field, key), head.model_copy(update={field: values})
    for field in ("labels", "release", "service", "depends_on"):
        if getattr(base, field) != getattr(head, field):
            yield (field,), head.model_copy(update={field: getattr(base, field)})


# The change


def _change(pair: ServicePair, source: Source, lost: Sequence[_Lost], asked: TermsOf) -> Change:
    milestones = {one.family.partition("/")[2] for one in lost if one.family.startswith("milestone/")}
    return weakening(
        ChangeKind.PLAN_WEAKENED,
        f"{pair.name}:{'.'.join(source)}",
        "; ".join(_sentences(lost)),
        pair.where(*source),
        [_at(pair.base, source), [(one, asked[one.family, one.id]) for one in sorted(lost)]],
        _at(pair.head, source),
    )._replace(service=pair.name, milestones=tuple(name for name in pair.head.plan if name in milestones))


def _at(service: Service, source: Source) -> Any:
    value: Any = service.model_dump(mode="json", include={source[0]}).get(source[0])
    for key in source[1:]:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _sentences(lost: Sequence[_Lost]) -> Iterator[str]:
    """Yield what a source no longer asks: targets, obligations by level and milestone, then weaker terms."""
    yield from (_target(one) for one in lost if one.id.startswith("target:"))
    gone: dict[str, list[str]] = defaultdict(list)
    terms: dict[str, list[str]] = defaultdict(list)
    for one in lost:
        if one.family == "service":
            if not one.id.startswith("target:"):
                yield f"{one.id} {one.how or 'is not asked any more'}"
        elif one.how:
            terms[f"{one.id} {one.how}"].append(one.family)
        else:
            gone[one.family].append(one.id)
    grouped: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for family, ids in gone.items():
        grouped[tuple(_without_gates(ids))].append(family)
    for names, families in grouped.items():
        verb = "asks" if len(families) == 1 else "ask"
        yield f"{_families(families)} no longer {verb} for {some(names)}"
    for sentence, families in terms.items():
        yield f"{sentence} at {_families(families)}"


def _target(one: _Lost) -> str:
    milestone = one.id.partition(":")[2]
    return f"the target of {milestone} {one.how}" if one.how else f"{milestone} has no target any more"


def _without_gates(ids: Sequence[str]) -> list[str]:
    """Return ids without the criteria of gates that are gone themselves."""
    return [name for name in ids if name.partition(".")[0] not in ids or "." not in name]


def _families(families: Iterable[str]) -> str:
    return ", ".join(family.partition("/")[2] for family in families)


# Services, milestones and their order


def service_removed(service: Service) -> Change:
    """Return the weakening that a service was removed from the plan."""
    name = service.service
    message, before = f"{name} was removed from the plan", service.model_dump(mode="json")
    return weakening(ChangeKind.PLAN_WEAKENED, name, message, None, before, None)._replace(service=name)


def compare_roadmaps(base: Sequence[str], head: Sequence[str]) -> Iterator[Change]:
    """Yield a weakening if milestones were removed, moved, or added before the last one of the base.

    A milestone in between makes exceptions last longer, and what is due come later.
    """
    removed = [milestone for milestone in base if milestone not in head]
    kept = [milestone for milestone in head if milestone in base]
    added = [milestone for milestone in head[: head.index(kept[-1])] if milestone not in base] if kept else []
    said = []
    if removed:
        said.append(f"removed: {', '.join(removed)}")
    if added:
        said.append(f"added before {kept[-1]}: {', '.join(added)}")
    if kept != [milestone for milestone in base if milestone in head]:
        said.append(f"their order is {', '.join(kept)}")
    if said:
        message = f"the milestones are not those of the base; {'; '.join(said)}"
        yield weakening(ChangeKind.PLAN_WEAKENED, "roadmap", message, None, list(base), list(head))
