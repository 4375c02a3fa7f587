"""List every artefact that judging a service may need, before anything is read."""

from collections.abc import Iterator

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.plans.mapping import options_of
from gatekeeper.judging.plans.narrowing import narrowing_of
from gatekeeper.model.evidence import Request
from gatekeeper.model.rule import BoundSlot, Rulebook
from gatekeeper.model.service import EvidencePointer, Scope, Service


def requests(service: Service, rulebook: Rulebook) -> Iterator[Request]:
    """Yield a request for every mapped artefact, and one for each narrowing of the plan.

    Slots and gates that the rulebook does not know are skipped: a change is judged by the rules of its base.
    """
    for name, pointer in service.evidence.items():
        if name in rulebook.slots:
            yield _request(service, rulebook.slots[name], pointer, None, rulebook)
    asked: set[object] = set()
    for cell in resolve(service, rulebook.scale).values():
        for gate, scope in cell.narrowing.items():
            if gate not in rulebook.gates or not scope.narrows_reading:
                continue
            rules = (version for rule in rulebook.gates[gate].rules for version in rule.versions)
            for name in dict.fromkeys(slot for rule in rules for slot in rule.slots):
                if name not in service.evidence:
                    continue
                request = _request(service, rulebook.slots[name], service.evidence[name], scope, rulebook)
                if request.narrowing and (name, request.narrowing) not in asked:
                    asked.add((name, request.narrowing))
                    yield request


def _request(
    service: Service, slot: BoundSlot, pointer: EvidencePointer, scope: Scope | None, rulebook: Rulebook
) -> Request:
    narrowing = narrowing_of(slot, scope)
    options = {**options_of(service, slot.name, rulebook), **dict(narrowing)}
    return Request(service.service, slot.name, narrowing, slot.kind, options, pointer)
