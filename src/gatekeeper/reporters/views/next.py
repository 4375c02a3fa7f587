"""`next`: the actions that unblock an exit, the most helpful first, and what lapses before the exit."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from gatekeeper.model.action import Action, ActionKind, Way
from gatekeeper.model.forecast import Lapse, Rests
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.json import action as action_as_data
from gatekeeper.reporters.text.screen import Part, Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.actions import (
    amount,
    by_owner,
    exit_words,
    remarks,
    ways,
    when,
    who,
)
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.forecast import (
    as_data,
    day_sentence,
    lapse_sentence,
    nothing_lapses,
    together,
)
from gatekeeper.reporters.wording.timing import open_without_binding
from gatekeeper.reporters.wording.verdict import verdict_sentence

MOST_ACTIONS = 30
MOST_LAPSES = 6
_MOST_OF_A_LINE = 44
"""The columns of the longest title beside which its remarks are on the same line."""
_WIDE = 100
_MOST_CRITERIA = 12
_GROUPS = ("Regressions first", "Unblocks a service", "Answers the most", "Last, once the work is done")


def data(report: Report, exit_date: date | None) -> dict[str, Any]:
    """Return every action and the whole forecast as plain data."""
    result, actions = report.result, selected(report)
    return {
        "milestone": result.milestone,
        "milestone_name": result.name,
        "as_of": result.as_of.isoformat(),
        "exit_date": exit_date.isoformat() if exit_date else None,
        "verdict": result.verdict,
        "rulebook_digest": report.rulebook.digest,
        "tool_version": report.tool_version,
        "commit": report.commit,
        "filter": {"services": report.filter.services, "owners": report.filter.owners},
        "blocked_by": result.blocked_by,
        "owners": [
            {"owner": of.owner, "actions": len(of.actions), "services": dict(of.services())}
            for of in by_owner(actions)
        ],
        "actions": [action_as_data(one) for one in actions],
        "forecast": [as_data(lapse) for lapse in _forecast(report)],
    }


def selected(report: Report) -> list[Action]:
    """Return the actions of the selected owners and services, and only their part of them."""
    owners, services = report.filter.owners, report.filter.services
    of = (action.of_owners(owners) if owners else action for action in report.result.actions)
    of = (action.of(services) if action and services else action for action in of)
    return [action for action in of if action]


def _forecast(report: Report) -> list[Lapse]:
    return [lapse for lapse in report.forecast if _is_shown(lapse.service, lapse.owner, report)]


def _is_shown(service: str, owner: str, report: Report) -> bool:
    owners, services = report.filter.owners, report.filter.services
    return (not owners or owner in owners) and (not services or service in services)


def parts(report: Report, exit_date: date | None, screen: Screen, *, all_: bool = False) -> Parts:
    """Yield the verdict, the actions, and what lapses.

    Args:
        report: A verdict; a filter by owners or services shows their actions with instructions.
        exit_date: The exit date of the milestone.
        screen: What the output can show.
        all_: Show all actions instead of the first `MOST_ACTIONS`.
    """
    actions = selected(report)
    is_narrowed = bool(report.filter.owners or report.filter.services)
    yield from _head(report, actions, exit_date, screen)
    if is_narrowed:
        yield from _tickets(report, actions)
    else:
        yield from _overview(report, actions, screen, len(actions) if all_ else MOST_ACTIONS)
    yield ""
    yield from _lapses(report, exit_date, screen, in_full=is_narrowed)
    yield from _not_binding(report, screen)


def _head(report: Report, actions: Sequence[Action], exit_date: date | None, screen: Screen) -> Parts:
    result = report.result
    yield f"{sign(result.verdict, screen)} [bold]{shown(verdict_sentence(result))}[/]"
    names = ", ".join((*report.filter.owners, *report.filter.services))
    whose = f" for {names}" if names else ""
    said = [exit_words(exit_date, result.as_of), f"as of {result.as_of}"]
    if actions:
        said.insert(0, (counted(len(actions), "action") if names else amount(actions)) + whose)
    elif result.services:
        said.insert(0, f"nothing is left to do{whose}")
    yield indented(shown("; ".join(said)), 2)
    if count := sum(any(option.way is Way.EXCEPTION for option in one.options) for one in actions):
        yield indented(f"{count:,} can be deferred by one milestone with an exception", 2)


# All owners


def _overview(report: Report, actions: Sequence[Action], screen: Screen, most: int) -> Parts:
    """Yield the first actions in groups, and how many are left out."""
    ordered = sorted(actions, key=_group)
    numbered = enumerate(ordered[:most], 1)
    lengths = [len(action.title) for action in ordered[:most]] if screen.width >= _WIDE else []
    column = max((length for length in lengths if length <= _MOST_OF_A_LINE), default=0) + 2
    for group, of in groupby(numbered, key=lambda one: _group(one[1])):
        yield f"\n[bold]{_GROUPS[group]}[/]"
        for number, action in of:
            yield _line(f"{number:>{len(str(most))}}", action, report, screen, column)
    if left_out := ordered[most:]:
        signatures = sum(action.kind is ActionKind.SIGN for action in left_out)
        which = f", {signatures:,} of them signatures" if signatures else ""
        yield f"\n{counted(len(left_out), 'more action')}{which}: --all shows them."
    if actions:
        yield f"{'' if left_out else chr(10)}--owner TEAM shows what a team has to do, with instructions."


def _group(action: Action) -> int:
    """Return the place of an action's group in `_GROUPS`."""
    if action.comes_last:
        return 3
    return 0 if action.recovers else 1 if action.unblocks_services else 2


