"""Workflow commands of GitHub Actions, by which a step annotates files.

The format is that of
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, the escapes are those of
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts. A step may give ten annotations of
each severity; GitHub drops the rest without a word.
"""

MOST_ANNOTATIONS = 10


def annotation(severity: str, message: str, **properties: str | int | None) -> str:
    """Return one annotation: `::error file=a.yaml,line=3::message`, on one line whatever it says."""
    given = [f"{name}={_property(value)}" for name, value in properties.items() if value is not None]
    return f"::{severity}{' ' if given else ''}{','.join(given)}::{_data(message)}"


def visible(text: str) -> str:
    """Return text whose control characters are spelled out, line breaks apart: a log shows colours."""
    return "".join(
        character
        if character.isprintable() or character in "\r\n"
        else character.encode("unicode_escape", "backslashreplace").decode()
        for character in text
    )


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
