"""`--format badge-json`: a badge of the verdict, drawn by Shields or a server like it.

Source: Shields, "Endpoint Badge" (shields.io/badges/endpoint-badge) and the schema that it validates answers
with, which refuses unknown keys (badges/shields, services/endpoint-common.js).
"""

from pydantic_core import to_json

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.wording.badges import Badge, of_milestone


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the badge of a milestone; with a filter, its label names the services or owners."""
    chosen = (*report.filter.owners, *report.filter.services)
    return endpoint(of_milestone(report.result, chosen))


def endpoint(badge: Badge) -> str:
    """Return a badge as the JSON that a badge server fetches.

    `isError` keeps the address of a badge from changing the colour.
    """
    document = {
        "schemaVersion": 1,
        "label": badge.label,
        "message": badge.message,
        "color": badge.colour,
        "isError": badge.is_error,
    }
    return to_json(document, indent=2).decode() + "\n"
