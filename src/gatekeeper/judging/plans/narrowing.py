"""How the scope of a plan cell narrows what is read of an artefact."""

from gatekeeper.model.evidence import Narrowing
from gatekeeper.model.rule import BoundSlot
from gatekeeper.model.service import Scope

NARROWING = ("aggregates", "paths", "subjects")


def narrowing_of(slot: BoundSlot, scope: Scope | None) -> Narrowing:
    """Return how a plan's scope narrows a slot: only in the ways that its kind understands."""
    if scope is None:
        return ()
    return tuple(
        (name, words) for name in NARROWING if name in slot.narrowable and (words := getattr(scope, name))
    )
