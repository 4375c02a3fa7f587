"""Actions by owner, and exit dates, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.model.action import Action, Way
from gatekeeper.reporters.wording.counts import counted


class OwnerActions(NamedTuple):
    """The actions of one owner, in order."""

    owner: str
    actions: Sequence[Action]

    def services(self) -> Counter[str]:
        """Return how many actions each service needs."""
        return Counter(service for action in self.actions for service in action.services)


def by_owner(actions: Iterable[Action]) -> list[OwnerActions]:
    """Return each owner's part of the actions, in the order of each owner's first action."""
    found: dict[str, list[Action]] = {}
    for action in actions:
        for owner in action.owners:
            found.setdefault(owner, []).extend(filter(None, [action.of_owners([owner])]))
    return [OwnerActions(owner, of) for owner, of in found.items()]


def remaining(actions: Sequence[Action]) -> str:
    """Return how much work remains: `5 actions of 2 owners remain`."""
    owners = {owner for action in actions for owner in action.owners}
    verb = "remains" if len(actions) == 1 else "remain"
    return f"{counted(len(actions), 'action')} of {counted(len(owners), 'owner')} {verb}"


def told(action: Action) -> str:
    """Return what to do, in full sentences; what differs between services comes with their names."""
    texts = action.instructions
    if len(texts) == 1:
        return texts[0].text
    return " ".join(f"{', '.join(one.services)}: {one.text}" for one in texts)


def exit_words(exit_date: date | None, as_of: date) -> str:
    """Return the exit date in words: `exit date 2026-12-11, in 21 days`."""
    if exit_date is None:
        return "no exit date is set"
    left = (exit_date - as_of).days
    ahead = f"in {counted(left, 'day')}" if left > 0 else f"{counted(-left, 'day')} ago" if left else "today"
    return f"exit date {exit_date}, {ahead}"


def about(action: Action, among: OwnerActions, milestone: str) -> list[str]:
    """Return remarks on an action: its criteria, effort and services, and what else it unblocks."""
    remarks = [", ".join(action.criteria)] if action.criteria else []
    remarks.append(f"{action.effort} work")
    if len(among.services()) > 1:
        remarks.append(f"for {', '.join(action.services)}")
    if action.recovers:
        remarks.append("fixes a regression")
    if action.unblocks_services and len(among.actions) > 1:
        remarks.append(f"alone unblocks {', '.join(action.unblocks_services)}")
    others = [name for name in action.milestones if name != milestone]
    if others:
        remarks.append(f"helps {', '.join(others)}")
    return remarks


def ways(action: Action) -> Iterator[str]:
    """Yield the alternatives to an action: `have security attest it instead of the artefact`."""
    text = told(action)
    for option in action.options:
        if f"attested by {option.by}" in text or f"have {option.by} attest" in text:
            continue
        of = "" if option.services == action.services else f", for {', '.join(option.services)}"
        match option.way:
            case Way.ATTESTATION:
                yield f"have {option.by} attest it instead of the artefact{of}"
            case Way.WAIVER:
                yield f"have {option.by} declare it not applicable{of}"
            case Way.EXCEPTION:
                yield f"defer it by one milestone with an exception{of}"
