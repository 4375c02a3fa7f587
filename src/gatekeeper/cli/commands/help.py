"""`gatekeeper help`: Show the help of a command.

Without COMMAND, list all commands, as `gatekeeper --help` does.

Example: gatekeeper help keys import

Heading: Set up
"""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gatekeeper.cli.arguments import Texts, argument
from gatekeeper.cli.command_list import commands
from gatekeeper.cli.output import write
from gatekeeper.errors import UsageError, known


def command(
    context: typer.Context,
    name: Annotated[
        Texts, argument("[COMMAND]...", "A command, or a group and its command.", lambda: list(commands()))
    ] = None,
) -> None:
    """Write the help of a command, or the list of commands."""
    asked: Any = context.find_root()
    for word in name or ():
        of = asked.command
        if not isinstance(of, TyperGroup):
            raise UsageError(f"{asked.info_name} has no commands of its own: leave {word} out")
        found: Any = of.get_command(asked, known(word, of.list_commands(asked), "command"))
        asked = typer.Context(found, parent=asked, info_name=word)
    write(asked.get_help() + "\n")
