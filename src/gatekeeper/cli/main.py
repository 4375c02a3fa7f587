"""The program: global options, commands, and the exit code of an error."""

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cache import current
from gatekeeper.cli.cache_folder import choose
from gatekeeper.cli.command_list import COMPLETING, Commands
from gatekeeper.cli.output import plain
from gatekeeper.cli.streams import UnwritableOutput, harden
from gatekeeper.errors import ExitCode, GatekeeperError
from gatekeeper.version import __version__

app = typer.Typer(
    name="gatekeeper",
    cls=Commands,
    help="May this milestone exit, and if not, what blocks it, and who fixes it?\n\n"
    "Without a command, in a workspace, it shows the status of the next milestone and the next command.\n\n"
    "Exit code 0: ready; 1: blocked; 2: wrong usage; 3: the workspace is invalid; 70: a bug in gatekeeper; "
    "74: standard output cannot be written; 130: interrupted.\n\n"
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
    cache: Annotated[
        Path | None,
        typer.Option("--cache", metavar="DIR", help="Keep the cache here; by default in the user's caches."),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Use no cache: read and judge anew.")] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Show the version and exit.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    context.obj = directory
    choose(directory, cache, is_off=no_cache)
    if context.invoked_subcommand is None:
        from gatekeeper.cli import status

        status.show(context)


def main() -> None:
    """Run the program and exit."""
    # A run is short and keeps nearly all objects, so garbage collection would take half of its time. Plugins
    # of pydantic must not affect a verdict, and looking for them takes time.
    gc.disable()
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    harden()
    code = run(sys.argv[1:])
    with suppress(UnwritableOutput):  # it is reported already
        sys.stdout.flush()
    sys.stderr.flush()
    # Everything is written; freeing the memory object by object would take an eighth of a small check.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run the program and return its exit code."""
    try:
        if COMPLETING in os.environ:
            from gatekeeper.cli.commands import completion

            return completion.complete(app, arguments)
        code = app(arguments, standalone_mode=False, prog_name="gatekeeper")
        sys.stdout.flush()
    except GatekeeperError as error:
        if message := plain(str(error)):
            typer.echo(message, err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: any other exception is a bug
        return _usage_or_bug(error)
    finally:
        current.commit()
    return code if isinstance(code, int) else ExitCode.READY


def _usage_or_bug(error: Exception) -> int:
    """Print the error and return its exit code: click's exceptions are mistakes in usage, others are bugs."""
    show = getattr(error, "show", None)
    if callable(show):
        from gatekeeper.cli.usage_hints import hint

        show()
        if found := hint(error):
            typer.echo(f"hint: {found}", err=True)
        return ExitCode.USAGE
    import traceback

    typer.echo(traceback.format_exc(), err=True)
    typer.echo(
        f"This is a bug in gatekeeper {__version__}. Please report it with the lines above and the command "
        "you ran.",
        err=True,
    )
    return ExitCode.BUG
