"""Find what a level no longer means for a service, because another cell of its plan defines the level now."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.changes.plan_weakenings import ServicePair
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.obligations.expand import expand
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.services import some
from gatekeeper.model.changes import Change, ChangeKind
from gatekeeper.model.level import Level
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

    What the head drops from a gate or with a label is reported there. Exclusive criteria of a level end when
    the plan moves on.
    """
    reported = _dropped_gates(pair, rulebook)
    before, after = _asked(pair.base, rulebook, base), _asked(pair.head, rulebook, head)
    highest = max(rulebook.scale[cell.level] for cell in pair.base.plan.values())
    for level in rulebook.levels:
        lost = [name for name in before.get(level, ()) if name not in after.get(level, ())]
        lost = [name for name in lost if not _is_reported(name, pair, rulebook, reported)]
        if lost and level <= highest:
            message = f"{level} no longer asks for {some(lost)}: another cell of the plan defines it"
            where = pair.where("plan")
            change = weakening(
                ChangeKind.PLAN_WEAKENED, f"{pair.name}:level.{level}", message, where, lost, "not asked"
            )
            yield change._replace(service=pair.name)


def _asked(service: Service, rulebook: Rulebook, of: PlanContext) -> dict[Level, list[str]]:
    found: dict[Level, list[str]] = {}
    for one in expand(service, rulebook, of.roadmap, of.as_of):
        family, _, name = one.family.partition("/")
        if family == "level":
            found.setdefault(rulebook.scale[name], []).append(one.id)
    return found


def _dropped_gates(pair: ServicePair, rulebook: Rulebook) -> set[str]:
    """Return the gates that a cell of both plans lists in the base alone, or lists with a narrower scope."""
    before, after = (resolve(side, rulebook.scale) for side in (pair.base, pair.head))
    both = [(cell, after[milestone]) for milestone, cell in before.items() if milestone in after]
    dropped = {gate for was, now in both for gate in was.gates if gate not in now.gates}
    narrowed = {
        gate for was, now in both for gate in now.narrowing if now.narrowing[gate] != was.narrowing.get(gate)
    }
    return dropped | narrowed


def _is_reported(name: str, pair: ServicePair, rulebook: Rulebook, gates: Collection[str]) -> bool:
    rule = rulebook.by_id.get(name)
    if rule is None:  # a demand of the plan
        return name.partition(".")[0] in gates
    source = rule.source
    label = source.applies_when.label if source and source.applies_when else None
    has_lost_label = label is not None and label in pair.base.labels and label not in pair.head.labels
    is_exclusive = source is not None and source.only_at is not None
    return (rule.gate is not None and rule.gate in gates) or has_lost_label or is_exclusive
