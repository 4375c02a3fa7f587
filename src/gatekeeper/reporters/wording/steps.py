"""Next steps in words, by owner, the same wherever they are told."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.model.verdict import NextStep, Way


class Share(NamedTuple):
    """What one owner has to do, in order, and for which services."""

    owner: str
    steps: Sequence[NextStep]

    def services(self) -> Counter[str]:
        """How many steps each service needs."""
        return Counter(service for step in self.steps for service in step.services)


def shares(steps: Iterable[NextStep]) -> list[Share]:
    """Return the owners in the order of their first steps."""
    by_owner: dict[str, list[NextStep]] = {}
    for step in steps:
        by_owner.setdefault(step.owner, []).append(step)
    return [Share(owner, of_owner) for owner, of_owner in by_owner.items()]


def count_of(steps: int) -> str:
    """Say how many steps: `1 step`."""
    return "1 step" if steps == 1 else f"{steps:,} steps"


def days(count: int) -> str:
    """Say how many days: `1 day`."""
    return "1 day" if count == 1 else f"{count:,} days"


def exit_words(exit_date: date | None, as_of: date) -> str:
    """Say when a milestone is to be exited: `exit date 2026-12-11, in 21 days`."""
    if exit_date is None:
        return "no exit date is set"
    left = (exit_date - as_of).days
    ahead = f"in {days(left)}" if left > 0 else f"{days(-left)} ago" if left else "today"
    return f"exit date {exit_date}, {ahead}"


def about(step: NextStep, share: Share, milestone: str) -> list[str]:
    """Say of a step its criteria and effort, whom it is for, and what else it helps."""
    told = [", ".join(step.criteria)] if step.criteria else []
    told.append(f"{step.effort} work")
    if len(share.services()) > 1:
        told.append(f"for {', '.join(step.services)}")
    if step.recovers:
        told.append("wins back lost ground")
    if step.unblocks_services and len(share.steps) > 1:
        told.append(f"alone unblocks {', '.join(step.unblocks_services)}")
    others = [name for name in step.milestones if name != milestone]
    if others:
        told.append(f"helps {', '.join(others)}")
    return told


def ways(step: NextStep) -> Iterator[str]:
    """Say how else a step can be met: `have security attest it in the artefact's place`."""
    for option in step.options:
        if f"attested by {option.by}" in step.step:
            continue
        of = "" if option.services == step.services else f", for {', '.join(option.services)}"
        match option.way:
            case Way.ATTESTATION:
                yield f"have {option.by} attest it in the artefact's place{of}"
            case Way.WAIVER:
                yield f"have {option.by} declare it not applicable{of}"
            case Way.EXCEPTION:
                yield f"drop it for one milestone by an exception{of}"
