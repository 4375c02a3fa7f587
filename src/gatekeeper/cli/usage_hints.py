"""Say what to write instead of a command line that is wrong: a hint below the message of click."""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.output import plain
from gatekeeper.cli.statements import program_in
from gatekeeper.errors import nearest

_Known = Callable[[Any], Iterable[str]]
_NAMES: Mapping[str, _Known] = {
    "--milestone": words.milestones,
    "--service": words.services,
    "--owner": words.owners,
    "--gate": words.gates,
    "--level": words.levels,
    "--role": words.roles,
}
"""The options that take a name of the workspace, and the names that each takes."""
_COMMANDS: Mapping[str, _Known] = {
    "check --milestone": words.milestones,
    "check --service": words.services,
    "next --owner": words.owners,
    "explain": lambda context: [*words.criteria(context), *words.levels(context)],
}
"""What shows a name of the workspace if no command is named."""
_EXTRA = re.compile(r"unexpected extra argument\S* \((?P<words>.*)\)", re.DOTALL)


def hint(error: Any) -> str | None:
    """Return what to write instead, for an error of click; None if its message says enough."""
    context, named = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if context is None:
        return None
    if named:
        return _of_option(context, named)
    parameter = getattr(error, "param", None)
    if parameter is not None and getattr(parameter, "help", None):
        return f"{parameter.make_metavar(context).strip('{}[]')}: {parameter.help}"
    if extra := _EXTRA.search(error.format_message()):
        return _of_words(context, extra["words"].split())
    return _of_command(context, error.format_message())


def _of_option(context: Any, named: str) -> str | None:
    """Return where an option of the program belongs."""
    root = context.find_root()
    if context is root or named in _options(context):
        return None
    option = _options(root).get(named)
    if option is None:
        return None
    value = "" if option.is_flag else f" {option.metavar}"
    return f"{named} goes before the command: gatekeeper {named}{value} {_path(context)}"


def _path(context: Any) -> str:
    """Return the command of a context, with its group."""
    path: str = context.command_path.removeprefix(context.find_root().command_path)
    return path.strip()


def _options(context: Any) -> Mapping[str, Any]:
    return {name: one for one in context.command.params for name in one.opts}


def _of_words(context: Any, given: list[str]) -> str | None:
    """Return the options to which names of the workspace belong."""
    options = _options(context)
    found = [
        next(
            (
                f"{name} {word}"
                for name, known in _NAMES.items()
                if name in options and word in known(context)
            ),
            "",
        )
        for word in given
    ]
    if not all(found):
        return None
    begin = program_in(context.find_root().obj)
    return f"{begin} {_path(context)} {plain(' '.join(found))}"


def _of_command(context: Any, message: str) -> str | None:
    """Return the command that shows a name of the workspace, or the known commands of a group."""
    missing = re.search(r"No such command '(?P<name>.*?)'", message, re.DOTALL)
    if missing is None or "Did you mean" in message:
        return None
    name = missing["name"]
    if context is context.find_root():
        begin = program_in(context.obj or context.params["directory"])
        shows = (command for command, known in _COMMANDS.items() if name in known(context))
        command = next(shows, None)
        return f"{begin} {command} {shlex.quote(name)}" if command else None
    return nearest(name, context.command.list_commands(context))
