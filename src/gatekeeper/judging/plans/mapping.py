"""What a service's mapping of an artefact adds to the slot: the tests that count, and the number of parts."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.model.guards import SlotGuard
from gatekeeper.model.rule import Rule, Rulebook
from gatekeeper.model.service import EvidencePointer, Service


def decides(pointer: EvidencePointer | None) -> bool:
    """Return whether a mapping says more than where the artefact is."""
    return pointer is not None and bool(pointer.sha256 or pointer.select or pointer.whole or pointer.parts)


def options_of(service: Service, slot: str, rulebook: Rulebook) -> Mapping[str, Any]:
    """Return the options with which an artefact is read for a slot: those of the slot and of the mapping.

    `others` lists what further slots select of the same report, if a criterion that always binds reads them:
    their failures are theirs alone.
    """
    options, pointer = rulebook.slots[slot].options, service.evidence.get(slot)
    if pointer is None:
        return options
    selects = {
        name: other.select
        for name, other in service.evidence.items()
        if name != slot and other.select and other.path == pointer.path
    }
    own = {"select": pointer.select} if pointer.select else {}
    read = _binding_slots(service, rulebook) if selects else ()
    others = [select for name, select in selects.items() if name in read]
    return {**options, **own, **({"others": others} if others else {})}


def _binding_slots(service: Service, rulebook: Rulebook) -> set[str]:
    """Return the slots that criteria read which are asked of a service and always bind."""
    cells = resolve(service, rulebook.scale).values()
    gates = {gate for cell in cells for gate in cell.gates} & rulebook.gates.keys()
    highest = max(cell.level for cell in cells)
    rules = [rule for gate in gates for rule in rulebook.gates[gate].rules]
    rules += [rule for level, of in rulebook.levels.items() if level <= highest for rule in of.rules]
    return {slot for rule in rules if not rule.advisory and rule.effective is None for slot in rule.slots}


def mapped_guard(rule: Rule, slot: str, service: Service) -> SlotGuard:
    """Return the guard of a slot for a criterion, with what the mapping of the service says."""
    guard, pointer = rule.guard(slot), service.evidence.get(slot)
    if pointer is None or not decides(pointer):
        return guard
    return guard._replace(
        by_id=guard.by_id and not (pointer.whole or pointer.select),
        parts=max(filter(None, (guard.parts, pointer.parts)), default=None),
    )
