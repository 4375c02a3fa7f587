"""A verdict in a line, and in a few: what one wants to know without having asked for anything."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from gatekeeper.model.report import Report, Screen
from gatekeeper.reporters.text.screen import draw, indented, item, shown, sign
from gatekeeper.reporters.wording import verdict
from gatekeeper.reporters.wording.steps import exit_words

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_NAMES = 4


def as_line(report: Report, screen: Screen) -> str:
    """Return the verdict, in one line whatever the width."""
    return draw([_verdict(report, screen)], screen._replace(width=10_000))


def as_table(report: Report, exit_date: date | None, screen: Screen) -> str:
    """Return the milestone, its verdict, who blocks it, and the first thing to do."""
    return draw(_parts(report, exit_date, screen), screen)


def _verdict(report: Report, screen: Screen) -> str:
    return f"[bold]{sign(report.result.verdict, screen)} {verdict.verdict(report)}[/]"


def _parts(report: Report, exit_date: date | None, screen: Screen) -> Iterator["RenderableType"]:
    result = report.result
    until = exit_words(exit_date, result.as_of)
    yield f"[bold]{result.milestone}[/]  as of {result.as_of}  {until}"
    yield _verdict(report, screen)
    if result.blocked_by:
        names = ", ".join(map(shown, result.blocked_by[:MOST_NAMES]))
        more = len(result.blocked_by) - MOST_NAMES
        yield indented(f"{names} and {more:,} more" if more > 0 else names, 2)
    for step in result.next_steps[:1]:
        yield item("→", f"{shown(step.owner)}: {shown(step.step)}", 2)
