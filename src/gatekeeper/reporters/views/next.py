"""`next`: the least work that unblocks an exit, by owner, and what lapses before the exit."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from gatekeeper.model.action import Action, Way
from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import MilestoneVerdict, Status
from gatekeeper.reporters.json import action
from gatekeeper.reporters.text.screen import Part, Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.actions import (
    OwnerActions,
    about,
    by_owner,
    exit_words,
    remaining,
    told,
    ways,
)
from gatekeeper.reporters.wording.counts import counted, first_few
from gatekeeper.reporters.wording.forecast import as_data, lapse_sentence, nothing_lapses, together
from gatekeeper.reporters.wording.timing import not_binding_yet
from gatekeeper.reporters.wording.verdict import verdict_sentence

MOST_STEPS = 12
"""With more steps than this, each owner sees the first only."""
MOST_OWNERS = 20
MOST_LAPSES = 6


def data(report: Report, exit_date: date | None) -> dict[str, Any]:
    """Return every step and the whole forecast as plain data."""
    result = report.result
    shares = _by_owner(report)
    return {
        "milestone": result.milestone,
        "milestone_name": result.name,
        "as_of": result.as_of.isoformat(),
        "exit_date": exit_date.isoformat() if exit_date else None,
        "verdict": result.verdict,
        "rulebook_digest": report.rulebook.digest,
        "tool_version": report.tool_version,
        "commit": report.commit,
        "filter": {"owners": report.filter.owners},
        "blocked_by": result.blocked_by,
        "owners": [
            {"owner": share.owner, "actions": len(share.actions), "services": dict(share.services())}
            for share in shares
        ],
        "actions": [action(one) for one in _actions(report)],
        "forecast": [as_data(lapse) for lapse in _forecast(report)],
    }


def _is_shown(owner: str, report: Report) -> bool:
    return not report.filter.owners or owner in report.filter.owners


def _by_owner(report: Report) -> list[OwnerActions]:
    """Return the steps of the selected owners, by owner."""
    return by_owner(_actions(report))


def _actions(report: Report) -> list[Action]:
    """Return the actions, and of those of several owners the part of the selected ones."""
    owners = report.filter.owners
    of = (action.of_owners(owners) if owners else action for action in report.result.actions)
    return [action for action in of if action]


def _forecast(report: Report) -> list[Lapse]:
    return [lapse for lapse in report.forecast if _is_shown(lapse.owner, report)]


def parts(report: Report, exit_date: date | None, screen: Screen) -> Parts:
    """Yield the steps by owner, in order, and below them what lapses."""
    shares = _by_owner(report)
    until = exit_words(exit_date, report.result.as_of)
    yield f"[bold]{shown(report.result.title)}[/]  as of {report.result.as_of}  {until}"
    yield from _verdict(report, shares, screen)
    is_short = not report.filter.owners and sum(len(share.actions) for share in shares) > MOST_STEPS
    if is_short:
        yield ""
    for share in shares[:MOST_OWNERS] if is_short else shares:
        if not is_short:
            yield ""
        yield _headline(share)
        if is_short:
            yield item("→", shown(told(share.actions[0])), 2)
            continue
        for place, step in enumerate(share.actions, 1):
            remarks = "; ".join(map(shown, about(step, share, report.result.milestone)))
            others = "".join(f"\nor {shown(way)}" for way in ways(step))
            yield item(f"{place}", f"{shown(told(step))}\n{remarks}{others}", 2)
    if is_short:
        if len(shares) > MOST_OWNERS:
            yield f"and {len(shares) - MOST_OWNERS:,} more owners: use --format json"
        yield "\nEach owner's first step only; --owner TEAM shows all steps of that owner."
    yield ""
    yield from _lapses(report, exit_date, screen)
    for line in not_binding_yet(report.result, {lapse.id for lapse in _forecast(report)}):
        yield item(sign(Status.NOT_APPLICABLE, screen), shown(line), 2)


def _verdict(report: Report, shares: Sequence[OwnerActions], screen: Screen) -> Parts:
    result = report.result
    line = f"{sign(result.verdict, screen)} [bold]{shown(verdict_sentence(result))}[/]"
    if result.verdict is not MilestoneVerdict.BLOCKED:
        yield f"{line} Nothing is left to do."
    elif report.filter.owners:
        owners = ", ".join(map(shown, report.filter.owners))
        todo = f"{remaining(_actions(report))} for {owners}" if shares else f"{owners} can do nothing"
        yield f"{line} {todo}."
    elif result.services:
        yield f"{line} {remaining(_actions(report))}."
        ways_of = ([option.way for option in step.options] for step in result.actions)
        if count := sum(Way.EXCEPTION in ways for ways in ways_of):
            yield f"  {count:,} can be deferred by one milestone with an exception."
    else:
        yield line


def _headline(share: OwnerActions) -> Part:
    """Return `team-orders  3 steps unblock orders-service`; several services show their numbers of steps."""
    services = share.services()
    named = [
        shown(name) if len(services) == 1 else f"{shown(name)} ({count})"
        for name, count in services.most_common()[::-1]
    ]
    verb = "unblocks" if len(share.actions) == 1 else "unblock"
    count = counted(len(share.actions), "action")
    return indented(f"[bold]{shown(share.owner)}[/]  {count} {verb} {first_few(named, 4)}", 0)


def _lapses(report: Report, exit_date: date | None, screen: Screen) -> Parts:
    found = _forecast(report)
    milestone = report.result.milestone
    is_ahead = exit_date is not None and exit_date >= report.result.as_of
    if not found:
        yield f"[bold]Forecast[/]  {nothing_lapses(milestone, exit_date, report.result.as_of)}"
        return
    until = f"before {milestone}'s exit date" if is_ahead else "with time alone"
    binds = any(lapse.rests_on is Rests.RULE for lapse in found)
    yield f"[bold]Forecast[/]  what lapses {'or begins to bind ' * binds}{until} unless it is renewed"
    groups = together(found)
    for lapses in groups[:MOST_LAPSES]:
        mark = Status.EXCEPTED if lapses[0].rests_on is Rests.EXCEPTION else Status.STALE
        yield item(sign(mark, screen), shown(lapse_sentence(*lapses)), 2)
    if more := sum(map(len, groups[MOST_LAPSES:])):
        yield indented(f"and {more:,} more: narrow with --owner, or use --format json", 2)
