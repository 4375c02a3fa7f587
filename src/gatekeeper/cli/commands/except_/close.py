"""`gatekeeper except close`: Close an exception.

Close it when the criteria that it covers hold. Covered criteria that are still open block the exit again.

Example: gatekeeper except close RR-1
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, argument
from gatekeeper.cli.output import write
from gatekeeper.cli.statements import OnOption, days, next_command, workspace_to_write, write_line


def command(
    context: typer.Context,
    id_: Annotated[str, argument("ID", "RR-1, for instance.", words.exceptions)],
    on: OnOption = None,
    as_of: AsOf = None,
) -> None:
    """Close an exception and write what is still open."""
    from gatekeeper.workspace.register import close_exception

    today = days(on, as_of).as_of
    with workspace_to_write(context) as loaded:
        closed = close_exception(loaded, id_, on, today)
    entry, at = closed.entry, closed.milestone
    if not closed.is_new:
        line = f"{id_} was closed already, on {entry.closed}: {closed.place}; nothing was written"
        write_line("pass", line)
        return
    write_line("pass", f"closed {id_} of {entry.service}, {on or today}: {closed.place}")
    if words := loaded.rulebook.exceptions.in_words(closed.still_open):
        write_line("fail", f"open at {at}, and no longer excepted: {', '.join(words)}")
    write(next_command(context, "check", "--milestone", at, "--service", entry.service) + "\n")
