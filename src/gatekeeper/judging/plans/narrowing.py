"""Compute how the scope of a plan cell narrows what is read from an artefact."""

from gatekeeper.model.evidence import Narrowing
from gatekeeper.model.rule import BoundSlot
from gatekeeper.model.service import Scope

NARROWING = ("aggregates", "paths", "subjects")


def narrowing_of(slot: BoundSlot, scope: Scope | None) -> Narrowing:
    """Return the options by which a scope narrows a slot, limited to those that its kind supports."""
    if scope is None:
        return ()
    return tuple(
        (name, values) for name in NARROWING if name in slot.narrowable and (values := getattr(scope, name))
    )
