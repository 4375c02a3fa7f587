"""GitHub's workflow commands, one line each; untrusted text in them cannot become another command.

Escaping follows actions/toolkit (`command.ts`). The definition of a command follows actions/runner
(`ActionCommand.cs`): `::` at the start of a line, ignoring whitespace, or `##[` anywhere in it.
"""

from typing import Literal

from gatekeeper.reporters.text.screen import cut, visible

MOST_PER_STEP = 10
"""GitHub shows this many errors, warnings and notices of one step, and silently drops the rest."""
MOST_OF_TITLE = 200
MOST_OF_MESSAGE = 4_000

Level = Literal["error", "warning", "notice"]


def annotation(
    level: Level, message: str, *, title: str, file: str | None = None, line: int | None = None
) -> str:
    """Return an annotation on a file and a line, both optional; line breaks in the message are kept."""
    properties = {
        "file": visible(file) if file else None,
        "line": str(line) if file and line else None,
        "title": cut(visible(title), MOST_OF_TITLE),
    }
    given = ",".join(f"{name}={escape_property(value)}" for name, value in properties.items() if value)
    text = cut("\n".join(map(visible, message.split("\n"))), MOST_OF_MESSAGE)
    return f"::{level} {given}::{escape_data(text)}\n"


def group(title: str, text: str) -> str:
    """Return text as a folded section of the log."""
    lines = "".join(f"{log_line(line)}\n" for line in text.splitlines())
    return f"::group::{escape_data(visible(title))}\n{lines}::endgroup::\n"


def escape_data(text: str) -> str:
    """Return text as the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return text as the value of a property of a command."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def log_line(text: str) -> str:
    """Escape a line of the log, so that the runner does not read it as a command."""
    line = text.replace("##[", "## [")
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line
