"""The order of ids that a page names in several places."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import pairwise

from gatekeeper.documents.notation.ids import number_of, series
from gatekeeper.model.document import ReadinessDocument


def milestones_of(document: ReadinessDocument) -> list[str]:
    """Return the milestones of a page in order: as its summaries list them, then as its matrix does.

    Without a derived summary, which lists all of them, the ids of one series are in the order of numbers.
    """
    found = in_order(
        document.derived, document.published, *(service.cells for service in document.services.values())
    )
    return found if document.derived else by_number(found)


def by_number(ids: Sequence[str]) -> list[str]:
    """Return the ids of one series in the order of their numbers; other ids as they are."""
    prefix = series(ids)
    return list(ids) if prefix is None else sorted(ids, key=lambda id_: number_of(id_, prefix))


def in_order(*lists: Iterable[str]) -> list[str]:
    """Return all ids of some lists in an order that fits each list, and else as they first appear."""
    chains = [list(one) for one in lists]
    places = {id_: place for place, id_ in enumerate(dict.fromkeys(id_ for chain in chains for id_ in chain))}
    ids = list(places)
    after: dict[str, set[str]] = defaultdict(set)
    for chain in chains:
        for earlier, later in pairwise(chain):
            after[earlier].add(later)
    waits = Counter(later for some in after.values() for later in some)
    ready = [place for id_, place in places.items() if not waits[id_]]
    ordered: dict[str, None] = {}
    contradictory = iter(ids)
    while len(ordered) < len(ids):
        id_ = ids[heappop(ready)] if ready else next(one for one in contradictory if one not in ordered)
        if id_ not in ordered:
            ordered[id_] = None
            waits.subtract(after[id_])
            for later in after[id_]:
                if not waits[later]:
                    heappush(ready, places[later])
    return list(ordered)
