"""`site`: static pages: an overview, a page for each milestone and service, and badges."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from gatekeeper.model.plan import Cell
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict
from gatekeeper.model.survey import Exit, Survey
from gatekeeper.model.verdict import NextStep, ServiceResult
from gatekeeper.reporters.pages import exit_report
from gatekeeper.reporters.pages.html import Link, Page, render
from gatekeeper.reporters.views import site_badges
from gatekeeper.reporters.views.report_html import report_page
from gatekeeper.reporters.wording.steps import Share, shares

INDEX = "index.html"
_OUTCOMES = {
    ServiceVerdict.READY: MilestoneVerdict.READY,
    ServiceVerdict.EXCEPTED: MilestoneVerdict.READY_WITH_EXCEPTIONS,
    ServiceVerdict.BLOCKED: MilestoneVerdict.BLOCKED,
}
"""The style of a service's page."""


class Chapter(NamedTuple):
    """A page that another view draws; the site adds the frame, and a link on every page."""

    path: str
    title: str
    body: Markup


class _ServiceAtMilestone(NamedTuple):
    """A service's result at one milestone."""

    exit: Exit
    result: ServiceResult


def pages(survey: Survey, chapters: Sequence[Chapter] = ()) -> Iterator[Page]:
    """Yield every file of the site; the same survey gives the same files."""
    links = [
        Link(INDEX, "Overview"),
        *(Link(milestone_path(name), name, of.milestone.name) for name, of in survey.exits.items()),
        *(Link(chapter.path, chapter.title) for chapter in chapters),
    ]
    yield Page(INDEX, _index(survey, links))
    for name in survey.exits:
        path = milestone_path(name)
        hrefs = {service: f"../{service_path(service)}" for service in survey.services}
        yield Page(path, report_page(survey, name, path, links, hrefs))
    at = _by_service(survey)
    for name in survey.services:
        yield Page(service_path(name), _service(survey, name, at[name], links))
    for chapter in chapters:
        yield Page(chapter.path, _chapter(survey, chapter, links))
    yield from _badges(survey, at)
    # Without it, GitHub Pages runs Jekyll, which omits some files.
    yield Page(".nojekyll", "")


def milestone_path(milestone: str) -> str:
    """Return the path of a milestone's page."""
    return f"milestones/{milestone}.html"


def service_path(service: str) -> str:
    """Return the path of a service's page."""
    return f"services/{service}.html"


def badge_path(service: str, milestone: str) -> str:
    """Return the path of a service's badge at a milestone; `level.svg` is the badge of its level."""
    # A milestone may be called `level`, but no id has a full stop.
    file = f"{milestone}.milestone" if milestone.casefold() == "level" else milestone
    return f"badges/services/{service}/{file}.svg"


def _by_service(survey: Survey) -> Mapping[str, list[_ServiceAtMilestone]]:
    """Return every service's results, in the order of the roadmap."""
    found: dict[str, list[_ServiceAtMilestone]] = {name: [] for name in survey.services}
    for exit_ in survey.exits.values():
        for result in exit_.result.services:
            found[result.service.service].append(_ServiceAtMilestone(exit_, result))
    return found


def _ahead(survey: Survey) -> Exit | None:
    """Return the first milestone that has not exited."""
    return next((of for of in survey.exits.values() if of.milestone.exited_by(survey.as_of) is None), None)


def _index(survey: Survey, links: Sequence[Link]) -> str:
    ahead = _ahead(survey)
    return render(
        "index.html.j2",
        survey,
        title="Readiness: overview",
        path=INDEX,
        pages=links,
        ahead=ahead,
        blockers=exit_report.blockers(ahead) if ahead else (),
        hrefs={name: service_path(name) for name in survey.services},
        milestone_path=milestone_path,
        service_path=service_path,
        owners=sorted({service.owner for service in survey.services.values()}),
    )


def _service(survey: Survey, name: str, at: Sequence[_ServiceAtMilestone], links: Sequence[Link]) -> str:
    now = _now(at)
    content: dict[str, Any] = {"now": now, "steps": (), "exhibits": (), "sign_offs": (), "forecast": ()}
    if now:
        content |= {
            "steps": _steps_for(name, now.exit),
            "exhibits": exit_report.exhibits([now.result], survey.as_of),
            "sign_offs": exit_report.sign_offs([now.result]),
            "forecast": [lapse for lapse in now.exit.forecast if lapse.service == name],
            "register": [row for row in now.exit.register if row.entry.service == name],
        }
    return render(
        "service.html.j2",
        survey,
        title=f"{name}: readiness",
        path=service_path(name),
        up="../",
        pages=links,
        service=survey.services[name],
        outcome=_OUTCOMES[now.result.verdict] if now else MilestoneVerdict.READY,
        earned=survey.earned[name],
        at=at,
        badge_path=badge_path,
        milestone_path=milestone_path,
        **content,
    )


def _now(at: Sequence[_ServiceAtMilestone]) -> _ServiceAtMilestone | None:
    """Return the first milestone that has not exited; without one, the last exited milestone."""
    ahead = [sight for sight in at if sight.exit.milestone.exited_by(sight.exit.result.as_of) is None]
    return next(iter((*ahead, *at[::-1])), None)


def _steps_for(service: str, exit_: Exit) -> list[Share]:
    steps: list[NextStep] = [
        step._replace(services=(service,)) for step in exit_.result.next_steps if service in step.services
    ]
    return shares(steps)


def _chapter(survey: Survey, chapter: Chapter, links: Sequence[Link]) -> str:
    return render(
        "page.html.j2",
        survey,
        title=chapter.title,
        path=chapter.path,
        up="../" * chapter.path.count("/"),
        pages=links,
        body=chapter.body,
    )


def _badges(survey: Survey, at: Mapping[str, list[_ServiceAtMilestone]]) -> Iterator[Page]:
    for name, exit_ in survey.exits.items():
        yield Page(f"badges/milestones/{name}.svg", site_badges.of_milestone(exit_))
    for name, sights in at.items():
        target = _target(sights)
        yield Page(
            f"badges/services/{name}/level.svg", site_badges.of_service(name, survey.earned[name], target)
        )
        for sight in sights:
            path = badge_path(name, sight.result.cell.milestone)
            yield Page(path, site_badges.of_service_at(sight.result, sight.exit.milestone))


def _target(at: Sequence[_ServiceAtMilestone]) -> Cell | None:
    now = _now(at)
    return now.result.cell if now else None
