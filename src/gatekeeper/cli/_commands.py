"""The commands by name; each is loaded when it is asked for, because a run needs one of them only."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: "Mapping[str, str]" = {
    "check": "Judge whether a milestone may exit.",
    "diff": "Show what a change loses, claims or weakens.",
    "explain": "Explain one criterion.",
    "next": "Show the least work that unblocks an exit.",
    "can-ship": "Judge whether a service may be deployed.",
    "matrix": "Show the plan: service x milestone x level.",
    "summary": "Show who must be green when.",
    "report": "Write the exit report of a milestone.",
    "site": "Write a site: where things stand, each milestone, each service.",
    "trend": "Show how verdicts changed over time.",
    "docs": "Write, check or import the readiness document.",
    "verify-report": "Verify an attested result.",
    "audit": "Find contradictions in the plan itself.",
    "validate": "Check every manifest.",
    "schema": "Print the JSON Schema of a manifest.",
    "init": "Start a workspace, or add a service.",
    "facts": "Show what is read from an artefact.",
    "collect": "Record a service's evidence, in its own CI.",
    "sign": "Sign a level of a service off.",
    "attest": "Attest that a criterion holds, or take that back.",
    "except": "Keep the risk register: what ships at L3 instead of L4.",
    "completion": "Print the script by which a shell completes.",
}
"""By name, in the order of the help, with the first line of what each says of itself."""


COMPLETING = "_GATEKEEPER_COMPLETE"
"""The environment variable by which a shell asks for words."""


class Commands(TyperGroup):
    """The group of all commands, which knows them by name until one is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as click calls it
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as click calls it
        """Return a command, loaded; None where there is none of this name."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.commands[cmd_name] = load(cmd_name)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is meant; one that is misspelt is looked for among all."""
        if args and args[0] not in COMMANDS:
            for name in COMMANDS:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as click calls it
        """Write the list of commands into a help text."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def load(name: str) -> Any:
    """Return a command of this name, ready to be run."""
    word = name.replace("-", "_")
    # `except` is a word of the language, and no name for a module.
    module = import_module(f"gatekeeper.cli.{word}_" if name == "except" else f"gatekeeper.cli.{word}")
    if hasattr(module, "app"):
        return typer.main.get_command(module.app)
    alone = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    alone.command(name)(module.command)
    return typer.main.get_command(alone)
