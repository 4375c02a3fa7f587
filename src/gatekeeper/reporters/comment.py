"""The job summary, short enough for a comment on a pull request or a merge request."""

from gatekeeper.model.report import Report, Screen
from gatekeeper.reporters.markdown import page

MOST_BYTES = 65_000
"""GitHub takes 65,536 characters; whoever posts the comment may want to put a line of their own in front."""


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as Markdown for a comment; details that do not fit are told to be missing."""
    return page(report, MOST_BYTES)
