"""The program: global options, commands, and how errors leave it."""

import gc
import os
import sys
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from gatekeeper import __version__
from gatekeeper.errors import ExitCode, GatekeeperError

COMMANDS = {
    "check": "Judge whether a milestone may exit.",
    "diff": "Show what a change loses, claims or weakens.",
    "explain": "Explain one criterion.",
    "next": "Show the least work that unblocks an exit.",
    "can-ship": "Judge whether a service may be deployed.",
    "matrix": "Show the plan: service x milestone x level.",
    "summary": "Show who must be green when.",
    "audit": "Find contradictions in the plan itself.",
    "validate": "Check every manifest.",
    "schema": "Print the JSON Schema of a manifest.",
    "init": "Start a workspace, or add a service.",
    "facts": "Show what is read from an artefact.",
    "collect": "Record a service's evidence, in its own CI.",
    "sign": "Sign a level of a service off.",
    "attest": "Attest that a criterion holds, or take that back.",
    "except": "Keep the risk register: what ships below its target.",
    "completion": "Print the script by which a shell completes.",
}
"""Every command with the first line of its help. Each is a module of this package, named after it."""

COMPLETING = "_GATEKEEPER_COMPLETE"
"""The variable by which a shell asks for words."""


def load_command(name: str) -> Any:
    """Return a command, ready to be run: what takes it out of its module is typer's own."""
    module = import_module(f"gatekeeper.cli.{name.replace('-', '_')}{'_' if iskeyword(name) else ''}")
    app_of = getattr(module, "app", None)
    if app_of is None:
        app_of = typer.Typer(add_completion=False, rich_markup_mode=None)
        app_of.command(name)(module.command)
    return typer.main.get_command(app_of)


class _Commands(TyperGroup):
    """The commands; one is imported when it is run, and a list of them needs none."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, help_ in COMMANDS.items():
            self.add_command(TyperCommand(name, help=help_, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if name else command, rest


app = typer.Typer(
    name="gatekeeper",
    cls=_Commands,
    help="May this milestone exit, and if not, what exactly blocks it, and whose is it?\n\n"
    "Alone, in a workspace, it tells where things stand and which command is the next.\n\n"
    "Exit code 0: ready; 1: blocked; 2: wrong usage; 3: the workspace is invalid; 70: a bug of ours; 130: "
    "interrupted.\n\n"
    "Example: gatekeeper check --milestone M2",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gatekeeper {__version__}")
        raise typer.Exit


@app.callback()
def _globals(
    context: typer.Context,
    directory: Annotated[
        Path, typer.Option("-C", metavar="DIR", help="Run as if started in this folder.")
    ] = Path(),
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    context.obj = directory
    if context.invoked_subcommand is None:
        from gatekeeper.cli import _standing

        _standing.tell(context)


def main() -> None:
    """Run the program and exit."""
    # A run is short and keeps nearly all that it makes, so that looking for garbage is half its time; and a
    # plugin of pydantic has no business in a verdict, nor is looking for one free.
    gc.disable()
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is written; giving back the memory piece by piece would take an eighth of a small check.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run the program and return its exit code."""
    try:
        if COMPLETING in os.environ:
            from gatekeeper.cli import completion

            return completion.complete(app, arguments)
        code = app(arguments, standalone_mode=False, prog_name="gatekeeper")
    except GatekeeperError as error:
        typer.echo(plain(str(error)), err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: whatever comes here is our bug
        return _usage_or_bug(error)
    return code if isinstance(code, int) else ExitCode.READY


def _usage_or_bug(error: Exception) -> int:
    """A mistake on the command line shows itself, as click's exceptions do; the rest are bugs."""
    show = getattr(error, "show", None)
    if callable(show):
        show()
        return ExitCode.USAGE
    import traceback

    typer.echo(traceback.format_exc(), err=True)
    typer.echo(
        f"This is a bug in gatekeeper {__version__}. Please report it with the lines above and the command "
        "you ran.",
        err=True,
    )
    return ExitCode.BUG


def plain(text: str) -> str:
    """Names in messages come from files that anybody may have written: no control codes reach a terminal."""
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape").decode()
        for character in text
    )
