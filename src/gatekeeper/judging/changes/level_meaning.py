"""Find what a level no longer means for a service, because another cell of its plan defines the level now."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from gatekeeper.judging.changes.plan_weakenings import ServicePair, narrowed
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.obligations.expand import expand_levels
from gatekeeper.judging.plans.cells import cell_for_level, resolve
from gatekeeper.judging.verdicts.services import some
from gatekeeper.model.changes import Change, ChangeKind
from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service


class PlanContext(NamedTuple):
    """What the plan of one state depends on besides the service."""

    roadmap: Roadmap
    as_of: date


def compare_meanings(
    pair: ServicePair, rulebook: Rulebook, base: PlanContext, head: PlanContext
) -> Iterator[Change]:
    """Yield a weakening for each level that asks less of the service in the head, by the same rules.

    What the head drops or narrows in the cell that defines the level in both states, or with a label, is
    reported there. Exclusive criteria of a level end when the plan moves on.
    """
    before, after = _asked(pair.base, rulebook, base), _asked(pair.head, rulebook, head)
    was, now = (list(resolve(side, rulebook.scale).values()) for side in (pair.base, pair.head))
    highest = max(cell.level for cell in was)
    for level in before:
        cells = cell_for_level(was, level), cell_for_level(now, level)
        lost = [
            name
            for name, terms in before[level].items()
            if _is_lost(terms, after[level].get(name), *cells)
            and not _is_reported(name, pair, rulebook, *cells)
        ]
        if lost and level <= highest:
            is_same_cell = cells[0].milestone == cells[1].milestone
            why = (
                "they do not apply to it any more" if is_same_cell else "another cell of the plan defines it"
            )
            message = f"{level} no longer asks for {some(lost)}: {why}"
            where = pair.where("plan")
            change = weakening(
                ChangeKind.PLAN_WEAKENED, f"{pair.name}:level.{level}", message, where, lost, "not asked"
            )
            yield change._replace(service=pair.name)


Terms = Mapping[str, Any]


def _asked(service: Service, rulebook: Rulebook, of: PlanContext) -> dict[Level, dict[str, Terms]]:
    """Return the terms of what each level asks, by level and id."""
    levels = expand_levels(service, rulebook, of.roadmap, of.as_of)
    return {level: {one.id: one.terms for one in obligations} for level, obligations in levels}


def _is_lost(before: Terms, after: Terms | None, was: Cell, now: Cell) -> bool:
    """Return whether something is no longer asked, or by another cell with less to read."""
    if after is None:
        return True
    if was.milestone == now.milestone:
        return False
    return any(
        _reads_less(slot.get("only", {}), after["slots"][name].get("only", {}))
        for name, slot in before.get("slots", {}).items()
    )


def _reads_less(before: Terms, after: Terms) -> bool:
    return any(key not in before or not set(before[key]) <= set(kept) for key, kept in after.items())


def _is_reported(name: str, pair: ServicePair, rulebook: Rulebook, was: Cell, now: Cell) -> bool:
    rule = rulebook.by_id.get(name)
    source = rule.source if rule else None
    if source is not None and source.only_at is not None:
        return True
    label = source.applies_when.label if source and source.applies_when else None
    if label is not None and label in pair.base.labels and label not in pair.head.labels:
        return True
    gate = name.partition(".")[0]
    is_same_cell = was.milestone == now.milestone
    return is_same_cell and gate in was.gates and (gate not in now.gates or bool(narrowed(gate, was, now)))
