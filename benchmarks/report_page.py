"""Measure the exit report in a browser: how long it takes to open, to lay out, and to filter.

Usage: python benchmarks/report_page.py REPORT.html

Needs chromium and chromedriver on the PATH, and selenium. Nothing is fetched from the network.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from builders.browser import Browser, start

TASK = """
const [script, done] = arguments;
new Function(script)();
const wait = (frames) => requestAnimationFrame(() => setTimeout(() => frames ? wait(frames - 1) : done()));
wait(60);
"""
METRICS = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskDuration")
CHOOSE = """
const [name, value] = {0};
const field = document.querySelector('#filters').elements[name];
field.value = value;
field.dispatchEvent(new Event('input', {{ bubbles: true }}));
"""
TASKS = {
    "filter by owner, first": CHOOSE.format(["owner", "team-1"]),
    "all owners": CHOOSE.format(["owner", ""]),
    "filter by owner": CHOOSE.format(["owner", "team-2"]),
    "filter by service": CHOOSE.format(["service", "service-0042"]),
    "show all": "document.querySelector('#filters').reset()",
    "filter by gate": CHOOSE.format(["gate", "G1"]),
    "filter by status": CHOOSE.format(["status", "fail"]),
    "show all again": "document.querySelector('#filters').reset()",
    "open a cell": "document.querySelector('.heat td a').click()",
    "scroll the map": "document.querySelector('.frame').scrollTop = 9000",
    "scroll the page": "scrollTo(0, 20000)",
    "switch the theme": "document.querySelector('#theme').click()",
}


def metrics(browser: Browser) -> dict[str, float]:
    """Return the CPU time that the page's main thread has used for scripts, styles, layout and everything, in ms."""
    found = {
        one["name"]: one["value"] * 1000 for one in browser.devtools("Performance.getMetrics")["metrics"]
    }
    return {name: found[name] for name in METRICS}


def measure(browser: Browser, page: Path) -> None:
    """Print the size of a page, and the CPU time of opening it and of each task until it is drawn."""
    browser.devtools("Performance.enable", timeDomain="threadTicks")
    print(f"{page.stat().st_size / 1e6:.1f} MB; milliseconds of CPU, a busy machine does not count")
    print(f"{'':24} {'script':>7} {'styles':>7} {'layout':>7} {'all':>7}")
    before = dict.fromkeys(METRICS, 0.0)
    for name, script in {"open": "", **TASKS}.items():
        if name == "open":
            browser.driver.get(page.as_uri())
        browser.driver.execute_async_script(TASK, script)
        now = metrics(browser)
        print(f"{name:24} {' '.join(f'{now[of] - before[of]:7.1f}' for of in METRICS)}")
        before = now


def main() -> None:
    """Measure the report that is named."""
    with tempfile.TemporaryDirectory() as profile:
        browser = start(Path(profile))
        try:
            browser.resize(1400, 900)
            measure(browser, Path(sys.argv[1]).resolve())
        finally:
            browser.driver.quit()


if __name__ == "__main__":
    main()
