"""`gatekeeper completion`, and the answers that a shell gets afterwards."""

from importlib import import_module
from typing import Annotated

import typer

from gatekeeper.cli._commands import COMPLETING
from gatekeeper.cli._run import known, say
from gatekeeper.errors import ExitCode

SHELLS = ("bash", "zsh", "fish")


def command(
    shell: Annotated[
        str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.", autocompletion=lambda: SHELLS)
    ],
) -> None:
    """Print the script by which a shell completes.

    It completes commands, options, and the words of the workspace at hand: services, owners, milestones,
    gates, criteria, exceptions, roles and people. For bash put the line below into ~/.bashrc; for zsh the
    same with zsh, behind compinit, into ~/.zshrc; for fish write the script to
    ~/.config/fish/completions/gatekeeper.fish.

    Example: source <(gatekeeper completion bash)
    """
    chosen = known(shell, SHELLS, "shell")
    script = import_module("typer.completion").get_completion_script(
        prog_name="gatekeeper", complete_var=COMPLETING, shell=chosen
    )
    say(f"{script}\n")


def complete(app: typer.Typer, arguments: list[str]) -> int:
    """Answer a shell that asks for words; whatever goes wrong, it gets none and no complaint."""
    from typer.completion import get_completion_inspect_parameters

    # What typer speaks to shells is set up as it looks at its own options for that, which we do without.
    get_completion_inspect_parameters()
    try:
        app(arguments, standalone_mode=False, prog_name="gatekeeper")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else ExitCode.READY
    except Exception:  # noqa: BLE001 - nobody wants a traceback into a half-typed line
        return ExitCode.BLOCKED
    return ExitCode.READY
