"""`gatekeeper obligations`: Show what is asked of services.

An obligation is one criterion that a milestone or a level asks of a service, with everything that decides it:
conditions, slots, ages, and who may attest. Services with equal obligations share an entry.

Example: gatekeeper obligations identity-service --milestone M1

Heading: Plan
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    AsOf,
    FormatOption,
    MilestoneOption,
    Text,
    Texts,
    argument,
    open_here,
    option,
)
from gatekeeper.cli.output import show
from gatekeeper.errors import UsageError, known


def command(
    context: typer.Context,
    services: Annotated[Texts, argument("[SERVICE]...", "By default all.", words.services)] = None,
    milestone: MilestoneOption = None,
    level: Annotated[Text, option("--level", "LEVEL", "What this level means instead.", words.levels)] = None,
    as_of: AsOf = None,
    format_: FormatOption = "table",
) -> None:
    """Write the obligations at a milestone or a level; as JSON, all of them unless one is named."""
    from gatekeeper.reporters.views import obligations as view
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.selection import select_milestone

    if milestone and level:
        raise UsageError("--milestone and --level exclude each other: leave one out")
    workspace = open_here(context)
    found = workspace.obligations(services or (), as_of=as_of)
    if level:
        scale = workspace.loaded.rulebook.scale
        family, title = f"level/{known(level, scale, 'level')}", f"level/{scale[level].title}"
    elif milestone or format_ == "table":
        manifests = workspace.loaded.manifests
        name = select_milestone(manifests, milestone, as_of or today())
        family, title = f"milestone/{name}", f"milestone/{manifests.milestones[name].title}"
    else:
        family = title = ""
    chosen = [one for one in found if family in ("", one.family)]
    show(format_, lambda: view.data(chosen), lambda _: view.parts(title, chosen))
