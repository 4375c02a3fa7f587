"""Read the blocks of a readiness page in Markdown (CommonMark with tables, optional front matter)."""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from gatekeeper.documents._blocks import Block, Broken, DocumentTable, Heading, ListItem, Paragraph, TableRow

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_NOTHING = "\u200b"
"""A zero-width space, which pages use against automatic links; it is not part of a word."""


def markdown_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a Markdown document; a malformed table is a `Broken` block."""
    from markdown_it import MarkdownIt

    # Front matter is replaced by blank lines, so that line numbers stay.
    if found := _FRONT_MATTER.match(text):
        text = "\n" * found[0].count("\n") + text[found.end() :]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for here, token in enumerate(tokens):
        match token.type:
            case "heading_open":
                yield Heading(_line(token), _text(tokens[here + 1]))
            case "table_open":
                yield _table(tokens[here:])
            case "list_item_open" if tokens[here + 1].type == "paragraph_open":
                yield ListItem(_line(token), _text(tokens[here + 2]))
            case "paragraph_open" if here == 0 or tokens[here - 1].type != "list_item_open":
                yield from _broken(tokens[here + 1])
                yield Paragraph(_line(token), _text(tokens[here + 1]))
            case "fence" | "code_block":
                yield Paragraph(_line(token), " ".join(token.content.split()))
            case _:
                pass


def _table(tokens: Iterable["Token"]) -> DocumentTable:
    rows: list[tuple[int, list[str]]] = []
    for token in takewhile(lambda token: token.type != "table_close", tokens):
        if token.type == "tr_open":
            rows.append((_line(token), []))
        elif token.type == "inline":
            rows[-1][1].append(_text(token))
    head, *body = [TableRow(line, cells) for line, cells in rows]
    return DocumentTable(head.line, head.cells, body)


def _broken(paragraph: "Token") -> Iterator[Broken]:
    """Yield a table whose line of dashes does not match its titles: Markdown shows it as a paragraph."""
    lines = paragraph.content.split("\n")
    row = next((here for here, line in enumerate(lines) if line.lstrip().startswith("|")), None)
    if row is not None:
        message = "this is not a table: its line of dashes must have as many cells as its titles"
        yield Broken(_line(paragraph) + row, message)


def _line(token: "Token") -> int:
    return token.map[0] + 1 if token.map else 1


def _text(token: "Token") -> str:
    """Return the text that a reader of the page sees."""
    shown = (
        " " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ()
    )
    return " ".join("".join(shown).replace(_NOTHING, "").split())
