"""The cache of a process: chosen once, opened late, and opened anew in a process that was forked."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatekeeper.cache import current


@pytest.fixture(autouse=True)
def nothing_after_a_test() -> Iterator[None]:
    yield
    current.use()


def test_without_a_choice_nothing_is_kept() -> None:
    current.use()
    current.commit()
    assert (current.folder(), current.store()) == (None, None)


def test_it_is_opened_when_it_is_first_needed(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    current.use(lambda: folder)
    current.commit()
    assert current.folder() == folder
    assert not folder.exists()
    store = current.store()
    assert store is not None
    assert store is current.store()
    store.put("facts", {"a": b"b"})
    current.commit()
    current.use(lambda: folder)
    again = current.store()
    assert again is not None
    assert again is not store
    assert again.get("facts", ["a"]) == {"a": b"b"}
    assert store.get("facts", ["a"]) == {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_fork_opens_it_anew(tmp_path: Path) -> None:
    current.use(lambda: tmp_path / "cache")
    store = current.store()
    assert store is not None
    store.put("facts", {"of": b"parent"})
    child = os.fork()
    if child == 0:
        own = current.store()
        code = 1
        if own is not None and own is not store and own.get("facts", ["of"]) == {}:
            own.put("services", {"of": b"child"})
            current.commit()
            code = 0
        os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    current.commit()
    assert store.get("facts", ["of"]) == {"of": b"parent"}
    assert store.get("services", ["of"]) == {"of": b"child"}
