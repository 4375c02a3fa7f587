"""What a service's mapping of an artefact adds to the slot: the tests that count, and the number of parts."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.model.guards import SlotGuard
from gatekeeper.model.plan import Cell
from gatekeeper.model.rule import Literal, Operator, Rule, Rulebook
from gatekeeper.model.service import EvidencePointer, Service

_NONE = (Operator.EMPTY, Literal(value=True))


def decides(pointer: EvidencePointer | None) -> bool:
    """Return whether a mapping says more than where the artefact is."""
    return pointer is not None and bool(pointer.sha256 or pointer.select or pointer.whole or pointer.parts)


def options_of(service: Service, slot: str, rulebook: Rulebook) -> Mapping[str, Any]:
    """Return the options with which an artefact is read for a slot: those of the slot and of the mapping.

    `others` lists what further slots select of the same report, if a criterion that always binds accepts no
    failure of them: their failures are theirs alone.
    """
    options, pointer = rulebook.slots[slot].options, service.evidence.get(slot)
    if pointer is None:
        return options
    selects = {
        name: other.select
        for name, other in service.evidence.items()
        if other.select and name != slot and other.path == pointer.path
    }
    own = {"select": pointer.select} if pointer.select else {}
    read = _binding_slots(service, rulebook) if selects else ()
    others = [select for name, select in selects.items() if name in read]
    return {**options, **own, **({"others": others} if others else {})}


def _binding_slots(service: Service, rulebook: Rulebook) -> set[str]:
    """Return the slots of which a criterion that every cell of a service's plan asks accepts no failure."""
    cells = resolve(service, rulebook.scale).values()
    lowest = min(cell.level for cell in cells)
    rules = [rule for level, of in rulebook.levels.items() if level <= lowest for rule in of.rules]
    for name, gate in rulebook.gates.items():
        rules += [rule for rule in gate.rules if all(_asks(cell, name, rule) for cell in cells)]
    return {slot for rule in rules if _always_binds(rule, service) for slot in _without_failures(rule)}


def _asks(cell: Cell, gate: str, rule: Rule) -> bool:
    """Return whether a cell lists a gate, and its scope does not leave a criterion out."""
    scope = cell.narrowing.get(gate)
    is_in_scope = scope is None or not scope.only or rule.id in scope.only
    return gate in cell.gates and is_in_scope and rule.level <= cell.level


def _always_binds(rule: Rule, service: Service) -> bool:
    """Return whether nothing that a plan or a manifest says makes a criterion not apply or not count."""
    source = rule.source
    # A twin may be answered by its original, which may be declared not applicable.
    may_not_apply = rule.twin or rule.subjects or (source and (source.applies_when or source.only_at))
    binds = not rule.advisory and rule.effective is None and rule.id not in service.not_applicable
    return binds and not may_not_apply


def _without_failures(rule: Rule) -> Iterator[str]:
    """Yield the slots of which a criterion accepts no failed test."""
    for condition in rule.conditions:
        if condition.path == ("failed",) and (condition.operator, condition.operand) == _NONE:
            yield condition.slot


def mapped_guard(rule: Rule, slot: str, service: Service) -> SlotGuard:
    """Return the guard of a slot for a criterion, with what the mapping of the service says."""
    guard, pointer = rule.guard(slot), service.evidence.get(slot)
    if pointer is None or not decides(pointer):
        return guard
    return guard._replace(
        by_id=guard.by_id and not (pointer.whole or pointer.select),
        parts=max(filter(None, (guard.parts, pointer.parts)), default=None),
    )
