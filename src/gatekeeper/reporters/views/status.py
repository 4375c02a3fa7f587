"""`gatekeeper` without a command: the verdict, the blocked services and the first step."""

from datetime import date

from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, draw, indented, item, shown, sign
from gatekeeper.reporters.views import diff
from gatekeeper.reporters.wording.actions import exit_words, what_to_do
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.reporters.wording.verdict import signatures_note, verdict_of_report

MOST_NAMES = 4


def as_line(report: Report, screen: Screen) -> str:
    """Return the verdict on one line, and with a base the change on another; the width does not matter."""
    wide = screen._replace(width=10_000)
    change = [diff.conclusion(report.comparison, wide)] if report.comparison else []
    return draw([verdict_line(report, wide), *change], wide)


def parts(report: Report, exit_date: date | None, screen: Screen) -> Parts:
    """Yield the milestone, its verdict, the blocked services, and the first step."""
    result = report.result
    until = exit_words(exit_date, result.as_of)
    yield f"[bold]{shown(result.title)}[/]  as of {result.as_of}  {until}"
    yield verdict_line(report, screen)
    if wrong := signatures_note(result):
        yield item(sign(Status.FAIL, screen), wrong, 0)
    if result.blocked_by:
        yield indented(first_few([*map(shown, result.blocked_by)], MOST_NAMES), 2)
    for action in result.actions[:1]:
        yield item("→", shown(f"{first_few(action.owners, MOST_NAMES)}: {what_to_do(action)}"), 2)


def verdict_line(report: Report, screen: Screen) -> str:
    """Return the verdict in a sentence, with its sign."""
    return f"[bold]{sign(report.result.verdict, screen)} {shown(verdict_of_report(report))}[/]"
