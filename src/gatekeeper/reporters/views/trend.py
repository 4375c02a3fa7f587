"""`trend`: the progress of milestones over time, as sparklines for a terminal and as JSON."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from gatekeeper.model.screen import Screen
from gatekeeper.model.status import GateStatus, MilestoneVerdict
from gatekeeper.model.trend import MilestoneProgress, Point, Trend
from gatekeeper.reporters.text.screen import Part, Parts, grid, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.legends import names
from gatekeeper.reporters.wording.verdict import spaced

MOST_NEWS = 8
MOST_GAPS = 3
_BLOCKS = "▁▂▃▄▅▆▇█"
_TENTHS = "0123456789"
"""In ASCII, a digit stands for tenths: 9 is nine tenths or more."""
_BESIDES = 60
"""The width of the table without its sparklines and the milestones."""
_MOST_OF_AN_ID = 16
"""Longer ids of milestones are folded."""
_ROOMY = 78
"""The width from which on figures fit on one line."""
SIGNS: dict[MilestoneVerdict, str] = {
    MilestoneVerdict.READY: GateStatus.GREEN,
    MilestoneVerdict.READY_WITH_EXCEPTIONS: GateStatus.AMBER,
    MilestoneVerdict.BLOCKED: GateStatus.RED,
}


def data(trend: Trend, every: str, since: date | None) -> dict[str, Any]:
    """Return every point as plain data."""
    return {
        "every": every,
        "since": since.isoformat() if since else None,
        "is_shallow": trend.is_shallow,
        "milestones": trend.milestones,
        "milestone_names": {name: trend.names[name] for name in trend.milestones if name in trend.names},
        "points": [_point(point, trend.milestones) for point in trend.points],
    }


def _point(point: Point, milestones: Iterable[str]) -> dict[str, Any]:
    return {
        "commit": point.commit,
        "as_of": point.as_of.isoformat(),
        "folder": point.folder,
        "gap": point.gap,
        "milestones": {
            name: {
                "verdict": of.verdict,
                "services": {"all": of.services, "ready": of.ready, "excepted": of.excepted},
                "criteria": {"due": of.due, "green": of.green, "excepted": of.excused},
            }
            for name in milestones
            if (of := point.milestones.get(name))
        },
    }


def parts(trend: Trend, every: str, screen: Screen) -> Parts:
    """Yield a sparkline for each milestone, what changed when, and what could not be judged."""
    yield heading("Trend", trend, every)
    yield ""
    if trend.milestones:
        yield _table(trend, screen)
        unit = "a block is an eighth" if screen.unicode else "a digit is a tenth"
        gap = ", · a commit that could not be judged" if trend.gaps else ""
        yield f"oldest to newest; {unit} of what is due{gap}; (+n) since the first"
        if legend := names("milestones", {name: trend.names.get(name) for name in trend.milestones}):
            yield indented(shown(legend), 0)
    else:
        yield "None of these commits could be judged."
    yield from _news(trend, screen)
    yield from notes(trend)


def heading(title: str, trend: Trend, every: str) -> str:
    """Return a title, and which commits were chosen."""
    first, last = trend.points[0], trend.points[-1]
    days = f"{last.as_of}" if first.as_of == last.as_of else f"{first.as_of} to {last.as_of}"
    kept = f"the last of each {every}" if every in ("day", "week") else f"one in {every}"
    which = "all of them" if every == "1" else kept
    return f"[bold]{title}[/]  {counted(len(trend.points), 'commit')}, {which}, {days}"


def _table(trend: Trend, screen: Screen) -> Part:
    table = grid(screen, pad_edge=False)
    longest = min(max(map(len, trend.milestones)), _MOST_OF_AN_ID)
    table.add_column("", overflow="fold", max_width=_MOST_OF_AN_ID, min_width=longest)
    table.add_column("verdict", overflow="fold")
    for heading in ("criteria", "green of due", "services", "ready of all"):
        table.add_column(heading, overflow="fold", no_wrap=screen.width >= _ROOMY)
    width = max(6, (screen.width - _BESIDES - longest) // 2)
    for milestone in trend.milestones:
        progress = trend.of(milestone)
        seen = [of for of in progress if of]
        now, then = seen[-1], seen[0]
        table.add_row(
            milestone,
            f"{sign(SIGNS[now.verdict], screen)} {spaced(now.verdict)}",
            sparkline([of.share if of else None for of in progress], width, screen),
            f"{now.green:,} of {now.due:,}{_since(now.green - then.green)}",
            sparkline([of.ready / max(of.services, 1) if of else None for of in progress], width, screen),
            f"{now.ready:,} of {now.services:,}{_since(now.ready - then.ready)}",
        )
    return table


def _since(more: int) -> str:
    return f" ({more:+,})" if more else ""


def sparkline(shares: Sequence[float | None], width: int, screen: Screen) -> str:
    """Return shares from 0 to 1 as a line of at most `width` characters, each for one or several shares.

    Only 1 gets the full sign and only 0 the lowest, so that nearly done never looks like done.
    """
    signs = _BLOCKS if screen.unicode else _TENTHS
    return "".join("·" if share is None else _sign_of(share, signs) for share in _thinned(shares, width))


def _sign_of(share: float, signs: str) -> str:
    if share >= 1:
        return signs[-1]
    place = int(share * (len(signs) - 1))
    return signs[max(place, 1) if share > 0 else 0]


def _thinned(shares: Sequence[float | None], width: int) -> list[float | None]:
    """Return at most `width` shares: the last of each stretch, and always the newest."""
    if len(shares) <= width:
        return list(shares)
    return [shares[(place + 1) * len(shares) // width - 1] for place in range(width)]


def _what_changed(was: MilestoneProgress, now: MilestoneProgress) -> str:
    changes = []
    if was.verdict is not now.verdict:
        changes.append(f"{spaced(was.verdict)} → {spaced(now.verdict)}")
    if (was.ready, was.services) != (now.ready, now.services):
        ready = (f"{of.ready:,} of {of.services:,}" for of in (was, now))
        changes.append(f"{' → '.join(ready)} services ready")
    return ", ".join(changes)


def _news(trend: Trend, screen: Screen) -> Parts:
    """Yield the changes, newest first. A change across a gap is shown at the next judged commit."""
    judged = [point for point in trend.points if not point.gap]
    news = [
        item(sign(SIGNS[now.verdict], screen), f"{point.as_of}  {point.commit[:7]}  {milestone}  {words}", 2)
        for older, point in reversed(list(pairwise(judged)))
        for milestone in trend.milestones
        if (was := older.milestones.get(milestone)) and (now := point.milestones.get(milestone))
        if (words := _what_changed(was, now))
    ]
    if not news:
        return
    yield ""
    yield "[bold]What changed[/]  newest first"
    yield from news[:MOST_NEWS]
    yield from more(len(news) - MOST_NEWS)


def more(left_out: int) -> Parts:
    """Yield how many items of a list are left out, if any are."""
    if left_out > 0:
        yield indented(f"and {left_out:,} more: use --format json", 2)


def notes(trend: Trend) -> Parts:
    """Yield notes on commits that were not judged, moved workspaces and shallow clones."""
    gaps = trend.gaps
    if gaps:
        yield ""
        yield f"[bold]Not judged[/]  {counted(len(gaps), 'commit')}"
        for gap in reversed(gaps[-MOST_GAPS:]):
            yield item("·", f"{gap.as_of}  {gap.commit[:7]}  {shown(gap.gap or '')}", 2)
        yield from more(len(gaps) - MOST_GAPS)
    for older, newer in pairwise(trend.points):
        if older.folder != newer.folder:
            was = shown(older.folder) or "the root of the repository"
            yield ""
            yield f"Until {older.commit[:7]} of {older.as_of} the workspace was at {was}."
    if trend.is_shallow:
        yield ""
        yield f"This clone is shallow: it has no commits from before {trend.points[0].as_of}. Run"
        yield "  git fetch --unshallow"
