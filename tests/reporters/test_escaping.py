"""Escaping: foreign text stays text, whatever the destination makes of markup, commands and mentions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gatekeeper.reporters.text import markdown as _markdown
from gatekeeper.reporters.text import workflow_commands
from gatekeeper.reporters.text.screen import visible

WORDS = st.text(max_size=60) | st.text(alphabet="`*_[]()|~$!<>&@#:/\\-+.w \n\r\t\x1b%,'\"a1", max_size=60)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def obeyed(line: str) -> bool:
    """Whether GitHub's runner takes a line of the log for a command."""
    return line.lstrip().startswith("::") or "##[" in line


@pytest.mark.parametrize(
    ("text", "data", "value"),
    [
        ("100 %", "100 %25", "100 %25"),
        ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
        ("%0A", "%250A", "%250A"),
    ],
)
def test_text_in_a_workflow_command(text: str, data: str, value: str) -> None:
    assert workflow_commands.escape_data(text) == data
    assert workflow_commands.escape_property(text) == value


def test_a_remark_says_where() -> None:
    told = workflow_commands.annotation("error", "a\nb", title="G1.x: y", file="a b,c.yaml", line=3)
    assert told == "::error file=a b%2Cc.yaml,line=3,title=G1.x%3A y::a%0Ab\n"
    assert workflow_commands.annotation("notice", "a", title="t", line=3) == "::notice title=t::a\n"


@pytest.mark.long
@given(WORDS, WORDS, WORDS)
def test_a_remark_is_one_command_on_one_line(message: str, title: str, file: str) -> None:
    told = workflow_commands.annotation("warning", message, title=title, file=file, line=1)
    assert told.endswith("\n")
    [line] = told.splitlines()
    found = re.fullmatch(r"::warning (.*?)::(.*)", line)
    assert found
    properties, message_of = found.groups()
    assert set(re.findall(r"(?:^|,)(\w+)=", properties)) <= {"file", "line", "title"}
    unescaped = message_of.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert unescaped == "\n".join(map(visible, message.split("\n")))


@given(WORDS, WORDS)
def test_nothing_in_the_log_is_a_command(title: str, text: str) -> None:
    lines = workflow_commands.group(title, text).splitlines()
    assert [line for line in lines[1:-1] if obeyed(line)] == []
    assert lines[0].startswith("::group::")
    assert lines[-1] == "::endgroup::"


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::set-output name=a::b", "x ##[error]y", "::stop-commands::x"]
)
def test_a_command_in_the_log_is_broken(text: str) -> None:
    assert obeyed(text)
    assert not obeyed(workflow_commands.log_line(text))


def test_long_text_is_cut_and_shows_it() -> None:
    told = workflow_commands.annotation("error", "a" * 9_999, title="t" * 999)
    assert len(told) < workflow_commands.MOST_OF_MESSAGE + workflow_commands.MOST_OF_TITLE + 30
    assert told.count("…") == 2


def rendered(markdown: str) -> list[tuple[str, str]]:
    """Return the type and text of every part of the only paragraph."""
    _, inline, _ = MARKDOWN.parse(f"x {markdown} x")
    return [(token.type, token.content) for token in inline.children or ()]


@given(WORDS)
def test_foreign_text_in_markdown_is_only_text(foreign: str) -> None:
    parts = rendered(_markdown.text(foreign))
    assert {kind for kind, _ in parts} <= {"text", "text_special"}
    shown = "".join(text for _, text in parts).replace("\u200b", "")
    assert shown == f"x {visible(foreign).lstrip(' ')} x"


@given(WORDS)
def test_sentences_in_markdown_are_text_and_code(foreign: str) -> None:
    parts = rendered(_markdown.prose(foreign))
    assert {kind for kind, _ in parts} <= {"text", "text_special", "code_inline"}
    shown = "".join(f"`{text}`" if kind == "code_inline" else text for kind, text in parts).replace(
        "\u200b", ""
    )
    assert shown.split() == f"x {visible(foreign)} x".split()


@pytest.mark.parametrize(
    ("sentence", "markdown"),
    [
        ("Map `slos` to *it*.", r"Map `slos` to \*it\*."),
        ("``a`` and `", r"\`\`a\`\` and \`"),
        ("/close `x`", r"\/close `x`"),
        ("`@team`", "`@team`"),
    ],
)
def test_only_what_is_between_backticks_is_code(sentence: str, markdown: str) -> None:
    assert _markdown.prose(sentence) == markdown


@given(
    WORDS
    | st.sampled_from(
        ["/close", "- a", "# a", "1. a", "12) a", "+ a", "=", "    code", "> a", "```", "***", "---"]
    )
)
def test_foreign_text_starts_no_block(foreign: str) -> None:
    assert not _markdown.text(foreign).startswith("/")
    kinds = [token.type for token in MARKDOWN.parse(f"- x\n  - {_markdown.text(foreign)}\n")]
    assert kinds.count("bullet_list_open") == 2
    assert {kind for kind in kinds if kind.endswith("_open")} <= {
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
    }
    assert not {"fence", "code_block", "hr", "html_block"} & set(kinds)


@given(WORDS)
def test_foreign_text_stays_within_its_cell(foreign: str) -> None:
    tokens = MARKDOWN.parse(_markdown.table("a", "b") + _markdown.row(_markdown.text(foreign), "end"))
    cells = [token.content for token in tokens if token.type == "inline"]
    assert len(cells) == 4
    assert cells[3] == "end"


@given(WORDS)
def test_foreign_text_in_html_opens_no_element(foreign: str) -> None:
    assert not set(_markdown.html(foreign)) & set("<>\"'\n")


@pytest.mark.parametrize(
    "foreign",
    ["@team", "a@b.org", "#12", "org/repo#12", "https://a.org", "HTTP://a", "www.a.org", "mailto:a@b.c"],
)
def test_a_mention_or_a_link_is_broken(foreign: str) -> None:
    for escaped in (_markdown.text(foreign), _markdown.html(foreign)):
        plain = "".join(text for _, text in rendered(escaped))
        assert "\u200b" in plain
        assert not re.search(r"@\w|#\w|://|www\.|mailto:", plain, re.IGNORECASE)
