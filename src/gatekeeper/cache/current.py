"""The cache of this process: the command line chooses its folder, and it is opened when it is first needed.

Without a choice, nothing is kept: so it is in the Python API.
"""

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatekeeper.cache.store import Store


def _nothing() -> None:
    return None


class _Cache:
    """The cache of a process."""

    def __init__(self, choose: Callable[[], Path | None]) -> None:
        self._choose = choose
        self.process = os.getpid()
        self.opened: Store | None = None

    @cached_property
    def folder(self) -> Path | None:
        return self._choose()

    @cached_property
    def store(self) -> "Store | None":
        if self.folder is None:
            return None
        from gatekeeper.cache.store import open_store

        self.opened = open_store(self.folder)
        return self.opened


_caches = [_Cache(_nothing)]
"""The last one is in use. That of the process that this one was forked from stays open: it has its locks."""


def use(choose: Callable[[], Path | None] = _nothing) -> None:
    """Use the cache in the folder that a function returns, from now on; None: no cache."""
    if (before := _own()).opened is not None:
        before.opened.close()
    _caches[-1:] = [_Cache(choose)]


def store() -> "Store | None":
    """Return the cache; None without a choice, or if it cannot be used."""
    return _own().store


def folder() -> Path | None:
    """Return the folder of the cache, for another process; None without a cache."""
    return _own().folder


def commit() -> None:
    """Write what is new. A process that ends without it loses that, and nothing else."""
    if (opened := _own().opened) is not None:
        opened.commit()


def _own() -> _Cache:
    """Return the cache of this process, which may be a fork of the one that chose it."""
    if (last := _caches[-1]).process != os.getpid():
        _caches.append(_Cache(lambda: last.folder))
    return _caches[-1]
