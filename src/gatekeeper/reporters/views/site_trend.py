"""The trend page of a `site`: the progress of the milestones over time."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from gatekeeper.model.trend import Trend
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.views.site import Chapter
from gatekeeper.reporters.views.trend_svg import figure

PATH = "trend.html"
_HOW = "Each point is the verdict of its day: the commit judged as of that day and by its own rulebook."


def chapter(trend: Trend) -> Chapter:
    """Return the page: a picture and a table for each milestone."""
    # `figure` returns markup in which untrusted text is escaped.
    return Chapter(PATH, "Trend", Markup("".join(_parts(trend))))  # noqa: S704


def _parts(trend: Trend) -> Iterator[str]:
    yield '<section aria-label="Trend">\n<h1>Trend</h1>\n'
    yield f"<p>{_HOW}</p>\n"
    if trend.is_shallow:
        yield "<p>The clone is shallow: it lacks older commits.</p>\n"
    if not trend.milestones:
        yield "<p>No commit could be judged.</p>\n"
    yield "</section>\n"
    for milestone in trend.milestones:
        title = escape(visible(trend.title(milestone)))
        yield f'<section aria-labelledby="trend-{milestone}">\n<h2 id="trend-{milestone}">{title}</h2>\n'
        yield figure(trend, milestone)
        yield "</section>\n"
