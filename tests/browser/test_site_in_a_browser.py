"""The index of a site and the pages of services in a real browser: search, keyboard, address, history, access."""

from datetime import date
from pathlib import Path

import pytest

from builders.browser import Browser
from builders.workspaces import PILOT
from gatekeeper.judging.outlook.progress import tally
from gatekeeper.model.overview import Overview
from gatekeeper.model.trend import Point, Trend
from gatekeeper.reporters.views import site
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.overview import overview

AS_OF = date(2026, 11, 20)
PAGES = ("index.html", "services/orders-service.html", "services/payments-service.html")
SIX = [
    "notifications-service",
    "catalogue-service",
    "basket-service",
    "orders-service",
    "ledger-service",
    "payments-service",
]
ENTER, ESCAPE, UP, DOWN = "\ue007", "\ue00c", "\ue013", "\ue015"
SHIFTS = """
const done = arguments[0];
let sum = 0;
const observer = new PerformanceObserver(list => {
  for (const one of list.getEntries()) sum += one.hadRecentInput ? 0 : one.value;
});
observer.observe({ type: "layout-shift", buffered: true });
setTimeout(() => done(sum), 200);
"""
FOCUS = "return document.activeElement.id || document.activeElement.textContent"


@pytest.fixture(autouse=True)
def _as_new(browser: Browser) -> None:
    browser.prefer("light")
    browser.resize(1400, 900)
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of the pilot, in whose history orders-service met nothing a week ago."""
    folder = tmp_path_factory.mktemp("pilot")
    opened = open_workspace(PILOT)
    found = overview(opened, list(opened.manifests.milestones), AS_OF, None)
    for page in site.pages(found, _history(found)):
        (folder / page.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / page.path).write_text(page.text, encoding="utf-8")
    return folder


def _history(found: Overview) -> Trend:
    [orders] = [of for of in found.exits["M1"].result.services if of.service.service == "orders-service"]
    today = tally(orders)
    points = [
        Point(str(day), date(2026, 11, day), {}, tallies={"M1": {"orders-service": of}})
        for day, of in ((13, today._replace(green=0)), (20, today))
    ]
    return Trend(tuple(points), ("M1",))


def listed(browser: Browser) -> list[str]:
    return browser.shown("#list > li > a")


def search(browser: Browser, words: str) -> list[str]:
    browser.press("/", *words)
    return listed(browser)


# Everybody can use it


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_a_page_is_accessible_quiet_and_still(
    page: str, scheme: str, width: int, browser: Browser, pilot: Path
) -> None:
    browser.prefer(scheme)
    browser.resize(width, 900)
    browser.open(pilot / page)
    assert browser.driver.execute_async_script(SHIFTS) < 0.01
    assert browser.said() == []
    assert browser.requests() == [(pilot / page).as_uri()]
    assert browser.run("return document.documentElement.scrollWidth") <= width
    browser.run(
        "for (const e of document.querySelectorAll('#list > li')) e.style.contentVisibility = 'visible'"
    )
    assert browser.violations() == []


def test_without_script_the_list_is_there_without_its_search(browser: Browser, pilot: Path) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(pilot / "index.html")
    assert listed(browser) == SIX
    assert browser.shown("#search, .nothing") == []


# Search


@pytest.mark.parametrize(
    ("words", "left", "says"),
    [
        ("BASK", ["basket-service"], "1 of 6 services"),
        ("team-orders", ["orders-service"], "1 of 6 services"),
        ("owner:service", [], "0 of 6 services"),
        ("g1.coverage", ["basket-service", "orders-service"], "2 of 6 services with G1.coverage open"),
        ("criterion:g1.coverage orders", ["orders-service"], "1 of 6 services with G1.coverage open"),
        ("sign-off:L2", ["catalogue-service", "orders-service"], "2 of 6 services with sign-off:L2 open"),
        ('"the coverage of" owner:', ["orders-service"], "1 of 6 services"),
    ],
)
def test_a_search_finds_services_by_name_owner_and_open_criterion(
    words: str, left: list[str], says: str, browser: Browser, pilot: Path
) -> None:
    browser.open(pilot / "index.html")
    assert search(browser, words) == left
    assert browser.run("return document.querySelector('#search output').value") == says
    assert len(browser.shown("#services .nothing")) == (not left)


def test_the_keyboard_goes_to_the_search_to_a_service_and_opens_it(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "index.html")
    assert search(browser, "team") == SIX
    assert browser.run("return document.activeElement.value") == "team"
    browser.press(DOWN, DOWN)
    assert browser.run(FOCUS) == "catalogue-service"
    browser.press(DOWN, UP, UP)
    assert browser.run(FOCUS) == "notifications-service"
    browser.press(UP)
    assert browser.run(FOCUS) == "query"
    browser.press(DOWN, ESCAPE)
    assert browser.run(FOCUS) == "query"
    browser.press(DOWN, DOWN, ENTER)
    assert browser.shown("h1") == ["✗ catalogue-service is blocked at M1 (Internal preview)"]


def test_enter_in_the_search_opens_the_first_service(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "index.html")
    search(browser, "orders")
    browser.press(ENTER)
    assert browser.shown("h1") == ["✗ orders-service is blocked at M1 (Internal preview)"]
    browser.driver.back()
    assert listed(browser) == ["orders-service"]


def test_the_address_keeps_the_search_and_back_leads_to_the_one_before(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "index.html")
    browser.find("#open tbody a").click()
    assert browser.driver.current_url.endswith("index.html#q=criterion:G1.coverage")
    assert listed(browser) == ["basket-service", "orders-service"]
    assert browser.run(FOCUS) == "query"
    browser.run("document.activeElement.select()")
    assert search(browser, "é ledger") == []
    browser.driver.back()
    assert listed(browser) == ["basket-service", "orders-service"]
    browser.driver.back()
    assert listed(browser) == SIX
    browser.driver.forward()
    address = browser.driver.current_url
    browser.driver.get("about:blank")
    browser.driver.get(address)
    assert listed(browser) == ["basket-service", "orders-service"]
    browser.driver.get(f"{(pilot / 'index.html').as_uri()}#q=100%")
    assert browser.run("return document.getElementById('query').value") == "100%"


def test_a_shorter_list_stays_in_view(browser: Browser, pilot: Path) -> None:
    browser.resize(400, 500)
    browser.open(pilot / "index.html")
    browser.find("#list > li:last-child > a").send_keys("")
    browser.run("document.querySelector('#list > li:last-child').scrollIntoView()")
    search(browser, "ledger")
    top = browser.run("return document.getElementById('search').getBoundingClientRect().top")
    assert 0 <= top < 250


# Services


def test_a_history_is_a_line_with_a_name_and_its_absence_is_no_hole(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "index.html")
    [line] = browser.run(
        "return [...document.querySelectorAll('.spark')].map(e => e.getAttribute('aria-label'))"
    )
    name = "orders-service at M1: 0 of 8 criteria met on 2026-11-13, 5 of 8 criteria met on 2026-11-20"
    assert line == name
    bars = browser.run("return document.querySelectorAll('#list .bar').length")
    assert bars == len(SIX) - 1
    browser.open(pilot / "services/orders-service.html")
    assert browser.run("return document.querySelector('.verdict .spark').getAttribute('aria-label')") == name


def test_from_the_index_to_a_service_to_a_milestone_and_back(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "index.html")
    browser.find("#list > li:nth-child(3) > a").click()
    assert browser.shown("h1") == ["✗ basket-service is blocked at M2 (First customers)"]
    browser.find("#milestones tbody a").click()
    assert browser.shown("h1") == ["✗ M2 (First customers) is blocked by 3 of 5 services."]
    browser.find("header nav a").click()
    assert browser.shown("h1") == ["✗ M1 (Internal preview) is blocked by 3 of 4 services."]


def test_a_service_says_what_to_do_and_how_far_it_is(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "services/orders-service.html")
    assert "✗ not there yet" in browser.shown(".verdict .progress")[0]
    assert "5 of 8 criteria met" in browser.shown(".verdict .progress")[0]
    assert browser.shown("#actions li > b")[:2] == [
        "Test the uncovered lines of the domain",
        "Run load_test again",
    ]
