"""Actions by owner, and exit dates, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from gatekeeper.model.action import Action, Option, Share, Way
from gatekeeper.model.verdict import MilestoneResult
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
        for owner, part in _parts(action):
            found.setdefault(owner, []).append(part)
    return [OwnerActions(owner, of) for owner, of in found.items()]


def _parts(action: Action) -> Iterator[tuple[str, Action]]:
    """Yield what `action.of_owners` returns for each owner, in one pass: there may be a thousand owners."""
    shares: dict[str, list[Share]] = {}
    owners: dict[str, dict[str, None]] = {}
    for share in action.shares:
        shares.setdefault(share.owner, []).append(share)
        owners.setdefault(share.service, {})[share.owner] = None
    if len(shares) == 1:
        yield from ((owner, action) for owner in shares)
        return
    options: dict[str, dict[Option, list[str]]] = {owner: {} for owner in shares}
    for option in action.options:
        alike = option._replace(services=())
        for service in option.services:
            for owner in owners[service]:
                options[owner].setdefault(alike, []).append(service)
    for owner, of in shares.items():
        narrowed = tuple(one._replace(services=tuple(names)) for one, names in options[owner].items())
        yield (
            owner,
            action._replace(shares=tuple(of), options=narrowed, milestones=(), unblocks_milestones=()),
        )


def amount(actions: Sequence[Action]) -> str:
    """Return how much work it is: `5 actions of 2 owners`."""
    owners = {owner for action in actions for owner in action.owners}
    return f"{counted(len(actions), 'action')} of {counted(len(owners), 'owner')}"


def remaining(actions: Sequence[Action]) -> str:
    """Return how much work remains: `5 actions of 2 owners remain`."""
    return f"{amount(actions)} {'remains' if len(actions) == 1 else 'remain'}"


def what_to_do(action: Action) -> str:
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


def ways(action: Action) -> Iterator[str]:
    """Yield the alternatives to an action: `have security attest it instead of the artefact`."""
    text = what_to_do(action)
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


MOST_NAMES = 2
"""More services, owners or criteria than this are counted instead of named."""


def named(names: Sequence[str], noun: str, most: int = MOST_NAMES) -> str:
    """Return a few names, or how many there are: `shop, cart` or `7 services`."""
    return ", ".join(names) if len(names) <= most else counted(len(names), noun)


def with_place(action: Action) -> str:
    """Return the title with its services: ``Map `slos` (7 services)``."""
    return f"{action.title} ({named(action.services, 'service')})"


def who(action: Action) -> str:
    """Return who does it: `team-shop`, `7 teams`, or `security for 7 teams` if roles attest or sign."""
    owners, roles = named(action.owners, "team"), ", ".join(action.roles)
    return f"{roles} for {owners}" if roles and roles not in action.title else owners


def remarks(
    action: Action, result: MilestoneResult, *, most_criteria: int | None = MOST_NAMES, where: bool = True
) -> list[str]:
    """Return how much work an action is, and what it restores, answers and unblocks.

    Args:
        action: The action.
        result: The verdict that it follows from.
        most_criteria: More criteria than this are counted; None leaves them out, because they are listed.
        where: Whether to say in which services.
    """
    restored = _restores(action, result) if action.recovers else ""
    answered = "" if most_criteria is None else _answers(action, most_criteria, where=where)
    return [f"{action.effort} work", *filter(None, (restored, answered, _unblocks(action)))]


def when(action: Action, result: MilestoneResult) -> list[str]:
    """Return whether an action comes after others, and since which earlier milestone it is needed."""
    last = ["after the other work"] if action.comes_last else []
    return last + [f"needed from {name} on" for name in action.milestones[:1] if name != result.milestone]


def _restores(action: Action, result: MilestoneResult) -> str:
    """Return what is lost without the action: a level, the claim of one, or time for an exception."""
    recovering = {share.service for share in action.shares if share.recovers}
    found: dict[str, set[str]] = {"restores": set(), "backs the claim of": set(), "ends the overdue": set()}
    lost, claimed, overdue = found.values()
    for service in result.services:
        if service.service.service in recovering:
            codes = {reason.code for reason in service.reasons}
            lost |= {str(service.signed_level)} if codes & {"regression", "lapsed"} else set()
            claimed |= {str(service.claimed_level)} if "unsigned-upgrade" in codes else set()
            overdue |= {seen.id for seen in service.exceptions if seen.state == "overdue"}
    return next((f"{verb} {', '.join(sorted(what))}" for verb, what in found.items() if what), "recovers")


def _answers(action: Action, most: int, *, where: bool) -> str:
    """Return the criteria that an action answers, and the services; without criteria, the services."""
    services, criteria = named(action.services, "service"), action.criteria
    if not criteria:
        return f"for {services}" if where else ""
    numbers = {len(share.criteria) for share in action.shares}
    of = (f" of {services}" if len(action.services) == 1 else f" in {services}") if where else ""
    if numbers == {len(criteria)} and len(criteria) <= most:
        return f"answers {', '.join(criteria)}{of}"
    if len(numbers) == 1 and len(action.shares) > 1:
        return f"answers {counted(numbers.pop(), 'criterion', 'criteria')} in each of {services}"
    return f"answers {counted(action.answers, 'criterion', 'criteria')}{of}"


def _unblocks(action: Action) -> str:
    """Return which of its services an action unblocks by itself; empty if none."""
    unblocked = action.unblocks_services
    if not unblocked:
        return ""
    if unblocked == action.services:
        return "unblocks it" if len(unblocked) == 1 else "unblocks them"
    return (
        f"unblocks {', '.join(unblocked)}"
        if len(unblocked) <= MOST_NAMES
        else f"unblocks {len(unblocked)} of them"
    )
