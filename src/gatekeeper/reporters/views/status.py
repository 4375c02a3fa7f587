"""The verdict on a milestone in a few lines: the header of `check`, and the screen of `gatekeeper` alone."""

from collections.abc import Iterator

from rich.text import Text

from gatekeeper.model.listing import Sort
from gatekeeper.model.report import Brief
from gatekeeper.model.row import MilestoneSummary
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import Standing
from gatekeeper.reporters.text.screen import GAP, Parts, draw, flowing, item, mark, shown, sign, visible
from gatekeeper.reporters.views import diff
from gatekeeper.reporters.views.first_actions import first_actions
from gatekeeper.reporters.views.service_grid import ordered, service_grid
from gatekeeper.reporters.wording.actions import exit_words
from gatekeeper.reporters.wording.counts import percent
from gatekeeper.reporters.wording.timing import not_binding_in_all
from gatekeeper.reporters.wording.verdict import (
    NOT_COMPARED,
    STANDINGS,
    exit_code_note,
    signatures_note,
    verdict_of_report,
)

_MOST = 3
"""How many services and actions `gatekeeper` alone shows."""
_BAR = 20
_LEAST_BAR = 5


def as_line(brief: Brief, screen: Screen) -> str:
    """Return the verdict on one line, and with a base the change on another; the width does not matter."""
    wide = screen._replace(width=10_000)
    change = [diff.conclusion(brief.comparison, wide)] if brief.comparison else []
    line = f"[bold]{sign(brief.result.verdict, wide)} {shown(verdict_of_report(brief))}[/]"
    note = exit_code_note(brief)
    return draw([f"{line} {shown(note)}" if note else line, *change], wide)


def parts(brief: Brief, screen: Screen) -> Parts:
    """Yield the header, the worst services, and the first actions."""
    yield from header(brief, screen, in_full="check --details")
    rows = [of for of in ordered(brief.result.services, Sort.HARM) if of.standing is not Standing.READY]
    if rows:
        yield ""
        yield from service_grid(brief, rows[:_MOST], screen)
    if brief.result.actions:
        yield ""
        yield from first_actions(brief.result.actions[:_MOST], screen)


def header(brief: Brief, screen: Screen, in_full: str | None = "--details") -> Parts:
    """Yield the verdict, the progress, the number of services by how far they are, and what limits it.

    Args:
        brief: The verdict.
        screen: Where it is shown.
        in_full: What to ask for to see the criteria that do not bind; None if they are shown.
    """
    verdict = shown(verdict_of_report(brief))
    progress = _progress(brief.result, screen.width - len(verdict) - len(GAP) - 2, screen)
    line = Text.assemble(mark(brief.result.verdict, screen), " ", Text.from_markup(verdict, style="bold"))
    if progress and line.cell_len + len(GAP) + progress.cell_len <= screen.width:
        yield Text.assemble(line, GAP, progress)
    else:
        yield item(sign(brief.result.verdict, screen), f"[bold]{verdict}[/]", 0)
        if progress:
            yield Text.assemble("  ", progress)
    yield from flowing(_facts(brief, screen, in_full), screen, 2)
    if brief.filter.narrows:
        yield item(" ", f"Filtered. {NOT_COMPARED}", 0)
    if wrong := signatures_note(sum(row.wrong_signatures for row in brief.result.services)):
        yield item(sign(Status.FAIL, screen), wrong, 0)
    if note := exit_code_note(brief):
        yield item(" ", note, 0)


def _progress(result: MilestoneSummary, room: int, screen: Screen) -> Text | None:
    """Return the criteria met of those due, with a bar that shrinks to the room; None if none is due."""
    done, due = result.met, result.due
    if not due:
        return None
    excepted = f", {result.excepted:,} by exception" if result.excepted else ""
    met, end = f"{done:,} of {due:,} criteria met{excepted}  ", f" {percent(done, due)} %"
    left = room - len(met) - len(end)
    width = min(left if left >= _LEAST_BAR else screen.width - len(met) - len(end) - 2, _BAR)
    full = width * done // due
    solid, rest = ("█", "░") if screen.unicode else ("#", "-")
    bar = [Text(solid * full, "green"), Text(rest * (width - full), "bright_black")] if width > 0 else []
    return Text.assemble(met, *bar, end)


def _facts(brief: Brief, screen: Screen, in_full: str | None) -> Iterator[Text]:
    """Yield the counts and dates below the verdict."""
    result = brief.result
    standings = result.standings
    counts = [
        Text.assemble(mark(standing, screen), f" {standings[standing]:,} {words}")
        for standing, words in STANDINGS.items()
        if standings[standing]
    ]
    if counts:
        yield Text("  ").join(counts)
    yield Text(f"as of {result.as_of}")
    if last := result.exit:
        yield Text(visible(f"{last.state} on {last.on} by {last.by}"))
    elif brief.exit_date:
        yield Text(exit_words(brief.exit_date, result.as_of))
    if in_full and (count := not_binding_in_all(result.services)):
        yield Text(f"{count} ({in_full})")
