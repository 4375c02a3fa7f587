"""Measure the index of a site in a browser: its size, and what layout and each key of a search take.

Usage: python benchmarks/site.py [SERVICES]        (needs chromium, chromium-driver and the `dev` extra)

The workspace is that of `generate.py`, with a history of twelve points that only the sparklines show. A task is
the script of a key with the layout and paint that follow, in milliseconds of processor time of the page's main
thread, so that other work on the machine does not count; the table shows the median and the longest of five.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from builders.browser import Browser, start
from gatekeeper.judging.outlook.progress import tally
from gatekeeper.model.overview import Overview
from gatekeeper.model.trend import Point, Trend
from gatekeeper.reporters.views import site
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.overview import overview

AS_OF = date(2026, 11, 24)
POINTS, RUNS = 12, 5
QUERIES = ("s", "service-0042", "team-7", "criterion:g1", "owner:team-4 coverage", "nothing", "")
TYPE = """
const box = document.getElementById("query");
box.value = arguments[0];
box.dispatchEvent(new Event("input", { bubbles: true }));
document.getElementById("list").getBoundingClientRect();
"""
RESIZE = """
document.body.style.setProperty("font-size", arguments[0]);
document.getElementById("list").getBoundingClientRect();
"""


def main(count: int) -> None:
    """Write the site of a generated workspace, open its index, and print a table."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        subprocess.run(
            [sys.executable, str(ROOT / "benchmarks/generate.py"), str(count), str(folder / "of")], check=True
        )
        loaded = open_workspace(folder / "of")
        found = overview(loaded, list(loaded.manifests.milestones), AS_OF, None)
        text = next(page.text for page in site.pages(found, _history(found)) if page.path == site.INDEX)
        index = folder / site.INDEX
        index.write_text(text, encoding="utf-8")
        browser = start(folder / "profile")
        try:
            print(f"{count:,} services: index of {len(text.encode()) / 1e6:.2f} MB\n")
            print("| task | median | longest |\n|---|---:|---:|")
            for what, times in _measured(browser, index):
                print(f"| {what} | {statistics.median(times):.0f} ms | {max(times):.0f} ms |")
        finally:
            browser.driver.quit()


def _history(found: Overview) -> Trend:
    """Return a history in which every service is as it is today."""
    tallies = {
        name: {of.service.service: tally(of) for of in exit_.result.services}
        for name, exit_ in found.exits.items()
    }
    days = [AS_OF - timedelta(weeks=week) for week in reversed(range(POINTS))]
    return Trend(
        tuple(Point(f"{n:040}", day, {}, tallies=tallies) for n, day in enumerate(days)), tuple(found.exits)
    )


def _measured(browser: Browser, index: Path) -> Iterator[tuple[str, list[float]]]:
    for width in (1400, 400):
        browser.resize(width, 900)
        browser.open(index)
        sizes = [f"{15 + place % 2}px" for place in range(RUNS)]
        yield f"lay out everything, {width} px", [_script(browser, RESIZE, size) for size in sizes]
        for query in QUERIES:
            yield f"search for `{query}`, {width} px", [_key(browser, query) for _ in range(RUNS)]


def _key(browser: Browser, query: str) -> float:
    browser.run(TYPE, "" if query == "nothing" else "nothing")  # so that most rows change
    browser.settle()
    return _script(browser, TYPE, query)


def _script(browser: Browser, script: str, argument: str) -> float:
    """Return the processor time of the page's main thread in milliseconds: script, style, layout and paint."""
    before = _spent(browser)
    browser.run(script, argument)
    browser.settle()
    return (_spent(browser) - before) * 1000


def _spent(browser: Browser) -> float:
    browser.devtools("Performance.enable", timeDomain="threadTicks")
    metrics = browser.devtools("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
