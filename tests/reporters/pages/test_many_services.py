"""Pages about many services: they list the worst, count all, and link to nothing that is not there."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from html.parser import HTMLParser
from posixpath import dirname, join, normpath

import pytest

from builders.workspaces import PILOT
from gatekeeper.model.overview import Exit, Overview
from gatekeeper.model.service import Service
from gatekeeper.reporters.pages import exit_report, grids
from gatekeeper.reporters.pages.grids import gate_map, level_grid
from gatekeeper.reporters.views import report_html, report_markdown, site
from gatekeeper.reporters.wording.counts import not_listed
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.overview import overview

TIMES = 8
IN_SCOPE, ALL = 4 * TIMES, 6 * TIMES


class Anchors(HTMLParser):
    """The ids of a page, its links, and the services of its articles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.hrefs: list[str] = []
        self.articles: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids.add(found.get("id") or "")
        if href := found.get("href"):
            self.hrefs.append(href)
        if tag == "article":
            self.articles.append(found["data-service"] or "")


@cache
def many() -> Overview:
    """Return the pilot's M1 with every service several times."""
    opened = open_workspace(PILOT)
    found = overview(opened, ["M1"], date(2026, 11, 20), None)
    return found._replace(
        exits={"M1": _many(found.exits["M1"])},
        services={of.service: of for one in found.services.values() for of in _copies(one)},
        plan={name: plan for one, plan in found.plan.items() for name in _names(one)},
        earned={name: level for one, level in found.earned.items() for name in _names(one)},
    )


def _names(service: str) -> list[str]:
    return [f"{service}-{n}" for n in range(TIMES)]


def _copies(of: Service) -> list[Service]:
    return [of.model_copy(update={"service": name, "depends_on": ()}) for name in _names(of.service)]


def _many(exit_: Exit) -> Exit:
    services = tuple(
        of._replace(service=copy) for of in exit_.result.services for copy in _copies(of.service)
    )
    actions = tuple(
        action._replace(
            shares=tuple(
                of._replace(service=name, owner=f"team-{name}")
                for of in action.shares
                for name in _names(of.service)
            )
        )
        for action in exit_.result.actions
    )
    register = tuple(
        of._replace(entry=of.entry.model_copy(update={"service": name}))
        for of in exit_.register
        for name in _names(of.entry.service)
    )
    forecast = tuple(of._replace(service=name) for of in exit_.forecast for name in _names(of.service))
    result = exit_.result._replace(services=services, actions=actions)
    return exit_._replace(result=result, register=register, forecast=forecast)


def worst(most: int) -> list[str]:
    return [of.service.service for of in gate_map(many(), many().exits["M1"].result.services).listed[:most]]


def counts(page: str) -> list[str]:
    """Return what a page counts: progress, standings, gates, and actions with their teams and services."""
    told = re.findall(r'<p class="(?:progress|standings|all)">.*?</p>|<tr class="met">.*?</tr>', page)
    return [*told, *re.findall(r'<li id="[^"]*" data-owner.*\n(<b>.*)', page)]


@pytest.mark.parametrize("most", [3, 20])
def test_a_report_lists_the_worst_and_counts_all(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report_html.page(many(), "M1")
    assert "not listed" not in whole
    first = worst(most)
    monkeypatch.setattr(grids, "MOST_LISTED", most)
    page = report_html.page(many(), "M1")
    assert [of for of in re.findall(r'data-service="(.*?)" data-marks', page) if of in first] == first
    assert Anchors(page).articles == first
    notes = re.findall(r"<b>(\d+ of \d+ services are not listed)", page)
    assert notes == [f"{of - most} of {of} services are not listed" for of in (IN_SCOPE, IN_SCOPE, ALL)]
    assert counts(page) == counts(whole)
    assert len(counts(page)) > 8
    left_out = {*many().services} - {*first, *(row.service for row in level_grid(many(), first))}
    assert left_out
    # The exceptions are few, so all are listed.
    sections = re.sub(r'<section id="exceptions".*?</section>', "", page, flags=re.DOTALL)
    assert not [name for name in left_out if f'data-service="{name}"' in sections]


def hrefs_without_target(pages: Mapping[str, str]) -> set[str]:
    found = {path: Anchors(text) for path, text in pages.items() if path.endswith(".html")}
    wrong = set()
    for path, anchors in found.items():
        for href in anchors.hrefs:
            file, _, fragment = href.partition("#q=")[0].partition("#")  # a search is no anchor
            target = normpath(join(dirname(path), file)) if file else path
            if "://" not in href and (
                target not in pages or (fragment and fragment not in found[target].ids)
            ):
                wrong.add(href)
    return wrong


@pytest.mark.long
@pytest.mark.parametrize("most", [3, 20, ALL])
def test_every_link_of_a_report_and_of_a_site_leads_somewhere(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "MOST_LISTED", most)
    assert not hrefs_without_target({"M1.html": report_html.page(many(), "M1")})
    pages = {page.path: page.text for page in site.pages(many())}
    assert not hrefs_without_target(pages)
    told = "services are not listed</b> on this page"
    assert (told in pages["milestones/M1.html"]) is (most < ALL)
    assert all(f"services/{name}.html" in pages for name in many().services)


def test_a_report_in_markdown_lists_the_worst_and_counts_all(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report_markdown.page(many(), "M1")
    first = worst(20)
    monkeypatch.setattr(grids, "MOST_LISTED", 20)
    page = report_markdown.page(many(), "M1")
    assert re.findall("^### . (.*)", page, re.MULTILINE) == first
    assert f"**{IN_SCOPE - 20} of {IN_SCOPE} services are not listed**" in page
    for line in ("met (", "| met of due"):
        assert [of for of in page.split("\n") if line in of] == [of for of in whole.split("\n") if line in of]
    assert page.count("\n| **") == 20 * (whole.count("\n| **") // IN_SCOPE)


def test_rows_are_left_out_only_if_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ["a", "b", "c"]
    assert exit_report.of_listed(rows, str, {"a"}) == rows
    monkeypatch.setattr(grids, "MOST_LISTED", 2)
    assert exit_report.of_listed(rows, str, {"a"}) == ["a"]
    assert not_listed(2, 3, "exception") == "1 of 3 exceptions is not listed"
    assert not_listed(3, 3) == ""
