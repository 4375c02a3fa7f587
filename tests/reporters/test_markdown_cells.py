"""Foreign text in Markdown tables: read back as text, and nothing else."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gatekeeper.reporters._markdown_cells import cell


def rendered(text: str) -> str:
    """Return the HTML of a cell that holds the text."""
    table = f"| a | b |\n|---|---|\n| {cell(text)} | end |\n"
    html: str = MarkdownIt("gfm-like", {"linkify": False}).render(table)
    return html


@pytest.mark.parametrize(
    "text",
    [
        "a|b",
        "`code`",
        "[x](http://y)",
        "<img src=x onerror=y>",
        "*b* _i_ ~~s~~",
        "\\|",
        "![i](u)",
        "a\nb",
        "&lt;",
        "$x$",
    ],
)
def test_text_is_shown_as_it_is_written(text: str) -> None:
    html = rendered(text)
    assert html.count("<td>") == 2
    assert not any(tag in html for tag in ("<img", "<a ", "<em>", "<strong>", "<code>", "<s>"))
    inner = html[html.index("<td>") + 4 : html.index("</td>")]
    assert unescape(inner.replace("<!-- -->", "")) == text.replace("\n", " ")


@pytest.mark.parametrize("text", ["@dana", "#12", "team!12", "a&12 b"])
def test_nobody_and_nothing_is_called(text: str) -> None:
    assert text not in cell(text)
    assert cell(text).replace("<!-- -->", "").replace("\\", "").replace("&amp;", "&") == text


@given(st.text())
def test_any_text_stays_within_its_cell(text: str) -> None:
    html = rendered(text)
    assert html.count("<tr>") == 2
    assert html.count("<td>") == 2
    assert "<td>end</td>" in html
