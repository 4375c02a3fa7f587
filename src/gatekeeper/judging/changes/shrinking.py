"""Report evidence that holds less than before and still meets its criteria: fewer tests, files, results."""

from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import NamedTuple

from gatekeeper.judging.changes.causes import Verdicts
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.shifts import by_id, common
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.verdicts.services import some
from gatekeeper.model.changes import Cause, Change, ChangeKind
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.rule import BoundSlot, Rule, Rulebook
from gatekeeper.model.status import Status

_ITEMS = "items"
_TOLERATED = 0.1
"""The share by which an amount may fall where `must_not_shrink` is asked: load tests and traces vary."""

Amounts = Mapping[str, float]


class _Shrunk(NamedTuple):
    """Evidence that holds less, the slots that it fills, and the criteria that it still meets."""

    was: Amounts
    now: Amounts
    names: frozenset[str]
    """The amounts that say how much was measured; the others only explain."""
    slots: set[str]
    rules: dict[str, Rule]

    @property
    def is_much(self) -> bool:
        """Whether an amount fell by more than load tests vary."""
        known = self.names & self.was.keys() & self.now.keys()
        return any(self.now[name] < self.was[name] * (1 - _TOLERATED) for name in known)

    @property
    def changed(self) -> Mapping[str, tuple[float, float]]:
        """The amounts before and after, without those that are the same or not known."""
        both = ((name, was, self.now.get(name, was)) for name, was in self.was.items())
        return {name: (was, now) for name, was, now in both if was != now}


def evidence_shrunk(
    pair: ServicePair, before: Verdicts, after: Verdicts, rulebook: Rulebook
) -> Iterator[Change]:
    """Yield the evidence that holds less, with figures; one file may fill several slots.

    It blocks until it is approved if it holds much less and a criterion says `must_not_shrink`.
    """
    for shrunk in _shrunk(before, after, rulebook):
        slots, amounts = sorted(shrunk.slots), shrunk.changed
        named = ", ".join(f"`{slot}`" for slot in slots)
        figures = ", ".join(
            f"{name.replace('_', ' ')} {was:,} → {now:,}" for name, (was, now) in amounts.items()
        )
        met = some(sorted(shrunk.rules))
        message = f"less evidence than before for {named}: {figures}; still met: {met}"
        name, where = f"{pair.name}:evidence.{slots[0]}:shrunk", pair.where("evidence", slots[0])
        change = Change(ChangeKind.EVIDENCE_SHRUNK, name, message, Cause.ARTEFACT, where=where)
        if shrunk.is_much and any(rule.must_not_shrink for rule in shrunk.rules.values()):
            change = weakening(change.kind, name, message, where, [shrunk.was, slots], shrunk.now)
        yield change._replace(cause=Cause.ARTEFACT, service=pair.name, amounts=amounts)


def _shrunk(before: Verdicts, after: Verdicts, rulebook: Rulebook) -> Iterable[_Shrunk]:
    """Return the evidence of which an amount fell and a criterion passes before and after."""
    found: dict[str, _Shrunk] = {}
    for _, was, now in common(before, after):
        earlier = by_id(was)
        for name, result in by_id(now).items():
            passed_before = name in earlier and earlier[name].status is Status.PASS
            if result.status is not Status.PASS or not passed_before:
                continue
            known = {one.slot: one for one in earlier[name].evidence}
            for one in result.evidence:
                slot = rulebook.slots.get(one.slot)
                if slot and one.slot in known and (less := _less(slot, known[one.slot], one)):
                    shrunk = found.setdefault(one.sha256 or one.slot, less)
                    shrunk.slots.add(one.slot)
                    shrunk.rules[name] = result.rule
    return found.values()


def _less(slot: BoundSlot, was: Evidence, now: Evidence) -> _Shrunk | None:
    """Return how much less evidence holds; None if no amount fell."""
    names = frozenset(slot.amounts)
    before, after = _amounts(was, names), _amounts(now, names)
    fell = any(after[name] < before[name] for name in names & before.keys() & after.keys())
    return _Shrunk(before, after, names, set(), {}) if fell else None


def _amounts(evidence: Evidence, names: frozenset[str]) -> Amounts:
    """Return the known amounts and the other counts among the facts, in the order of the facts."""
    facts = evidence.facts._asdict() if hasattr(evidence.facts, "_asdict") else {}
    found: dict[str, float] = {}
    for name, value in facts.items():
        if name in names and isinstance(value, Sized):
            found[name] = len(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            found[name] = value
    items = [part.items for part in evidence.parts]
    if _ITEMS in names and None not in items:
        found[_ITEMS] = sum(filter(None, items))
    return found
