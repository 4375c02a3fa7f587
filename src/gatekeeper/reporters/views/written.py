"""The last lines of commands that write files: the outcome, the file, and the next command."""

from collections.abc import Iterable

from gatekeeper.model.report import Screen
from gatekeeper.reporters.text.screen import draw, indented, item, shown, sign


def as_table(lines: Iterable[tuple[str | None, str]], screen: Screen) -> str:
    """Return lines, each after the sign of its outcome if it has one."""
    return draw(
        [
            item(sign(outcome, screen), shown(text), 0) if outcome else indented(shown(text), 0)
            for outcome, text in lines
        ],
        screen,
    )
