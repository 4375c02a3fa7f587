"""`report`: the exit report as one HTML page."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from gatekeeper.model.overview import Exit, Overview
from gatekeeper.model.rule import Rule
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.trend import Trend
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.pages import exit_report
from gatekeeper.reporters.pages.grids import gate_map, level_grid
from gatekeeper.reporters.pages.html import Link, anchor, render
from gatekeeper.reporters.views.trend_svg import figure
from gatekeeper.reporters.wording.verdict import verdict_sentence

MOST_IN_FULL = 1_500
"""With more open criteria than this, questions and remedies are listed once, not for each service."""

_SECTIONS = (
    ("gates", "Gates"),
    ("since", "Since"),
    ("levels", "Levels"),
    ("blocked", "Blocked"),
    ("excepted", "By exception"),
    ("ready", "Ready"),
    ("actions", "Actions"),
    ("exceptions", "Exceptions"),
    ("sign-offs", "Sign-offs"),
    ("forecast", "Forecast"),
    ("trend", "Trend"),
    ("evidence", "Evidence"),
    ("limits", "Limits"),
    ("judged", "What was judged"),
)


def page(
    overview: Overview,
    milestone: str,
    trend: Trend | None = None,
    path: str = "",
    pages: Sequence[Link] = (),
    hrefs: Mapping[str, str] | None = None,
) -> str:
    """Return the exit report of a milestone for a browser and for paper: a single page, or one of a site.

    Args:
        overview: What was judged.
        milestone: The milestone of the report.
        trend: The milestone over time, if it is shown.
        path: The path of this page within the site; empty for a single page.
        pages: The navigation of the site.
        hrefs: The page of each service; without it, names link to places on this page.
    """
    exit_ = overview.exits[milestone]
    # `figure` returns markup in which untrusted text is escaped.
    burn_up = Markup(figure(trend, milestone)) if trend else ""  # noqa: S704
    content = _content(overview, exit_) | {"trend": burn_up}
    names = [of.service.service for of in (*content["blocked"], *content["excepted"])]
    return render(
        "report.html.j2",
        overview,
        **content,
        path=path,
        pages=pages,
        up="../" * path.count("/"),
        hrefs={name: f"#{anchor(name)}" for name in names} if hrefs is None else hrefs,
        sections=_sections(overview, content),
    )


def _content(overview: Overview, exit_: Exit) -> dict[str, Any]:
    grid = gate_map(overview, exit_.result.services)
    services = grid.listed
    places = {of.service.service: place for place, of in enumerate(services)}
    blocked, excepted, ready = (
        [of for of in services if of.verdict is verdict]
        for verdict in (ServiceVerdict.BLOCKED, ServiceVerdict.EXCEPTED, ServiceVerdict.READY)
    )
    in_full = sum(len(of.open_criteria) for of in (*blocked, *excepted)) <= MOST_IN_FULL
    return {
        "title": f"{verdict_sentence(exit_.result).rstrip('.')} - exit report as of {overview.as_of}",
        "exit": exit_,
        "grid": grid,
        "places": places,
        "register": exit_report.of_listed(exit_.register, lambda of: of.entry.service, places),
        "levels": level_grid(overview, places),
        "blocked": blocked,
        "excepted": excepted,
        "ready": ready,
        "actions": exit_.result.actions,
        "owners": sorted({service.owner for service in overview.services.values()}),
        "signed": exit_report.sign_offs(services),
        "exhibits": exit_report.exhibits(services, overview),
        "shared": None if in_full else exit_report.SharedGroups([*blocked, *excepted]),
        "asked": () if in_full else _asked([*blocked, *excepted]),
    }


def _sections(overview: Overview, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the ids and headings of the sections that have content."""
    missing = {name for name in ("blocked", "excepted", "ready", "actions", "trend") if not content[name]}
    missing |= set() if content["exit"].result.services else {"gates"}
    missing |= set() if overview.since else {"since"}
    missing |= set() if exit_report.limited(content["exit"].result.services) else {"limits"}
    missing |= set() if overview.rulebook.governance.upgrade_sign_offs else {"sign-offs"}
    return [(id_, words) for id_, words in _SECTIONS if id_ not in missing]


def _asked(results: Sequence[ServiceResult]) -> list[Rule]:
    """Return every criterion that is not met, once each, in the order of the report."""
    rules = {
        of.rule.id: of.rule
        for result in results
        for group in exit_report.groups(result)
        for of in group.unmet
    }
    return list(rules.values())
