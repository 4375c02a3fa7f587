"""A sparkline: the progress of one service over time, as an inline SVG without script or style of its own."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from gatekeeper.model.trend import Tally
from gatekeeper.reporters.text.screen import visible

MOST_POINTS = 30
"""More points than this are thinned out; the last one stays."""
WIDTH, HEIGHT = 96, 20
_EDGE = 3
"""Room for the line and the dot at its end, in pixels."""

History = Sequence[tuple[date, Tally]]


def sparkline(title: str, history: History) -> Markup:
    """Return a line from no criterion met, at the bottom, to all that are due; empty for fewer than two days.

    Args:
        title: What it is about: `shop at M1`.
        history: The days and counts, the oldest first.
    """
    if len({day for day, _ in history}) < 2:
        return Markup("")
    (start, first), (end, last) = history[0], history[-1]
    label = f"{visible(title)}: {_met(first)} on {start}, {_met(last)} on {end}"
    points = [_point(day, tally, start, end) for day, tally in _thinned(history)]
    x, y = points[-1]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>'
    ).format(WIDTH, HEIGHT, WIDTH, HEIGHT, label, line, f"{x:g}", f"{y:g}")


def _met(tally: Tally) -> str:
    return f"{tally.met} of {tally.due} criteria met"


def _thinned(history: History) -> History:
    step = -(-len(history) // MOST_POINTS)
    return history[::-1][::step][::-1]


def _point(day: date, tally: Tally, start: date, end: date) -> tuple[float, float]:
    # Clocks of committers differ: dates outside the range are drawn at the edge.
    time = min(1.0, max(0.0, (day - start).days / max(1, (end - start).days)))
    share = tally.met / tally.due if tally.due else 1.0
    room = WIDTH - 2 * _EDGE, HEIGHT - 2 * _EDGE
    return round(_EDGE + room[0] * time, 1), round(HEIGHT - _EDGE - room[1] * share, 1)
