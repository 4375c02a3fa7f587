"""`gatekeeper except close`."""

from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import AsOf, known, say
from gatekeeper.cli._writing import OnOption, days, next_command, tell, workspace_to_write
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.milestone import RegisteredException
    from gatekeeper.workspace.loading import LoadedWorkspace


def command(
    context: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="RR-1, for instance.", autocompletion=_words.exceptions)
    ],
    on: OnOption = None,
    as_of: AsOf = None,
) -> None:
    """Close an exception.

    Once what it covers is delivered. What is open still then blocks.

    Example: gatekeeper except close RR-1
    """
    from gatekeeper.manifests.text_edit import Step
    from gatekeeper.model.milestone import RegisteredException
    from gatekeeper.workspace.editing import Edit, changed, line_of
    from gatekeeper.workspace.judging import register

    made_on, today = days(on, as_of)
    with workspace_to_write(context) as opened:
        exceptions = opened.manifests.exceptions
        entry = exceptions[known(id_, exceptions, "exception")]
        change = Edit(RegisteredException, id_, (Step("closed"),), made_on.isoformat())
        if entry.closed:
            place = line_of(opened, change)
            if on is not None and made_on != entry.closed:
                raise UsageError(f"{id_} was closed on {entry.closed} already: {place}; change it there")
            tell([("pass", f"{id_} was closed already, on {entry.closed}: {place}; nothing was written")])
            return
        written = changed(opened, change)
        written.write()
    tell([("pass", f"closed {id_} of {entry.service}, {made_on}: {written.place}")])
    at = _next_exit(opened, entry)
    [row] = [row for row in register(written.opened, at, today) if row.entry.id == id_]
    if row.open:
        tell([("fail", f"{at} still finds open, and nothing excuses any more: {', '.join(row.open)}")])
    say(next_command(context, "check", "--milestone", at, "--service", entry.service) + "\n")


def _next_exit(opened: "LoadedWorkspace", entry: "RegisteredException") -> str:
    """Return the milestone for which it had to be closed, or the one to come where that is past."""
    from gatekeeper.judging.verdicts.exceptions import due_milestone
    from gatekeeper.model.manifest import milestone_order

    milestones = opened.manifests.milestones
    due = due_milestone(entry.opened_in, milestones) or entry.opened_in
    to_come = [name for name, milestone in milestones.items() if milestone.exited is None]
    at = max(due, *to_come[:1], key=milestone_order)
    plan = opened.manifests.services[entry.service].plan
    return at if at in plan else max(plan, key=milestone_order)
