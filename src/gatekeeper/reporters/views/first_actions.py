"""The best actions of a verdict, a line each: what to do, what that unlocks, and who does it."""

from collections.abc import Sequence

from gatekeeper.model.action import Action, ActionKind
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import Parts, cut, indented, item, shown, visible
from gatekeeper.reporters.wording.actions import named

_GAP = 2
_LEAST_TITLE = 30
"""A title is not shortened to less than this, in columns."""


def first_actions(actions: Sequence[Action], screen: Screen, *, is_short: bool = False) -> Parts:
    """Yield actions, numbered.

    Args:
        actions: The actions to show, the best first.
        screen: Where they are shown.
        is_short: Shorten titles that leave no room on the line; otherwise they take lines of their own.
    """
    ends = ["  ".join((gain(action), who(action))) for action in actions]
    room = screen.width - 2 - _GAP - max(map(len, ends), default=0)
    titles = [visible(action.title) for action in actions]
    if is_short and room >= _LEAST_TITLE:
        titles = [cut(title, room) for title in titles]
    start = max((len(title) for title in titles if len(title) <= room), default=0) + _GAP
    for number, (title, end) in enumerate(zip(titles, ends, strict=True), 1):
        if len(title) + _GAP <= start:
            yield item(f"[bold]{number}[/]", f"{shown(title)}{' ' * (start - len(title))}{shown(end)}", 0)
        else:
            yield item(f"[bold]{number}[/]", shown(title), 0)
            yield indented(shown(end), 2)


def gain(action: Action) -> str:
    """Return what an action unlocks: `unblocks shop`, `answers 12 in 7 services`."""
    where, unblocked = named(action.services, "service", 1), action.unblocks_services
    if action.recovers and action.kind is not ActionKind.SIGN:
        return f"restores {where}"
    if unblocked:
        return f"unblocks {named(unblocked, 'service', 1)}"
    if action.comes_last:
        return f"comes last for {where}"
    return f"answers {action.answers:,} in {where}" if action.answers else f"for {where}"


def who(action: Action) -> str:
    """Return who does it: roles that the title does not name; else the owner, or the number of owners."""
    roles = ", ".join(action.roles)
    return roles if roles and roles not in action.title else named(action.owners, "team", 1)
