"""`gatekeeper completion`: Print the completion script of a shell.

It completes commands, options, and names from the workspace: services, owners, milestones, gates, criteria,
exceptions, roles and people. For bash put the line below into ~/.bashrc; for zsh the same with zsh, after
compinit, into ~/.zshrc; for fish write the script to ~/.config/fish/completions/gatekeeper.fish.

Example: source <(gatekeeper completion bash)

Heading: Set up
"""

from importlib import import_module
from typing import Annotated

import typer

from gatekeeper.cli.arguments import argument
from gatekeeper.cli.command_list import COMPLETING
from gatekeeper.cli.output import write_data
from gatekeeper.cli.streams import UnwritableOutput
from gatekeeper.errors import ExitCode, known

SHELLS = ("bash", "zsh", "fish")


def command(
    shell: Annotated[str, argument("SHELL", "bash, zsh or fish.", lambda: SHELLS)],
) -> None:
    """Write the completion script of a shell."""
    chosen = known(shell, SHELLS, "shell")
    script = import_module("typer.completion").get_completion_script(
        prog_name="gatekeeper", complete_var=COMPLETING, shell=chosen
    )
    write_data(f"{script}\n")


def complete(app: typer.Typer, arguments: list[str]) -> int:
    """Answer a completion request of a shell. After an error, return no completions and no message."""
    from typer.completion import get_completion_inspect_parameters

    # typer sets its shells up while it inspects its own completion options, which this program does not have.
    get_completion_inspect_parameters()
    try:
        app(arguments, standalone_mode=False, prog_name="gatekeeper")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else ExitCode.READY
    except UnwritableOutput:
        raise
    except Exception:  # noqa: BLE001 - a traceback would end up in a half-typed line
        return ExitCode.BLOCKED
    return ExitCode.READY
