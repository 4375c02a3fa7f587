"""What the tests of pages share: one browser for all of them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.browser import REQUIRED, Browser, start

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start a browser only where that is asked for: the fast suite needs none."""
    if not os.environ.get(REQUIRED):
        for item in items:
            if item.path.parent == FOLDER:
                item.add_marker(pytest.mark.skip(f"set {REQUIRED}=1 to test the pages in chromium"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = start(tmp_path_factory.mktemp("profile"))
    yield found
    found.driver.quit()
