"""What a command that writes says at the end: what came of it, where it is written, and what is next."""

from collections.abc import Iterable

from gatekeeper.model.report import Screen
from gatekeeper.reporters.text.screen import draw, indented, item, shown, sign


def as_table(lines: Iterable[tuple[str | None, str]], screen: Screen) -> str:
    """Return lines, each behind the sign of its outcome if it has one."""
    return draw(
        [
            item(sign(outcome, screen), shown(text), 0) if outcome else indented(shown(text), 0)
            for outcome, text in lines
        ],
        screen,
    )
