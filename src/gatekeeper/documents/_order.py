"""The order of ids that a page names in several places."""

from collections.abc import Iterable
from itertools import pairwise

from gatekeeper.documents.notation.ids import number_of, series
from gatekeeper.model.document import ReadinessDocument


def milestones_of(document: ReadinessDocument) -> list[str]:
    """Return the milestones of a page in order: as its summaries list them, then as its matrix does."""
    return in_order(
        document.derived, document.published, *(service.cells for service in document.services.values())
    )


def in_order(*lists: Iterable[str]) -> list[str]:
    """Return all ids of some lists in an order that fits each list; an earlier list goes first.

    The ids of one series are in the order of their numbers.
    """
    chains = [list(one) for one in lists]
    waiting = list(dict.fromkeys(id_ for chain in chains for id_ in chain))
    if (prefix := series(waiting)) is not None:
        return sorted(waiting, key=lambda id_: number_of(id_, prefix))
    before: dict[str, set[str]] = {id_: set() for id_ in waiting}
    for chain in chains:
        for earlier, later in pairwise(chain):
            before[later].add(earlier)
    ordered: list[str] = []
    while waiting:
        ready = (id_ for id_ in waiting if before[id_] <= set(ordered))
        ordered.append(next(ready, waiting[0]))
        waiting.remove(ordered[-1])
    return ordered
