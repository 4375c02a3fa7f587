"""What the tests in a browser share: Debian's chromium, driven by selenium, and what it was asked to fetch."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

REQUIRED = "GATEKEEPER_BROWSER_TESTS"
AXE = "GATEKEEPER_AXE"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,900",
)


def missing(reason: str) -> None:
    """Skip, telling why; where the tests are required, as in CI, fail instead."""
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{reason}, and {REQUIRED}=required")
    pytest.skip(reason)


def start(profile: Path) -> "Browser":
    """Start a browser with a profile of its own."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        missing("there is no chromium with chromedriver: apt-get install chromium chromium-driver")
    try:
        from selenium.webdriver import Chrome, ChromeOptions
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        missing("selenium is not installed: pip install -e '.[dev]'")
    options = ChromeOptions()
    options.binary_location = str(chromium)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return Browser(Chrome(options=options, service=Service(str(driver))))


def axe_script() -> str:
    """Return the script of axe-core, which is neither committed nor shipped."""
    path = os.environ.get(AXE)
    if not path:
        missing(f"axe-core is not at hand: set {AXE} to its axe.min.js, as .ci/run does")
    return Path(str(path)).read_text(encoding="utf-8")


class Violation(NamedTuple):
    """What axe finds fault with, and where."""

    rule: str
    targets: tuple[str, ...]


class Browser:
    """A browser, and what happened in it since a page was opened."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self._said: list[str] = []
        self._requests: dict[str, str] = {}

    def open(self, page: Path) -> None:
        """Open a file, as if for the first time: in the theme of the system, unfiltered."""
        self._drain()
        self.driver.get(page.as_uri())
        self.run("localStorage.clear()")
        self._said, self._requests = [], {}
        self._drain()
        self._said, self._requests = [], {}
        self.driver.get(page.as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page, and return what it returns."""
        return self.driver.execute_script(script, *arguments)

    def devtools(self, command: str, **parameters: Any) -> Any:
        """Ask the browser's developer tools for something."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def prefer(self, scheme: str, media: str = "") -> None:
        """Have the system prefer a colour scheme, and the page be drawn for a medium."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.devtools("Emulation.setEmulatedMedia", media=media, features=features)

    def resize(self, width: int, height: int) -> None:
        """Give the page this much room."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def said(self) -> list[str]:
        """Return what the page said on its console, refusals of its policy among them."""
        self._drain()
        return self._said

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for."""
        self._drain()
        return list(self._requests.values())

    def _drain(self) -> None:
        self._said += [entry["message"] for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            told = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                self._requests[told["requestId"]] = told["request"]["url"]
            elif message["method"] == "Network.loadingFailed" and told.get("blockedReason") == "csp":
                # It is told of, and was never sent.
                del self._requests[told["requestId"]]

    def violations(self) -> list[Violation]:
        """Return what axe finds fault with on the page, all of it laid out."""
        self.run(
            "document.querySelectorAll('.block, article').forEach(e => e.style.contentVisibility = 'visible')"
        )
        self.run(axe_script())
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document).then(r => done(r.violations), e => done(String(e)))"
        )
        assert isinstance(found, list), found
        return [Violation(one["id"], tuple(str(node["target"]) for node in one["nodes"])) for one in found]

    def shown(self, selector: str) -> list[str]:
        """Return the texts of what a selector finds, as far as it is shown."""
        texts: list[str] = self.run(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter(e => e.getClientRects().length).map(e => e.textContent.trim())",
            selector,
        )
        return texts

    def settle(self) -> None:
        """Wait until what the page put off is done."""
        self.driver.execute_async_script("setTimeout(arguments[0], 20)")

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def find(self, selector: str) -> Any:
        """Return the element that a selector finds."""
        return self.driver.find_element("css selector", selector)

    def tab_to(self, is_there: Callable[[str], bool]) -> None:
        """Press the tabulator until the focus is on an element of such a name."""
        for _ in range(60):
            self.press("\ue004")
            name = self.run("return document.activeElement.name || document.activeElement.type || ''")
            if is_there(name):
                return
        pytest.fail("the keyboard does not get there")
