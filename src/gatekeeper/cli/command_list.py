"""The commands: each file of `commands/` is a command, each folder a group of commands.

The docstring of a module is the help of its command. The list of commands is read from the files; a module
is imported when its command runs.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from gatekeeper.cli import log

COMPLETING = "_GATEKEEPER_COMPLETE"
"""The environment variable that a shell sets to request completions."""
HEADINGS = ("Judge", "Plan", "Publish", "Record and sign", "Set up")
"""The headings of the help. The last line of a command's docstring names one of them."""
_FOLDER, _PACKAGE = Path(__file__).parent / "commands", "gatekeeper.cli.commands"
_DOCSTRING = re.compile(
    r'"""`gatekeeper [a-z -]+`: (?P<help>.+?)(?:\n\nHeading: (?P<heading>.+?))?\n?"""', re.DOTALL
)


class Command(NamedTuple):
    """A command that is not imported yet."""

    module: str
    help: str
    heading: str
    folder: Path | None
    """The folder of its subcommands, if it is a group."""

    @property
    def summary(self) -> str:
        """The first sentence of its help."""
        return self.help.partition("\n\n")[0].replace("\n", " ")


@cache
def commands(folder: Path = _FOLDER, package: str = _PACKAGE) -> dict[str, Command]:
    """Return the commands of a folder by name, sorted."""
    return dict(sorted(_commands(folder, package)))


def _commands(folder: Path, package: str) -> Iterator[tuple[str, Command]]:
    for path in folder.iterdir():
        is_group = (path / "__init__.py").is_file()
        source = path / "__init__.py" if is_group else path
        if path.name.startswith("_") or source.suffix != ".py":
            continue
        found = _DOCSTRING.match(source.read_text("utf-8"))
        if found is None:
            raise ValueError(f'{source}: the docstring of a command begins with "`gatekeeper NAME`: "')
        name, heading = path.stem.rstrip("_").replace("_", "-"), found["heading"] or ""
        yield name, Command(f"{package}.{path.stem}", found["help"], heading, path if is_group else None)


class Commands(TyperGroup):
    """The group of all commands, each imported when it is asked for."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        log.with_option(self)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as click calls it
        """Return the names of all commands."""
        return list(commands())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as click calls it
        """Return a command, imported; None if there is no such command."""
        if cmd_name in commands() and cmd_name not in self.commands:
            self.commands[cmd_name] = load(cmd_name)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the arguments name; for a misspelt name all commands are imported."""
        if args and args[0] not in commands():
            for name in commands():
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as click calls it
        """Write the commands into a help text, by heading."""
        for heading in HEADINGS:
            with formatter.section(heading):
                formatter.write_dl(
                    [(name, one.summary) for name, one in commands().items() if one.heading == heading]
                )


def load(name: str) -> Any:
    """Import a command and return it, ready to run."""
    found = commands()[name]
    return _group(name, found, found.folder) if found.folder else _single(name, found)


def _single(name: str, found: Command) -> Any:
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    app.command(name, help=found.help)(import_module(found.module).command)
    return log.with_option(typer.main.get_command(app))


def _group(name: str, found: Command, folder: Path) -> Any:
    command = getattr(import_module(found.module), "command", None)
    app = typer.Typer(
        name=name,
        help=found.help,
        invoke_without_command=command is not None,
        no_args_is_help=command is None,
        rich_markup_mode=None,
        add_completion=False,
    )
    app.callback(help=found.help)(command or (lambda: None))
    group: Any = typer.main.get_command(app)
    for sub, one in commands(folder, found.module).items():
        group.add_command(_single(sub, one), sub)
    return log.with_option(group)
