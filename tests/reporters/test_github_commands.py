"""Workflow commands: whatever is said stays one command."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.reporters._github_commands import annotation


def unescaped(text: str) -> str:
    """Read a message as the runner does."""
    return (
        text.replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%3A", ":")
        .replace("%2C", ",")
        .replace("%25", "%")
    )


def test_a_message_and_its_place() -> None:
    assert annotation("error", "a\nb", file="x,y:z.yaml", line=3, title=None) == (
        "::error file=x%2Cy%3Az.yaml,line=3::a%0Ab"
    )
    assert annotation("notice", "100 %") == "::notice::100 %25"


def test_a_colour_is_spelled_out() -> None:
    assert annotation("error", "\x1b[31m\u2028") == "::error::\\x1b[31m\\u2028"


@given(st.text(), st.text())
def test_any_text_is_one_line_that_reads_back(message: str, title: str) -> None:
    line = annotation("warning", message, title=title)
    assert len(line.splitlines()) == 1
    found = re.fullmatch(r"::warning title=([^:,\r\n]*)::(.*)", line)
    assert found
    if message.isprintable() and title.isprintable():
        assert (unescaped(found[1]), unescaped(found[2])) == (title, message)
