"""Find what was open and is not any more, with its cause."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import partial

from gatekeeper.judging.changes.causes import Results, Verdicts
from gatekeeper.judging.changes.closings import Closings
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.shifts import any_result, common, dead_gates, is_red, shifts
from gatekeeper.model.changes import Change, ChangeKind
from gatekeeper.model.status import GateStatus, Status
from gatekeeper.model.verdict import CriterionResult


def improvements(
    pair: ServicePair,
    everywhere: tuple[Results, Results],
    pending: tuple[Verdicts, Verdicts],
    closings: Closings,
) -> Iterator[Change]:
    """Yield higher levels, and what was open at a pending milestone or a level and is not any more.

    Args:
        pair: The service before and after.
        everywhere: The verdicts before and after.
        pending: The same without milestones that are history.
        closings: Finds the causes.
    """
    yield from _higher_levels(pair, *everywhere, closings)
    closed = shifts(*pending, _is_closed)
    for shift in closed:
        cause = closings.cause(shift.name, shift.is_open, shift.was.rule.slots)
        yield shift.change(pair, ChangeKind.IMPROVEMENT, cause)
    alive = _no_longer_dead(*pending)
    for name, milestones in alive.items():
        cause = closings.cause(
            name, partial(is_red, milestones=milestones, name=name), _slots(pair), is_dead=True
        )
        message = f"{name} was red because none of its criteria applied, and is not red any more"
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:{name}", message, cause, pair.name, milestones)
    yield from _closed_in_levels(pair, *everywhere, closings, {*alive, *(shift.name for shift in closed)})


def hidden(pending: tuple[Verdicts, Verdicts], closings: Closings) -> None:
    """Collect criteria that failed, or were stale or unreadable, and only lack evidence now.

    They are open all the same, but an attestation or a first mapping could close them in a later change.
    """
    for shift in shifts(*pending, _is_hidden):
        closings.hide(shift.name, shift.was.rule.slots)


def _is_hidden(was: CriterionResult, now: CriterionResult | None) -> bool:
    return (
        was.blocks and was.status is not Status.MISSING and now is not None and now.status is Status.MISSING
    )


def _slots(pair: ServicePair) -> set[str]:
    return {*pair.base.evidence, *pair.head.evidence}


def _higher_levels(
    pair: ServicePair, before: Results, after: Results, closings: Closings
) -> Iterator[Change]:
    """Yield a higher verified or signed level; what a verified level consists of is reported as well."""
    was, now = any_result(before), any_result(after)
    if now.verified_level > was.verified_level:
        message = f"verified at {now.verified_level} instead of {was.verified_level}"
        cause = closings.cause(
            None, lambda results: any_result(results).verified_level <= was.verified_level, _slots(pair)
        )
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:verified", message, cause, pair.name)
    if now.signed_level > was.signed_level:
        message = f"signed off for {now.signed_level} instead of {was.signed_level}"
        name = f"sign-off:{now.signed_level}"
        cause = closings.cause(name, lambda results: any_result(results).signed_level <= was.signed_level, ())
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:signed", message, cause, pair.name)


def _is_closed(was: CriterionResult, now: CriterionResult | None) -> bool:
    return was.blocks and (now is None or not now.blocks)


def _no_longer_dead(before: Verdicts, after: Verdicts) -> dict[str, tuple[str, ...]]:
    """Return by gate the milestones at which it was red without an open criterion, and is not any more."""
    found: dict[str, tuple[str, ...]] = {}
    for milestone, was, now in common(before, after):
        red = {gate.gate for gate in now.gates if gate.status is GateStatus.RED} | dead_gates(now)
        for name in sorted(dead_gates(was) - red):
            found[name] = (*found.get(name, ()), milestone)
    return found


def _closed_in_levels(
    pair: ServicePair, before: Results, after: Results, closings: Closings, reported: Container[str]
) -> Iterator[Change]:
    """Yield what levels lacked and lack no longer, if no milestone shows it."""
    closed: dict[str, list[str]] = defaultdict(list)
    for level, lacking in before.lacking.items():
        for name in lacking.keys() - after.lacking.get(level, {}).keys():
            closed[name].append(level)
    for name, levels in sorted(closed.items()):
        was = before.lacking[levels[0]][name]
        if name in reported or (was and was.rule.twin in closed):
            continue
        is_open = partial(_is_lacking, levels=levels, name=name)
        slots = was.rule.slots if was else _slots(pair)
        message = f"{name} is no longer open at {', '.join(levels)}"
        cause = closings.cause(name, is_open, slots, is_dead=was is None)
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:{name}", message, cause, pair.name)


def _is_lacking(results: Results, levels: Iterable[str], name: str) -> bool:
    return any(name in results.lacking.get(level, {}) for level in levels)
