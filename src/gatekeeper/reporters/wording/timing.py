"""What does not bind yet, in words: criteria that are shown and block nothing."""

from collections import Counter
from collections.abc import Collection, Iterable

from gatekeeper.model.row import ServiceRow
from gatekeeper.model.verdict import CriterionResult, MilestoneResult, to_show
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.counts import counted, first_few

_MOST = 5


def not_binding_yet(result: MilestoneResult) -> list[str]:
    """Return a sentence for each criterion that is open and does not bind, with the number of services."""
    found = open_without_binding(result)
    count = counted(len(result.services), "service")
    lines = [f"{said} in {services:,} of {count}" for said, services in found.items()]
    rest = [f"and {len(lines) - _MOST} more that do not bind"] if len(lines) > _MOST else []
    return lines[:_MOST] + rest


def open_without_binding(result: MilestoneResult, besides: Collection[str] = ()) -> dict[str, int]:
    """Return each criterion that is open and does not bind, in words, with the number of services.

    Optional capabilities are left out, because they differ from service to service, and the criteria of
    `besides`, which are shown already.
    """
    found: dict[str, int] = {}
    for service in result.services:
        shown = (of for of in to_show(service.criteria) if of.is_open and not of.binding)
        ours = (of for of in shown if of.rule.source is not None and of.rule.id not in besides)
        for sentence in dict.fromkeys(map(_sentence, ours)):
            found[sentence] = found.get(sentence, 0) + 1
    return found


def not_binding_in_all(rows: Iterable[ServiceRow]) -> str | None:
    """Return how many criteria are open and do not bind: `not binding: 8 advisory, 2 until M3`.

    None if there are none. Optional capabilities are left out.
    """
    found = {
        (of.id, of.is_tightened): "advisory" if of.effective is None else f"until {of.effective}"
        for of in dict.fromkeys(of for row in rows for of in row.not_binding)
    }
    counts = Counter(found.values())
    if list(counts) == ["advisory"]:
        return f"{counted(len(found), 'advisory criterion', 'advisory criteria')} open"
    words = [f"{count:,} {when}" for when, count in counts.items()]
    return f"not binding: {first_few(words, _MOST)}" if words else None


def _sentence(result: CriterionResult) -> str:
    how = outcomes.not_binding(result) or ""
    return f"{result.rule.id} {how if how.startswith('binds') else f'is {how}'}: open"