def _line(number: str, action: Action, report: Report, screen: Screen, column: int) -> Part:
    """Return the title with what it helps: on one line, from a column on, if that fits; otherwise on two."""
    about = "; ".join([who(action), *remarks(action, report.result)])
    room = screen.width - len(number) - 2
    is_short = len(action.title) < column and column + len(about) <= room
    between = " " * (column - len(action.title)) if is_short else "\n"
    return item(number, f"[bold]{shown(action.title)}[/]{between}{shown(about)}", 1)


# One team


def _tickets(report: Report, actions: Iterable[Action]) -> Parts:
    """Yield each owner's actions with everything that a ticket needs."""
    for of in by_owner(actions):
        services = of.services()
        where = shown(", ".join(services))
        yield f"\n[bold]{shown(of.owner)}[/]  {counted(len(of.actions), 'action')} in {where}"
        for number, action in enumerate(of.actions, 1):
            lines = _ticket(action, report, where=len(services) > 1)
            yield item(f"{number:>2}", "\n".join(lines), 1)


def _ticket(action: Action, report: Report, *, where: bool) -> Iterable[str]:
    yield f"[bold]{shown(action.title)}[/]"
    about = remarks(action, report.result, most_criteria=_MOST_CRITERIA, where=where)
    yield shown("; ".join([*about, *when(action, report.result)]))
    texts = action.instructions
    for text, services in texts:
        if text.rstrip(".") != action.title:
            yield shown(f"{', '.join(services)}: {text}" if len(texts) > 1 else text)
    yield from (f"or {shown(way)}" for way in ways(action))


# What lapses


def _lapses(report: Report, exit_date: date | None, screen: Screen, *, in_full: bool) -> Parts:
    found = _forecast(report)
    milestone = report.result.milestone
    is_ahead = exit_date is not None and exit_date >= report.result.as_of
    if not found:
        yield f"[bold]Forecast[/]  {nothing_lapses(milestone, exit_date, report.result.as_of)}"
        return
    until = f"before {milestone}'s exit date" if is_ahead else "with time alone"
    binds = any(lapse.rests_on is Rests.RULE for lapse in found)
    yield f"[bold]Forecast[/]  what lapses {'or begins to bind ' * binds}{until} unless it is renewed"
    groups = together(found) if in_full else together(found, by_service=False)
    for lapses in groups[:MOST_LAPSES]:
        mark = Status.EXCEPTED if lapses[0].rests_on is Rests.EXCEPTION else Status.STALE
        sentence = lapse_sentence(*lapses) if in_full else day_sentence(*lapses)
        yield item(sign(mark, screen), shown(sentence), 2)
    if more := sum(map(len, groups[MOST_LAPSES:])):
        yield indented(f"and {more:,} more: narrow with --owner, or use --format json", 2)


def _not_binding(report: Report, screen: Screen) -> Parts:
    """Yield how many open criteria do not bind, and the command that lists them."""
    result = report.result
    among = [of for of in result.services if _is_shown(of.service.service, of.service.owner, report)]
    besides = {lapse.id for lapse in _forecast(report)}
    if count := len(open_without_binding(result._replace(services=tuple(among)), besides)):
        verb = "does" if count == 1 else "do"
        narrowed = (("--owner", report.filter.owners), ("--service", report.filter.services))
        words = [word for option, names in narrowed for name in names for word in (option, name)]
        command = shlex.join(["gatekeeper", "check", "-m", result.milestone, "--details", *words])
        line = f"{counted(count, 'open criterion', 'open criteria')} {verb} not bind: {command}"
        yield item(sign(Status.NOT_APPLICABLE, screen), shown(line), 2)
