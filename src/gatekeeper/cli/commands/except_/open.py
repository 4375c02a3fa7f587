"""`gatekeeper except open`: Open an exception.

An exception lets a service ship below its target, for example at L3 instead of L4: the governance names the
two levels. It covers open criteria that the lower level does not require. All of the lower level must be met
and signed off first. It is valid for the exit of one milestone, and must be closed by the exit of the next.

Example: gatekeeper except open basket-service --delta L4.dr-drill --risk "no restore was rehearsed"
--approved-by dana --link https://... --milestone M3
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, MilestoneOption, Text, Texts, argument, option
from gatekeeper.cli.output import warn, write
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


def command(
    context: typer.Context,
    service: Annotated[str, argument("SERVICE", "A service whose target can be excused.")],
    risk: Annotated[str, option("--risk", "TEXT", "What may go wrong meanwhile.")],
    approved_by: Annotated[str, option("--approved-by", "NAME", "The person who accepts the risk.")],
    link: Annotated[str, option("--link", "URL", "A page that documents the approval.")],
    delta: Annotated[
        Texts, option("--delta", "CRITERION", "A criterion that is still open; repeatable.", words.criteria)
    ] = None,
    owner: Annotated[
        Text,
        option("--owner", "TEAM", "The team that delivers it; by default the service's owner.", words.owners),
    ] = None,
    id_: Annotated[Text, option("--id", "ID", "By default the next free one: RR-1, RR-2 ...")] = None,
    milestone: MilestoneOption = None,
    key: KeyOption = None,
    on: OnOption = None,
    as_of: AsOf = None,
) -> None:
    """Open an exception and write what it does not cover."""
    from gatekeeper.workspace.register import NewException, open_exception, unknown_approvers

    made_on, today = days(on, as_of)
    signer = signer_by(context, key)
    new = NewException(
        service, risk, approved_by, link, delta or (), owner, id_, milestone, made_on, today, signer
    )
    with workspace_to_write(context) as loaded:
        opened = open_exception(loaded, new)
        opened.edited.write()
    entry, at = opened.entry, opened.entry.opened_in
    made = f"{made_on}{signed_with(signer)}"
    write_line("excepted", f"opened {entry.id} of {service} for {at}, {made}: {opened.edited.file}")
    if opened.uncovered:
        write_line("fail", f"open, and not covered: {', '.join(opened.uncovered)}")
    warn([one for one in unknown_approvers(opened.edited.loaded) if one.file == opened.edited.file])
    write(next_command(context, "check", "--milestone", at, "--service", service) + "\n")
