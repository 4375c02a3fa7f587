"""Decide whether guards ask for at least as much of evidence as other guards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Terms = Mapping[str, Any]
IsAsEarly = Callable[[str | None, str | None], bool]
"""Whether something is effective (first) no later than something else."""


def guard_losses(before: Terms, after: Terms, is_as_early: IsAsEarly) -> Iterator[str]:
    """Yield what a guard of evidence asks for less than before, given what `guard_terms` returns for both."""
    yield from _age("evidence", before.get("max_age_days"), after.get("max_age_days"))
    if before.get("same_commit") and not after.get("same_commit"):
        yield "accepts evidence of another commit than the release"
    for what in ("age", "commit"):
        was, now = (of.get(f"{what}_from") for of in (before, after))
        if now != was and not is_as_early(now, was):
            yield f"asks for the {what} of evidence from {now} on instead of {_since(was)}"
    was, now = before.get("parts"), after.get("parts")
    if was and (now or 0) < was:
        yield f"accepts evidence of {now or 'any number of'} parts instead of {was}"
    if before.get("by_id") and not after.get("by_id"):
        yield "counts tests that do not carry the id of the criterion"
    if after.get("shared") and not before.get("shared"):
        yield "lets services share an artefact"
    for accepted in after.get("accepts", ()):
        if accepted not in before.get("accepts", ()):
            yield f"accepts evidence that is {accepted}"
    yield from _floors(before.get("floors", ()), after.get("floors", ()), is_as_early)
    yield from distinct_losses(before.get("distinct", ()), after.get("distinct", ()), is_as_early)


def validity_loss(before: Terms | None, after: Terms | None, is_as_early: IsAsEarly) -> str | None:
    """Return how attestations count for longer than before; None if they do not."""
    if before is None:
        return None
    was, now = before.get("effective"), (after or {}).get("effective")
    longer = next(_age("attestations", before["days"], after["days"] if after else None), None)
    if longer is None and now != was and not is_as_early(now, was):
        return f"lets attestations end from {now} on instead of {_since(was)}"
    return longer


def _age(what: str, was: int | None, now: int | None) -> Iterator[str]:
    if was is not None and (now is None or now > was):
        allowed = f"up to {now} days old" if now else "of any age"
        yield f"accepts {what} {allowed} instead of up to {was} days old"


def _floors(before: Sequence[Terms], after: Sequence[Terms], is_as_early: IsAsEarly) -> Iterator[str]:
    others = {floor["fact"]: floor for floor in after}
    for floor in before:
        other = others.get(floor["fact"])
        if other is None:
            yield f"no longer asks for {_floor(floor)}"
        elif not _is_as_high(floor, other):
            yield f"asks for {_floor(other)} instead of {_floor(floor)}"
        elif not is_as_early(other.get("effective"), floor.get("effective")):
            since = f"from {other['effective']} on instead of {_since(floor.get('effective'))}"
            yield f"asks for {_floor(floor)} {since}"


def _is_as_high(floor: Terms, other: Terms) -> bool:
    if "at_least" in floor:
        return "at_least" in other and bool(other["at_least"] >= floor["at_least"])
    return "at_most" in other and bool(other["at_most"] <= floor["at_most"])


def _floor(floor: Terms) -> str:
    operator = "at_least" if "at_least" in floor else "at_most"
    return f"{floor['fact']} {operator.replace('_', ' ')} {floor[operator]:g}"


def distinct_losses(before: Sequence[Terms], after: Sequence[Terms], is_as_early: IsAsEarly) -> Iterator[str]:
    """Yield the groups of slots that may be alike now."""
    for group in before:
        wider = [other for other in after if set(group["slots"]) <= set(other["slots"])]
        if not any(is_as_early(other.get("effective"), group.get("effective")) for other in wider):
            names = ", ".join(f"`{name}`" for name in group["slots"])
            yield f"lets {names} be alike" + (" at first" if wider else "")


def _since(effective: str | None) -> str:
    return f"from {effective} on" if effective else "always"
