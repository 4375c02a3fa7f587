"""Pages of HTML: foreign text stays text, the policy names what is in the page, and a site takes more pages."""

import re
from base64 import b64encode
from datetime import date
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from builders.judging import L2
from builders.workspaces import PILOT
from gatekeeper.model.overview import Overview
from gatekeeper.model.trend import Trend
from gatekeeper.reporters.pages import html
from gatekeeper.reporters.text import markdown
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.views import report_html, report_markdown, site
from gatekeeper.reporters.views.site_badges import picture
from gatekeeper.reporters.wording import badges
from gatekeeper.workspace.judging import (
    collect_facts,
    earned_levels,
    forecast_by,
    judge_by,
    with_actions_across,
)
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.overview import overview
from gatekeeper.workspace.register import register

AS_OF = date(2026, 11, 20)
WORDS = st.text(max_size=40) | st.text(alphabet="<>&\"'`/\\ \n\x1b\u202eab;#", max_size=40)


@cache
def pilot() -> Overview:
    opened = open_workspace(PILOT)
    return overview(opened, list(opened.manifests.milestones), AS_OF, "abcdef")


class Text(HTMLParser):
    """The text of a page, and the elements that it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.elements: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@given(WORDS)
def test_prose_is_only_text_and_names(words: str) -> None:
    page = Text(html.prose(words))
    assert set(page.elements) <= {"code"}
    shown = "".join(page.text)
    assert shown == (visible(words).replace("`", "") if page.elements else visible(words))


def test_names_between_backticks_are_set_as_names() -> None:
    assert html.prose("map `a<b` to `c`") == Markup("map <code>a&lt;b</code> to <code>c</code>")
    assert html.prose("a `lone one") == Markup("a `lone one")


def with_owner(found: Overview, words: str) -> Overview:
    services = {
        name: service.model_copy(update={"owner": words, "about": words})
        for name, service in found.services.items()
    }
    exits = {
        name: exit_._replace(
            milestone=exit_.milestone.model_copy(update={"name": words}),
            result=exit_.result._replace(
                services=tuple(
                    of._replace(service=services[of.service.service]) for of in exit_.result.services
                ),
                actions=tuple(
                    action._replace(
                        heading=words,
                        shares=tuple(
                            of._replace(text=words, title=words, owner=words) for of in action.shares
                        ),
                    )
                    for action in exit_.result.actions
                ),
            ),
        )
        for name, exit_ in found.exits.items()
    }
    return found._replace(services=services, exits=exits)


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        "<script>x</script>",
        "</style>",
        "\" onload='x",
        "&lt;",
        "\u202eabc",
        "\x1b[31m",
        "{{ 7 * 7 }}",
        "a\nb",
    ],
)
def test_foreign_text_is_in_the_pages_as_text(words: str) -> None:
    for page in site.pages(with_owner(pilot(), words)):
        if page.path.endswith(".html"):
            found = Text(page.text)
            assert "".join(found.text).count(visible(words)) >= 2, page.path
            assert (found.elements.count("script"), found.elements.count("style")) == (1, 1)


@given(WORDS)
def test_a_badge_is_a_drawing_whatever_it_says(words: str) -> None:
    drawn = picture(badges.of_service(words, L2, None))
    found = Text(drawn)
    assert set(found.elements) == {"svg", "title", "clippath", "rect", "g", "text"}
    assert "".join(found.text).count(visible(words)) >= 2


@pytest.mark.long
def test_the_policy_names_the_style_and_script_of_the_page_and_nothing_else() -> None:
    page = report_html.page(pilot(), "M1")
    parts = [re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("style", "script")]
    digests = [b64encode(sha256(part.group(1).encode()).digest()).decode() for part in parts if part]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy.group(1).replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"\sstyle=|\son\w+=|src=|@import|url\(", page)


@pytest.mark.parametrize(
    ("address", "is_web"),
    [
        ("https://example.org/a", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        (" https://example.org", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("data:text/html,x", False),
    ],
)
def test_only_addresses_of_the_web_are_followed(address: str, *, is_web: bool) -> None:
    assert html.is_web(address) is is_web


def test_a_site_takes_a_trend_and_links_it_everywhere() -> None:
    pages = {page.path: page.text for page in site.pages(pilot(), Trend((), ()))}
    assert "<h1>Trend</h1>" in pages["trend.html"]
    for path, text in pages.items():
        if path.endswith(".html"):
            assert f'href="{"../" * path.count("/")}trend.html"' in text, path


def test_many_rows_make_several_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report_html.page(pilot(), "M2")
    monkeypatch.setitem(html._environment().globals, "rows", 2)
    html._template.cache_clear()
    html._environment().cache.clear()  # type: ignore[union-attr]
    parted = report_html.page(pilot(), "M2")
    html._template.cache_clear()
    assert parted.count("<table") > whole.count("<table")
    assert parted.count('<th scope="row">') == whole.count('<th scope="row">')


# What an overview holds


@pytest.mark.long
@pytest.mark.parametrize("milestone", ["M0", "M1", "M2", "M3", "M4"])
def test_an_overview_agrees_with_judging_each_milestone_alone(milestone: str) -> None:
    opened = open_workspace(PILOT)
    names = list(opened.manifests.milestones)
    facts = collect_facts(opened, names, AS_OF, opened.manifests.services.values())
    judged = {name: judge_by(opened, facts, name) for name in names}
    alone = with_actions_across(judged[milestone], judged, facts)
    found = pilot().exits[milestone]
    assert found.result.verdict == alone.verdict
    assert found.result.actions == alone.actions
    assert found.forecast == forecast_by(opened, facts, judged[milestone])
    assert found.register == register(opened, milestone, AS_OF)
    assert pilot().earned == earned_levels(opened, AS_OF)


def test_levels_of_services_that_the_milestone_does_not_ask_for_are_found_too() -> None:
    opened = open_workspace(PILOT)
    assert overview(opened, ["M0"], AS_OF, None).earned == earned_levels(opened, AS_OF)


def test_the_limits_of_what_is_asked_are_told_in_every_report() -> None:
    found = pilot()
    asked = {of.rule.id: of for service in found.exits["M2"].result.services for of in service.criteria}
    limited = {
        id_: of.rule.limits for id_, of in asked.items() if of.rule.limits and of.status != "not_applicable"
    }
    assert limited
    in_html = "".join(Text(report_html.page(found, "M2")).text)
    in_markdown = report_markdown.page(found, "M2")
    for id_, limits in limited.items():
        assert f"{id_}{limits.replace('`', '')}" in in_html
        assert f"| {id_} | {markdown.text(limits)} |" in in_markdown
