"""The log: `--verbose` writes the records of the loggers below `gatekeeper` to standard error."""

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperOption

from gatekeeper.cli.output import plain

if TYPE_CHECKING:
    import logging


def with_option(command: Any) -> Any:
    """Return a command with the option `--verbose` added."""
    verbose = TyperOption(
        param_decls=["--verbose", "-v"],
        type=int,
        count=True,
        show_default=False,
        expose_value=False,
        callback=_start,
        help="Log the files that are read to standard error; -vv logs more.",
    )
    command.params.append(verbose)
    return command


def _start(context: typer.Context, _: object, level: int) -> int:
    """Log to standard error until the program ends: at level 1 INFO, at level 2 DEBUG.

    The option is accepted before and after the command; the levels add up.
    """
    if not level or context.resilient_parsing:
        return level
    import logging

    root = context.find_root()
    root.meta["verbosity"] = root.meta.get("verbosity", 0) + level
    logger = logging.getLogger("gatekeeper")
    logger.setLevel(logging.DEBUG if root.meta["verbosity"] > 1 else logging.INFO)
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_formatter())
        logger.addHandler(handler)
        root.call_on_close(lambda: _stop(logger, handler))
    return level


def _stop(logger: "logging.Logger", handler: "logging.Handler") -> None:
    import logging

    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def _formatter() -> "logging.Formatter":
    import logging

    class Formatter(logging.Formatter):
        """Formats a record as one line and escapes names, because they come from untrusted files."""

        def format(self, record: logging.LogRecord) -> str:
            return plain(super().format(record)).replace("\n", "\\n")

    return Formatter("%(levelname)s %(name)s: %(message)s")
