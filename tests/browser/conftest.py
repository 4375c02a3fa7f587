"""What the tests of pages share: one browser for all of them."""

from collections.abc import Iterator

import pytest

from builders.browser import Browser, start


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = start(tmp_path_factory.mktemp("profile"))
    yield found
    found.driver.quit()
