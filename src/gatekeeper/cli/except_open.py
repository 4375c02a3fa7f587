"""`gatekeeper except open`."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import AsOf, MilestoneOption, say
from gatekeeper.cli._writing import (
    OnOption,
    days,
    next_command,
    planned_milestone,
    service_of,
    tell,
    workspace_to_write,
)
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from gatekeeper.model.service import Service
    from gatekeeper.model.verdict import ServiceResult
    from gatekeeper.workspace.loading import LoadedWorkspace


def command(
    context: typer.Context,
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="A service with a target of L4.")],
    risk: Annotated[str, typer.Option("--risk", metavar="TEXT", help="What may go wrong meanwhile.")],
    approved_by: Annotated[str, typer.Option("--approved-by", metavar="NAME", help="Who accepts that.")],
    link: Annotated[str, typer.Option("--link", metavar="URL", help="Where anybody can look it up.")],
    delta: Annotated[
        list[str] | None,
        typer.Option(
            "--delta",
            metavar="CRITERION",
            help="A criterion that is still open; repeatable.",
            autocompletion=_words.criteria,
        ),
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option(
            "--owner",
            metavar="TEAM",
            help="Who delivers it; by default the service's owner.",
            autocompletion=_words.owners,
        ),
    ] = None,
    id_: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="By default the next free one: RR-1, RR-2 ...")
    ] = None,
    milestone: MilestoneOption = None,
    on: OnOption = None,
    as_of: AsOf = None,
) -> None:
    """Open an exception.

    For what a service first owes at L4 and lacks, once all of L3 holds and is signed off. It covers the exit
    of one milestone, and must be closed for the exit of the next.

    Example: gatekeeper except open basket-service --delta L4.dr-drill --risk "no restore was rehearsed"
    --approved-by dana --link https://... --milestone M3
    """
    from gatekeeper.model.level import Level
    from gatekeeper.workspace.editing import with_exception

    made_on, today = days(on, as_of)
    with workspace_to_write(context) as opened:
        of = service_of(opened, service)
        at = planned_milestone(opened, of, milestone)
        if exited := opened.manifests.milestones[at].exited:
            raise UsageError(f"{at} was exited on {exited.on}: an exception is opened before the exit")
        if (target := of.plan[at].level) < Level.L4:
            raise UsageError(f"{at} asks {service} for {target}: only an L4 target can have an exception")
        name = _new_id(opened, id_)
        fields = {
            "id": name,
            "service": service,
            "delta": tuple(dict.fromkeys(delta or ())) or _offer(opened, of, at, today),
            "risk": risk,
            "owner": owner or of.owner,
            "approved_by": approved_by,
            "link": link,
            "opened_in": at,
            "opened_on": made_on.isoformat(),
        }
        change = with_exception(opened, fields)
        left = _still_open(change.opened, of, at, today, name)
        change.write()
    tell([("excepted", f"opened {name} of {service} for {at}, {made_on}: {change.file}")])
    if left:
        tell([("fail", f"it does not cover what else is open: {', '.join(left)}")])
    say(next_command(context, "check", "--milestone", at, "--service", service) + "\n")


def _new_id(opened: "LoadedWorkspace", written: str | None) -> str:
    ids = opened.manifests.exceptions
    if written is None:
        numbers = [int(found[1]) for name in ids if (found := re.fullmatch(r"RR-(\d{1,9})", name))]
        return f"RR-{max(numbers, default=0) + 1}"
    if written in ids:
        raise UsageError(f"there is an exception {written} already: choose another --id, or leave it out")
    return written


def _offer(opened: "LoadedWorkspace", service: "Service", milestone: str, as_of: "date") -> "tuple[str, ...]":
    """Say what could be named: which criteria are meant must be written, not guessed."""
    from gatekeeper.judging.plans.validation import excusable
    from gatekeeper.workspace.judging import judge

    result = judge(opened, milestone, as_of, [service]).services[0]
    entries = opened.manifests.exceptions.values()
    spent = {name for entry in entries if entry.service == service.service for name in entry.delta}
    candidates = set(excusable(service, opened.rulebook)) - spent
    still_open = [one.rule.id for one in result.criteria if one.blocks and one.rule.id in candidates]
    told = " ".join(f"--delta {criterion}" for criterion in dict.fromkeys(still_open))
    raise UsageError(f"name what is still open: {told or 'nothing of it can be excepted'}")


def _still_open(
    opened: "LoadedWorkspace", service: "Service", milestone: str, as_of: "date", entry: str
) -> "tuple[str, ...]":
    """Return what the new exception leaves open; one that would not be in force is refused."""
    from gatekeeper.workspace.judging import judge

    result = judge(opened, milestone, as_of, [service]).services[0]
    seen = next(exception for exception in result.exceptions if exception.id == entry)
    if seen.state == "unneeded":
        raise UsageError(
            f"{milestone} finds nothing of that open: there is nothing to except; nothing was written"
        )
    if seen.state != "in_force":
        raise UsageError(f"the exception would not be in force: {seen.message}; nothing was written")
    needless = [name for name in opened.manifests.exceptions[entry].delta if name not in _excepted(result)]
    if needless:
        raise UsageError(
            f"{milestone} does not find open: {', '.join(needless)}; leave it out; nothing was written"
        )
    return tuple(one.rule.id for one in result.open_criteria)


def _excepted(result: "ServiceResult") -> set[str]:
    return {one.rule.id for one in result.criteria if one.exception}
