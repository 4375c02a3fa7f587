"""`--format comment`: the job summary, short enough for a comment on a pull request or merge request."""

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.markdown import page

MOST_BYTES = 65_000
"""GitHub accepts 65,536 characters; the rest is left for a line in front of the comment."""


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as Markdown. Details beyond the size limit are omitted; a note says how many."""
    return page(report, MOST_BYTES)
