"""Report and site in a real browser: they work, keep to themselves, and can be used by everybody."""

import base64
import re
from datetime import date
from pathlib import Path

import pytest

from builders.browser import Browser
from builders.workspaces import ROOT, copy_of_whole_pilot, edit
from gatekeeper.model.status import MilestoneVerdict
from gatekeeper.model.trend import MilestoneProgress, Point, Trend
from gatekeeper.reporters.views import report_html, site
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.overview import overview

AS_OF = date(2026, 11, 20)
TREND = Trend(
    points=(
        Point(
            "a" * 40,
            date(2026, 11, 2),
            {"M1": MilestoneProgress(MilestoneVerdict.BLOCKED, 4, 1, 0, 30, 12, 0)},
        ),
        Point("b" * 40, date(2026, 11, 9), {}, gap="no workspace <b>here</b>"),
        Point(
            "c" * 40,
            date(2026, 11, 16),
            {"M1": MilestoneProgress(MilestoneVerdict.READY, 4, 4, 0, 30, 30, 0)},
        ),
    ),
    milestones=("M1",),
    is_shallow=True,
)
SCRIPT = "<script>window.obeyed = 1</script>"
IMAGE = "<img src=x onerror='window.obeyed = 1'>"
BACKWARDS = "\u202egnitirw\u202c"
PAGES = (
    "report.html",
    "index.html",
    "milestones/M0.html",
    "milestones/M2.html",
    "milestones/M3.html",
    "services/orders-service.html",
    "services/payments-service.html",
    "trend.html",
)
BLOCKED = ["catalogue-service", "notifications-service", "orders-service"]
ENTER = "\ue007"


@pytest.fixture(autouse=True)
def _as_new(browser: Browser) -> None:
    browser.prefer("light")
    browser.devtools("Emulation.clearDeviceMetricsOverride")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


@pytest.fixture(scope="session")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of the pilot, with the report on M1 beside it."""
    return _written(ROOT / "examples" / "pilot", tmp_path_factory.mktemp("pilot"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same of a workspace whose authors try to get markup into the pages."""
    workspace = copy_of_whole_pilot(tmp_path_factory.mktemp("hostile"))
    orders = workspace / "services" / "orders-service.yaml"
    edit(orders, "owner: team-orders", f'owner: "\\"quoted\\" {SCRIPT} {BACKWARDS}"')
    edit(orders, "split deliveries", f'"{IMAGE} </style></script> split `deliveries"')
    edit(workspace / "milestones" / "M1.yaml", "Internal preview", f'"{IMAGE}"')
    entry = workspace / "milestones" / "risk-register" / "RR-1.yaml"
    edit(entry, "https://example.org/risks/RR-1", '"javascript:window.obeyed=1"')
    edit(entry, "owner: team-payments", f'owner: "{SCRIPT}"')
    return _written(workspace, tmp_path_factory.mktemp("pages"))


