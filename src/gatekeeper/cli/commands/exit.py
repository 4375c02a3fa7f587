"""`gatekeeper exit`: Record the exit of a milestone, or list the records.

Judges the milestone and records the exit with the verdict and the digests of rulebook and evidence. A blocked
milestone is refused; governance may allow an exit all the same (`break_glass`), which is shown as overridden
and does not count as an exit. A record is never changed: withdraw it by a further one.

Example: gatekeeper exit M2 --by dana

Heading: Record and sign
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, FormatOption, Text, argument, flag, open_here, option
from gatekeeper.cli.output import show, write
from gatekeeper.cli.statements import (
    KeyOption,
    OnOption,
    days,
    next_command,
    signed_with,
    signer_by,
    workspace_to_write,
    write_line,
)
from gatekeeper.errors import UsageError, known


def command(
    context: typer.Context,
    milestone: Annotated[Text, argument("[MILESTONE]", "By default the next one.", words.milestones)] = None,
    by: Annotated[
        Text, option("--by", "NAME", "Who decides, by the name on the roster.", words.people)
    ] = None,
    override: Annotated[Text, option("--override", "REASON", "Exit although it is blocked.")] = None,
    withdraw: Annotated[Text, option("--withdraw", "REASON", "Withdraw the record.")] = None,
    list_: Annotated[bool, flag("--list", "List the records, and write nothing.")] = False,
    key: KeyOption = None,
    on: OnOption = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Record an exit or its withdrawal, or list all records."""
    from gatekeeper.reporters.views import exits as view

    made = days(on, as_of)

    if list_:
        milestones = open_here(context).loaded.manifests.milestones
        if milestone is not None:
            known(milestone, milestones, "milestone")
        chosen = {name: of for name, of in milestones.items() if milestone in (None, name)}
        show(format_, lambda: view.data(chosen), lambda on: view.parts(chosen, made.as_of, on))
        return
    if by is None:
        raise UsageError("name who decides: --by NAME; or --list the records")
    if override and withdraw:
        raise UsageError("--override and --withdraw exclude each other: leave one out")
    from gatekeeper.workspace.entry_signing import changed_and_signed
    from gatekeeper.workspace.exiting import ExitRequest, prepare_exit

    signer = signer_by(context, key)
    request = ExitRequest(milestone, by, made.on, override, withdraw, signer)
    with workspace_to_write(context) as loaded:
        name, edit = prepare_exit(loaded, request)
        edited = changed_and_signed(loaded, edit, signer)
        edited.write()
    what = f"{by}, {request.on}{signed_with(signer)}: {edited.place}"
    if withdraw:
        write_line("fail", f"withdrew the exit of {name}, by {what}")
    elif override:
        write_line("unreadable", f"{name} exited (overridden), by {what}; this does not count as an exit")
    else:
        write_line("pass", f"{name} exited, by {what}")
    write(next_command(context, "exit", "--list") + "\n")
