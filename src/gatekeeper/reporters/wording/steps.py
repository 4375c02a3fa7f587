"""Next steps by owner, and exit dates, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.model.verdict import NextStep, Way
from gatekeeper.reporters.wording.counts import counted


class Share(NamedTuple):
    """The next steps of one owner, in order."""

    owner: str
    steps: Sequence[NextStep]

    def services(self) -> Counter[str]:
        """Return how many steps each service needs."""
        return Counter(service for step in self.steps for service in step.services)


def shares(steps: Iterable[NextStep]) -> list[Share]:
    """Return the steps grouped by owner, in the order of each owner's first step."""
    by_owner: dict[str, list[NextStep]] = {}
    for step in steps:
        by_owner.setdefault(step.owner, []).append(step)
    return [Share(owner, of_owner) for owner, of_owner in by_owner.items()]


def remaining(owners: Sequence[Share]) -> str:
    """Return how much work remains: `5 steps of 2 owners remain`."""
    steps = sum(len(share.steps) for share in owners)
    return f"{counted(steps, 'step')} of {counted(len(owners), 'owner')} remain{'s' if steps == 1 else ''}"


def exit_words(exit_date: date | None, as_of: date) -> str:
    """Return the exit date in words: `exit date 2026-12-11, in 21 days`."""
    if exit_date is None:
        return "no exit date is set"
    left = (exit_date - as_of).days
    ahead = f"in {counted(left, 'day')}" if left > 0 else f"{counted(-left, 'day')} ago" if left else "today"
    return f"exit date {exit_date}, {ahead}"


def about(step: NextStep, share: Share, milestone: str) -> list[str]:
    """Return remarks on a step: its criteria, effort and services, and what else it unblocks."""
    told = [", ".join(step.criteria)] if step.criteria else []
    told.append(f"{step.effort} work")
    if len(share.services()) > 1:
        told.append(f"for {', '.join(step.services)}")
    if step.recovers:
        told.append("fixes a regression")
    if step.unblocks_services and len(share.steps) > 1:
        told.append(f"alone unblocks {', '.join(step.unblocks_services)}")
    others = [name for name in step.milestones if name != milestone]
    if others:
        told.append(f"helps {', '.join(others)}")
    return told


def ways(step: NextStep) -> Iterator[str]:
    """Yield the alternatives to a step: `have security attest it instead of the artefact`."""
    for option in step.options:
        if f"attested by {option.by}" in step.step or f"have {option.by} attest" in step.step:
            continue
        of = "" if option.services == step.services else f", for {', '.join(option.services)}"
        match option.way:
            case Way.ATTESTATION:
                yield f"have {option.by} attest it instead of the artefact{of}"
            case Way.WAIVER:
                yield f"have {option.by} declare it not applicable{of}"
            case Way.EXCEPTION:
                yield f"defer it by one milestone with an exception{of}"
