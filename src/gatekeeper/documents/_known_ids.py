"""The ids that a page may use: those that it defines itself, or those of the workspace it belongs to."""

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import PurePosixPath

from gatekeeper.manifests import scaffold
from gatekeeper.manifests.discovery import NOT_GATES
from gatekeeper.manifests.roadmap_order import natural_order
from gatekeeper.model.document import PageIds, ReadinessDocument
from gatekeeper.syntax.yaml import load


@cache
def reference_ids() -> PageIds:
    """Return the ids of the reference rulebook."""
    texts = scaffold.reference()
    levels = load(texts["gates/levels.yaml"].encode()).value["levels"]
    rules = {PurePosixPath(name).stem for name in texts if PurePosixPath(name).parent.name == "gates"}
    gates = sorted(rules - NOT_GATES, key=natural_order)
    return PageIds(tuple(one["level"] for one in levels), tuple(gates))


def known_ids(levels: Collection[str], gates: Collection[str], usual: PageIds) -> PageIds:
    """Return the ids that a page with these definitions may use.

    A page that defines only usual ids may use the others of the kind as well.
    """
    return PageIds(
        usual.levels if _is_part(tuple(levels), usual.levels) else tuple(levels),
        usual.gates if set(gates) <= set(usual.gates) else tuple(gates),
        usual.milestones,
    )


def scale_of(document: ReadinessDocument, usual: Sequence[str]) -> tuple[str, ...]:
    """Return the levels of a page, lowest first.

    They are the usual ones if the page defines only some of those, and uses others or leaves out the lowest.
    """
    own = tuple(document.levels)
    cells = [cell for service in document.services.values() for cell in service.cells.values()]
    rows = (*document.published.values(), *document.derived.values())
    used = {cell.level for cell in cells} | {str(to.level) for row in rows for to in row.targets}
    is_whole = len(own) > 1 and used <= set(own) and own[0] == usual[0]
    return own if is_whole or not _is_part(own, usual) else tuple(usual)


def _is_part(some: Sequence[str], whole: Sequence[str]) -> bool:
    """Return whether some ids are in a list, and in the same order."""
    return [id_ for id_ in whole if id_ in some] == list(some)
