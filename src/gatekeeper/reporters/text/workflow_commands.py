"""GitHub's workflow commands: one line each, and nothing of what they carry can become another command.

Escaping is that of actions/toolkit (`command.ts`); what counts as a command is read from actions/runner
(`ActionCommand.cs`): `::` at the start of a line, blanks aside, or `##[` anywhere in it.
"""

from typing import Literal

from gatekeeper.reporters.text.screen import cut, visible

MOST_PER_STEP = 10
"""GitHub shows so many errors, warnings and notices of one step each, and drops the rest without a word."""
MOST_OF_TITLE = 200
MOST_OF_MESSAGE = 4_000

Level = Literal["error", "warning", "notice"]


def annotation(
    level: Level, message: str, *, title: str, file: str | None = None, line: int | None = None
) -> str:
    """Return a remark on a file and a line, both where they are known; line breaks in the message stay."""
    properties = {
        "file": visible(file) if file else None,
        "line": str(line) if file and line else None,
        "title": cut(visible(title), MOST_OF_TITLE),
    }
    told = ",".join(f"{name}={escape_property(value)}" for name, value in properties.items() if value)
    text = cut("\n".join(map(visible, message.split("\n"))), MOST_OF_MESSAGE)
    return f"::{level} {told}::{escape_data(text)}\n"


def group(title: str, text: str) -> str:
    """Return text as a part of the log that folds under its title."""
    lines = "".join(f"{log_line(line)}\n" for line in text.splitlines())
    return f"::group::{escape_data(visible(title))}\n{lines}::endgroup::\n"


def escape_data(text: str) -> str:
    """Return text as the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return text as the value of a property of a command."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def log_line(text: str) -> str:
    """Return a line of the log that the runner prints and does not obey."""
    line = text.replace("##[", "## [")
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line
