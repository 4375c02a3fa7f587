"""Draw on a terminal: signs that do not rely on colour, and untrusted text made safe."""

import io
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from gatekeeper.model.screen import Screen
from gatekeeper.model.status import GateStatus, MilestoneVerdict, ServiceVerdict, Status
from gatekeeper.model.verdict import Standing

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

Part: TypeAlias = "RenderableType"
Parts = Iterator[Part]
"""What a screen shows, from top to bottom."""

SYMBOLS: dict[str, tuple[str, str, str]] = {
    Status.PASS: ("✓", "+", "green"),
    Status.FAIL: ("✗", "x", "red"),
    Status.UNREADABLE: ("!", "!", "red"),
    Status.UNPROVEN: ("≠", "#", "red"),
    Status.MISSING: ("?", "?", "yellow"),
    Status.STALE: ("↻", "o", "yellow"),
    Status.EXCEPTED: ("~", "~", "yellow"),
    Status.NOT_APPLICABLE: ("·", ".", "bright_black"),
    GateStatus.GREEN: ("✓", "+", "green"),
    GateStatus.AMBER: ("~", "~", "yellow"),
    GateStatus.RED: ("✗", "x", "red"),
    ServiceVerdict.READY: ("✓", "+", "green"),
    ServiceVerdict.EXCEPTED: ("~", "~", "yellow"),
    ServiceVerdict.BLOCKED: ("✗", "x", "red"),
    MilestoneVerdict.READY_WITH_EXCEPTIONS: ("~", "~", "yellow"),
    Standing.REGRESSED: ("↓", "v", "red"),
    Standing.UNSIGNED: ("▲", "^", "yellow"),
    Standing.OPEN: ("✗", "x", "red"),
    Standing.EXCEPTED: ("~", "~", "yellow"),
    Standing.READY: ("✓", "+", "green"),
}
"""The sign of each outcome, its ASCII form, and a colour that only repeats the sign."""

_ASCII = str.maketrans({"→": "->", "·": ".", "…": "...", "─": "-"})


def sign(outcome: str, screen: Screen) -> str:
    """Return the sign of an outcome, coloured."""
    symbol, plain, colour = SYMBOLS[outcome]
    return f"[{colour}]{symbol if screen.unicode else plain}[/]"


def mark(outcome: str, screen: Screen) -> "Text":
    """Return the sign of an outcome as a text, to put beside others."""
    from rich.text import Text

    symbol, plain, colour = SYMBOLS[outcome]
    return Text(symbol if screen.unicode else plain, colour)


def shown(text: str) -> str:
    """Return untrusted text for rich: never markup, colour codes or line breaks."""
    seen = visible(text)
    return seen.replace("\\", "\\\\").replace("[", "\\[") if "[" in seen else seen


def visible(text: str) -> str:
    """Return untrusted text on one line; invisible characters are written as escapes."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return " " if character in "\n\t" else character.encode("unicode_escape").decode()


def cut(text: str, most: int) -> str:
    """Return at most `most` characters; an ellipsis marks shortened text."""
    return text if len(text) <= most else text[: most - 1] + "…"


def indented(markup: str, columns: int) -> Part:
    """Return an indented paragraph."""
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text.from_markup(markup, emoji=False), (0, 0, 0, columns))


GAP = "   "
"""Between texts beside each other."""


def flowing(texts: "Iterable[Text]", screen: Screen, columns: int, hanging: int = 0) -> Parts:
    """Yield indented lines of texts beside each other; a line breaks only between two of them.

    Args:
        texts: The texts.
        screen: Where they are shown.
        columns: The indentation.
        hanging: The further indentation of all lines but the first.
    """
    from rich.text import Text

    line: list[Text] = []
    for text in texts:
        taken = columns + sum(one.cell_len + len(GAP) for one in line)
        if line and taken + text.cell_len > screen.width:
            yield Text.assemble(" " * columns, Text(GAP).join(line))
            line, columns, hanging = [], columns + hanging, 0
        line.append(text)
    if line:
        yield Text.assemble(" " * columns, Text(GAP).join(line))


def uncut(text: str, columns: int) -> Part:
    """Return an indented line to copy, however long it is; the terminal may wrap it."""
    from rich.text import Text

    return Text(" " * columns + visible(text), no_wrap=True, overflow="ignore")


def item(mark: str, markup: str, columns: int) -> Part:
    """Return a paragraph with a hanging mark in front of it."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    for _ in ("mark", "text"):
        grid.add_column(overflow="fold")  # a long id continues on the next line
    grid.add_row(*(Text.from_markup(cell, emoji=False) for cell in (mark, markup)))
    return Padding(grid, (0, 0, 0, columns))


def grid(screen: Screen, **layout: Any) -> "Table":
    """Return an empty table with a line below its titles."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD if screen.unicode else box.ASCII2, show_edge=False, **layout)


def draw(parts: Iterable[Part], screen: Screen) -> str:
    """Return what rich draws for a screen, without trailing spaces."""
    from rich.console import Console

    console = Console(
        file=io.StringIO(),
        width=screen.width,
        force_terminal=screen.colour,
        no_color=not screen.colour,
        color_system="standard" if screen.colour else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        _environ={},
    )
    with console.capture() as capture:
        for part in parts:
            # A line to copy is neither cut nor wrapped; printing joins texts and forgets that they say so.
            is_copied = bool(getattr(part, "no_wrap", None))
            console.print(
                part, crop=not is_copied, no_wrap=is_copied, overflow="ignore" if is_copied else None
            )
    text = "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())
    return text if screen.unicode else text.translate(_ASCII).encode("ascii", "replace").decode()
