"""`site`: static pages: an overview, a page for each milestone and service, and badges."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from gatekeeper.model.overview import Overview
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict
from gatekeeper.model.trend import Trend
from gatekeeper.reporters.badge_json import endpoint
from gatekeeper.reporters.ics import calendar_of
from gatekeeper.reporters.pages import exit_report
from gatekeeper.reporters.pages.grids import listed as on_page
from gatekeeper.reporters.pages.html import Link, Page, render
from gatekeeper.reporters.pages.services import (
    ListedService,
    ServiceAtMilestone,
    by_service,
    dependants,
    listed,
    most_open,
    now,
)
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.views import report_html
from gatekeeper.reporters.views.site_badges import picture
from gatekeeper.reporters.views.trend_svg import figure
from gatekeeper.reporters.wording import badges

INDEX, TREND = "index.html", "trend.html"
_HOW = "Each point is the verdict of its day: the commit judged as of that day and by its own rulebook."
_OUTCOMES = {
    ServiceVerdict.READY: MilestoneVerdict.READY,
    ServiceVerdict.EXCEPTED: MilestoneVerdict.READY_WITH_EXCEPTIONS,
    ServiceVerdict.BLOCKED: MilestoneVerdict.BLOCKED,
}
"""The style of a service's page."""


def pages(overview: Overview, trend: Trend | None = None) -> Iterator[Page]:
    """Yield every file of the site, with a trend if given; the same input gives the same files."""
    links = [
        Link(INDEX, "Overview"),
        *(Link(milestone_path(name), name, of.milestone.name) for name, of in overview.exits.items()),
        *([Link(TREND, "Trend")] if trend else []),
    ]
    at = by_service(overview)
    services = listed(overview, at, trend)
    listed_at = {name: on_page(exit_.result.services) for name, exit_ in overview.exits.items()}
    yield Page(INDEX, _index(overview, services, listed_at, links))
    for name in overview.exits:
        path = milestone_path(name)
        hrefs = {service: f"../{service_path(service)}" for service in overview.services}
        yield Page(path, report_html.page(overview, name, path=path, pages=links, hrefs=hrefs))
    needed_by = dependants(overview)
    for of in services:
        name = of.service.service
        yield Page(service_path(name), _service(overview, of, at[name], listed_at, needed_by[name], links))
    if trend:
        # `figure` returns markup in which untrusted text is escaped.
        body = Markup("".join(_trend(trend)))  # noqa: S704
        text = render("page.html.j2", overview, title="Trend", path=TREND, pages=links, body=body)
        yield Page(TREND, text)
    yield from _badges(overview, at)
    yield Page("readiness.ics", calendar_of(overview))
    # Without it, GitHub Pages runs Jekyll, which omits some files.
    yield Page(".nojekyll", "")


def milestone_path(milestone: str) -> str:
    """Return the path of a milestone's page."""
    return f"milestones/{milestone}.html"


def service_path(service: str) -> str:
    """Return the path of a service's page."""
    return f"services/{service}.html"


def badge_path(service: str, milestone: str) -> str:
    """Return the path of a badge of a service at a milestone, without extension; `level` is its level."""
    # A milestone may be called `level`, but no id has a full stop.
    file = f"{milestone}.milestone" if milestone.casefold() == "level" else milestone
    return f"badges/services/{service}/{file}"


def _index(
    overview: Overview,
    services: Sequence[ListedService],
    listed_at: Mapping[str, Collection[str]],
    links: Sequence[Link],
) -> str:
    ahead = next(
        (of for of in overview.exits.values() if of.milestone.exited_by(overview.as_of) is None), None
    )
    return render(
        "index.html.j2",
        overview,
        assets=("site", "index"),
        title="Readiness: overview",
        path=INDEX,
        pages=links,
        ahead=ahead,
        places=listed_at[ahead.result.milestone] if ahead else (),
        hrefs={of.service.service: service_path(of.service.service) for of in services},
        services=services,
        most_open=most_open(services),
        milestone_path=milestone_path,
        service_path=service_path,
    )


def _service(
    overview: Overview,
    listed: ListedService,
    at: Sequence[ServiceAtMilestone],
    listed_at: Mapping[str, Collection[str]],
    needed_by: Sequence[str],
    links: Sequence[Link],
) -> str:
    content: dict[str, Any] = {"exhibits": (), "signed": (), "forecast": (), "register": ()}
    if listed.now:
        name, result, exit_ = listed.service.service, listed.now.result, listed.now.exit
        content |= {
            "exhibits": exit_report.exhibits([result], overview),
            "signed": exit_report.sign_offs([result]),
            "forecast": [lapse for lapse in exit_.forecast if lapse.service == name],
            "register": [row for row in exit_.register if row.entry.service == name],
        }
    return render(
        "service.html.j2",
        overview,
        assets=("site",),
        title=f"{listed.service.service}: readiness",
        path=service_path(listed.service.service),
        up="../",
        pages=links,
        listed=listed,
        outcome=_OUTCOMES[listed.now.result.verdict] if listed.now else MilestoneVerdict.READY,
        needed_by=needed_by,
        hrefs={name: f"../{service_path(name)}" for name in (*listed.service.depends_on, *needed_by)},
        at=at,
        listed_at=listed_at,
        badge_path=badge_path,
        milestone_path=milestone_path,
        **content,
    )


def _trend(trend: Trend) -> Iterator[str]:
    """Yield a picture and a table for each milestone."""
    yield f'<section aria-label="Trend">\n<h1>Trend</h1>\n<p>{_HOW}</p>\n'
    if trend.is_shallow:
        yield "<p>The clone is shallow: it lacks older commits.</p>\n"
    if not trend.milestones:
        yield "<p>No commit could be judged.</p>\n"
    yield "</section>\n"
    for milestone in trend.milestones:
        title = escape(visible(trend.title(milestone)))
        yield f'<section aria-labelledby="trend-{milestone}">\n<h2 id="trend-{milestone}">{title}</h2>\n'
        yield f"{figure(trend, milestone)}</section>\n"


def _badges(overview: Overview, at: Mapping[str, Sequence[ServiceAtMilestone]]) -> Iterator[Page]:
    """Yield each badge as a picture, and as JSON for a badge server."""
    for path, badge in _named_badges(overview, at):
        yield Page(f"{path}.svg", picture(badge))
        yield Page(f"{path}.json", endpoint(badge))


def _named_badges(
    overview: Overview, at: Mapping[str, Sequence[ServiceAtMilestone]]
) -> Iterator[tuple[str, badges.Badge]]:
    for name, exit_ in overview.exits.items():
        yield f"badges/milestones/{name}", badges.of_milestone(exit_.result)
    for name, sights in at.items():
        next_ = now(sights)
        level = badges.of_service(name, overview.earned[name], next_.result.cell if next_ else None)
        yield f"badges/services/{name}/level", level
        for sight in sights:
            path = badge_path(name, sight.result.cell.milestone)
            yield path, badges.of_service_at(sight.result, sight.exit.milestone)
