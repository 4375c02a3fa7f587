"""The cache of this process: the command line chooses its folder, and it is opened when it is first needed.

Without a choice, nothing is kept: so it is in the Python API.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gatekeeper.cache.store import Store


class _Opened(NamedTuple):
    process: int
    folder: Path | None
    store: "Store | None"


def _nothing() -> None:
    return None


_choose: Callable[[], Path | None] = _nothing
_opened: list[_Opened] = []
"""The last one is in use. Those of a process that this one was forked from stay open: they have its locks."""


def use(choose: Callable[[], Path | None] = _nothing) -> None:
    """Use the cache in the folder that a function returns, from now on; None: no cache."""
    global _choose  # noqa: PLW0603 - one choice for each process
    for one in _opened:
        if one.store is not None and one.process == os.getpid():
            one.store.close()
    _opened.clear()
    _choose = choose


def _current() -> _Opened:
    if not _opened or _opened[-1].process != os.getpid():
        folder = _opened[-1].folder if _opened else _choose()
        store = None
        if folder is not None:
            from gatekeeper.cache.store import open_store

            store = open_store(folder)
        _opened.append(_Opened(os.getpid(), folder, store))
    return _opened[-1]


def store() -> "Store | None":
    """Return the cache; None without a choice, or if it cannot be used."""
    return _current().store


def folder() -> Path | None:
    """Return the folder of the cache, for another process; None without a cache."""
    return _current().folder


def commit() -> None:
    """Write what is new. A process that ends without it loses that, and nothing else."""
    if _opened and _opened[-1].process == os.getpid() and (used := _opened[-1].store):
        used.commit()