def _written(workspace: Path, folder: Path) -> Path:
    opened = open_workspace(workspace)
    found = overview(opened, list(opened.manifests.milestones), AS_OF, None)
    for page in site.pages(found, TREND):
        (folder / page.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / page.path).write_text(page.text, encoding="utf-8")
    (folder / "report.html").write_text(report_html.page(found, "M1"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_nothing_on_the_console_and_asks_for_nothing(
    page: str, browser: Browser, pilot: Path
) -> None:
    browser.open(pilot / page)
    assert browser.said() == []
    assert browser.requests() == [(pilot / page).as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(page: str, scheme: str, browser: Browser, pilot: Path) -> None:
    browser.prefer(scheme)
    browser.open(pilot / page)
    assert browser.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 800, 1400])
def test_axe_finds_nothing_at_any_width(width: int, scheme: str, browser: Browser, pilot: Path) -> None:
    browser.prefer(scheme)
    browser.resize(width, 900)
    browser.open(pilot / "report.html")
    browser.find(".heat .cell a").click()
    assert browser.violations() == []


@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("page", ["report.html", "index.html", "services/orders-service.html"])
def test_nothing_moves_while_a_page_loads(page: str, width: int, browser: Browser, pilot: Path) -> None:
    browser.resize(width, 900)
    browser.open(pilot / page)
    shifts = (
        "const done = arguments[0]; let sum = 0;"
        "new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 200)"
    )
    assert browser.driver.execute_async_script(shifts) < 0.001  # less than anybody can see


def test_the_policy_refuses_what_is_not_ours(browser: Browser, pilot: Path, tmp_path: Path) -> None:
    text = (pilot / "report.html").read_text(encoding="utf-8")
    foreign = "<script>window.obeyed = 1</script><img src='https://example.org/a.png'><p style='color: red'>"
    page = tmp_path / "changed.html"
    page.write_text(text.replace("</main>", f"{foreign}</main>"), encoding="utf-8")
    browser.open(page)
    assert browser.run("return window.obeyed") is None
    assert len([said for said in browser.said() if "Content Security Policy" in said]) >= 3
    assert [asked for asked in browser.requests() if asked.startswith("http")] == []


# What is seen first


def test_the_first_screen_tells_what_blocks_whose_it_is_and_what_to_do(browser: Browser, pilot: Path) -> None:
    browser.resize(1400, 900)
    browser.open(pilot / "report.html")
    in_sight = "return document.querySelector(arguments[0]).getBoundingClientRect().bottom <= innerHeight"
    assert browser.run(in_sight, "h1")
    assert browser.run(in_sight, ".frame")
    assert browser.run(in_sight, "ol.first")
    assert browser.shown("h1") == ["✗ M1 (Internal preview) is blocked by 3 of 4 services."]
    assert browser.shown(".standings .st") == [
        "↓ 1 regressed",
        "▲ 1 unsigned",
        "✗ 1 not there yet",
        "✓ 1 ready",
    ]
    assert browser.shown(".losses a") == ["notifications-service", "catalogue-service"]
    assert rows_in_order(browser) == ["notifications", "catalogue", "orders", "payments"]
    assert browser.shown("#gates tbody td.owner")[:3] == [
        "team-notifications",
        "team-catalogue",
        "team-orders",
    ]
    assert browser.shown("ol.first a")[0].startswith("Fix use_case_tests")
    assert len(browser.shown("ol.first li")) == 5


@pytest.mark.parametrize("page", PAGES)
def test_nothing_sticks_out_of_a_narrow_screen(page: str, browser: Browser, pilot: Path) -> None:
    browser.resize(400, 900)
    browser.open(pilot / page)
    assert browser.run("return document.documentElement.scrollWidth") <= 400


def test_on_a_narrow_screen_what_to_do_comes_before_the_map(browser: Browser, pilot: Path) -> None:
    browser.resize(400, 900)
    browser.open(pilot / "report.html")
    top = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
    assert browser.run(top, "h1") < browser.run(top, "#first") < browser.run(top, "#filters")
    assert browser.run(top, "#filters") < browser.run(top, "#gates")
    browser.run("document.querySelector('.frame').scrollLeft = 80")
    left = "return document.querySelector(arguments[0]).getBoundingClientRect().left"
    assert browser.run(left, ".heat tr[data-service] th") == browser.run(left, ".frame")
    assert browser.run(left, ".heat tr[data-service] td.cell") < browser.run(left, ".frame") + 200


def test_the_map_keeps_its_header_in_sight(browser: Browser, pilot: Path) -> None:
    browser.resize(1400, 220)  # the frame is as high as three quarters of this
    browser.open(pilot / "report.html")
    browser.run("document.querySelector('.frame').scrollTop = 90")
    top = "return Math.round(document.querySelector(arguments[0]).getBoundingClientRect().top)"
    assert browser.run("return document.querySelector('.frame').scrollTop") > 0
    assert browser.run(top, ".heat thead") == browser.run(top, ".frame")


CELL = '.heat a[href="#orders-service.G1"]'


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_cell_opens_its_reasons_and_back_closes_them(how: str, browser: Browser, pilot: Path) -> None:
    browser.resize(1400, 900)
    browser.open(pilot / "report.html")
    assert browser.shown("#opened") == []
    if how == "mouse":
        browser.find(CELL).click()
    else:
        browser.run("document.querySelector('.heat a[href=\"#notifications-service..levels\"]').focus()")
        browser.run("document.querySelector(arguments[0]).focus()", CELL)
        browser.press("\ue014")  # to the right: G7
        assert browser.run("return document.activeElement.hash") == "#orders-service.G7"
        browser.press("\ue012", ENTER)
    browser.settle()
    [opened] = browser.shown("#opened")
    assert "G1.coverage" in opened
    assert "src/domain/order.ts:23" in opened
    assert browser.run("return [location.hash, document.activeElement.id]") == [
        "#orders-service.G1",
        "opened",
    ]
    assert browser.run("return document.querySelectorAll('#orders-service\\\\.G1').length") == 1
    browser.driver.back()
    browser.settle()
    assert browser.shown("#opened") == []
    assert browser.run("return location.hash") == ""


def test_the_address_of_a_cell_leads_to_its_reasons(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "report.html")
    browser.driver.get(f"{(pilot / 'report.html').as_uri()}#orders-service..sign-offs")
    browser.settle()
    top = browser.run(
        "return document.getElementById('orders-service..sign-offs').getBoundingClientRect().top"
    )
    assert 0 <= top < 300


def rows_in_order(browser: Browser) -> list[str]:
    return [one.split()[-1].removesuffix("-service") for one in browser.shown("#gates tr[data-service] th")]


# Filters


def rows(browser: Browser) -> list[str]:
    return sorted(one.split()[-1] for one in browser.shown("#gates tr[data-service] th"))


def test_filters_by_mouse(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "report.html")
    assert len(rows(browser)) == 4
    choose(browser, "owner", "team-orders")
    assert rows(browser) == ["orders-service"]
    assert browser.shown("#blocked article h3")[0].startswith("✗ orders-service")
    assert len(browser.shown("#blocked article")) == 1
    assert set(browser.shown("ol.first b")) == {"team-orders"}
    assert len(browser.shown("#actions li")) == 4
    assert browser.shown("output") == ["1 of 4 services shown"]
    browser.find("#filters button").click()
    browser.settle()
    assert len(rows(browser)) == 4


def choose(browser: Browser, name: str, option: str) -> None:
    select = browser.find(f"select[name={name}]")
    [found] = [one for one in select.find_elements("css selector", "option") if one.text.startswith(option)]
    found.click()


@pytest.mark.parametrize(
    ("name", "option", "left"),
    [
        ("gate", "G1", ["orders-service"]),
        ("gate", "G8", ["payments-service"]),
        ("status", "blocked", BLOCKED),
        ("status", "ready", ["payments-service"]),
        ("status", "unreadable", ["notifications-service"]),
        ("status", "stale", ["orders-service"]),
    ],
)
def test_filters_by_gate_and_status(
    name: str, option: str, left: list[str], browser: Browser, pilot: Path
) -> None:
    browser.open(pilot / "report.html")
    choose(browser, name, option)
    assert rows(browser) == left


def test_gate_and_status_together_mean_a_criterion_of_both(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "report.html")
    choose(browser, "gate", "G7")
    choose(browser, "status", "stale")
    assert rows(browser) == ["orders-service"]
    assert [told.split()[2] for told in browser.shown("#blocked .criterion")] == ["G7.peak-load"]
    choose(browser, "status", "fail")
    assert rows(browser) == []
    assert browser.shown("#gates .nothing") == ["Nothing matches the filter."]


def test_filters_by_keyboard_alone(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "report.html")
    browser.tab_to("service".__eq__)
    browser.press(*"catal")
    assert rows(browser) == ["catalogue-service"]
    browser.tab_to("status".__eq__)
    browser.press(*"ready")
    assert rows(browser) == []
    browser.tab_to("reset".__eq__)
    browser.press(ENTER)
    browser.settle()
    assert len(rows(browser)) == 4


# Themes, paper, and no script


def test_the_theme_is_the_systems_until_it_is_chosen(browser: Browser, pilot: Path) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"
    browser.open(pilot / "report.html")
    light = browser.run(background)
    browser.prefer("dark")
    dark = browser.run(background)
    assert light != dark
    assert browser.shown("#theme") == ["Dark theme"]
    browser.open(pilot / "report.html")
    assert browser.shown("#theme") == ["Light theme"]
    browser.find("#theme").click()
    assert browser.run(background) == light
    browser.driver.refresh()
    assert browser.run(background) == light


def test_it_prints_on_a4_with_all_that_it_tells(browser: Browser, pilot: Path, tmp_path: Path) -> None:
    browser.open(pilot / "report.html")
    pdf = base64.b64decode(browser.devtools("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert pdf.startswith(b"%PDF-")
    assert 3 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 9
    assert re.search(rb"/MediaBox \[0 0 59[45]\S* 84[12]\S*\]", pdf)
    browser.prefer("dark", media="print")
    browser.resize(703, 1000)  # A4 within its margins, in CSS pixels
    assert browser.run("return document.documentElement.scrollWidth") <= 703
    assert browser.shown("#filters, header nav, #theme") == []
    assert len(browser.shown("#evidence tbody tr")) == 19
    cut = browser.run(
        "return [...document.querySelectorAll('table, td, th')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0
    assert browser.run("return getComputedStyle(document.querySelector('tr')).breakInside") == "avoid"
    assert browser.run("return getComputedStyle(document.body).color") == "rgb(26, 31, 38)"


def test_without_script_all_is_there_but_the_filters(browser: Browser, pilot: Path) -> None:
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(pilot / "report.html")
    assert len(browser.shown("#blocked article")) == 3
    assert len(rows(browser)) == 4
    assert browser.shown("#filters, #theme, .nothing") == []


# The site


def test_every_link_of_the_site_leads_somewhere(browser: Browser, pilot: Path) -> None:
    broken = []
    for page in sorted(pilot.rglob("*.html")):
        browser.open(page)
        for address in browser.run("return [...document.querySelectorAll('a[href]')].map(a => a.href)"):
            target, _, place = address.removeprefix("file://").partition("#")
            if address.startswith("file:") and not _is_there(Path(target), place):
                broken.append((page.name, address))
    assert broken == []


def _is_there(page: Path, place: str) -> bool:
    place = "query" if place.startswith("q=") else place  # a search of the index
    return page.is_file() and (not place or f'id="{place}"' in page.read_text(encoding="utf-8"))


def test_the_trend_is_a_picture_in_the_theme_of_the_page_and_a_table(browser: Browser, pilot: Path) -> None:
    browser.open(pilot / "trend.html")
    fill = "return getComputedStyle(document.querySelector('.trend .due')).fill"
    light = browser.run(fill)
    browser.find("#theme").click()
    assert browser.run(fill) != light
    assert not browser.run("return document.querySelector('.trend details').open")
    browser.find(".trend summary").click()
    assert browser.run("return document.querySelector('.trend details').open")
    assert "no workspace <b>here</b>" in browser.shown(".trend td")


# What strangers write


@pytest.mark.parametrize(
    "page", ["report.html", "index.html", "milestones/M1.html", "services/orders-service.html"]
)
def test_hostile_text_is_shown_as_text(page: str, browser: Browser, hostile: Path) -> None:
    browser.open(hostile / page)
    assert browser.run("return window.obeyed") is None
    assert browser.said() == []
    assert browser.requests() == [(hostile / page).as_uri()]
    assert browser.run("return document.images.length") == 0
    text = browser.run("return document.body.innerText")
    assert '"quoted" <script>window.obeyed = 1</script> \\u202egnitirw\\u202c' in text
    assert "\u202e" not in text


def test_a_link_that_is_no_address_of_the_web_is_no_link(browser: Browser, hostile: Path) -> None:
    browser.open(hostile / "report.html")
    assert "javascript:window.obeyed=1" in " ".join(browser.shown("#exceptions td, #exceptions th"))
    schemes = browser.run("return [...document.querySelectorAll('a[href]')].map(a => a.protocol)")
    assert set(schemes) <= {"file:", "https:"}


def test_a_hostile_owner_can_be_filtered_by(browser: Browser, hostile: Path) -> None:
    browser.open(hostile / "report.html")
    choose(browser, "owner", '"quoted"')
    assert rows(browser) == ["orders-service"]
