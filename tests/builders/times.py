"""Times of files as a coarse file system would report them, without waiting for a clock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

TICK = 1_700_000_001
"""Whatever changes within so many nanoseconds has the same time."""
START = 1_790_000_000_123_456_789


class Times:
    """Replaces the times that are reported for files; whoever changes a file says so."""

    def __init__(self) -> None:
        self.now = START
        self._phase = 0
        self._of: dict[int, tuple[int, int]] = {}

    def clock(self) -> int:
        """Return the time."""
        return self.now

    def wait(self, nanoseconds: int = 10_000_000_000) -> None:
        """Let time pass; a clock that is set back never ticks at the same moments again."""
        self.now += nanoseconds
        self._phase += nanoseconds < 0

    def changed(self, *paths: str | os.PathLike[str]) -> None:
        """Report that these files and folders change now, those that are there."""
        tick = (self.now - self._phase) // TICK * TICK + self._phase
        for path in paths:
            if os.path.lexists(path):
                self._of[os.lstat(path).st_ino] = (tick, tick)

    def modified(self, path: str | os.PathLike[str]) -> int:
        """Return the time of modification that is reported."""
        return self._of[os.lstat(path).st_ino][0]

    def touched(self, path: str | os.PathLike[str], modified: int) -> None:
        """Report a time of modification that was set; the time of change is now."""
        self.changed(path)
        number = os.lstat(path).st_ino
        self._of[number] = (modified, self._of[number][1])

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Report these times instead of those of the file system."""
        modules = ("gatekeeper.trees.observations", "gatekeeper.trees.observed")
        lstat, fstat = os.lstat, os.fstat
        with (
            patch(f"{modules[0]}.lstat", lambda path: self._reported(lstat(path))),
            patch(f"{modules[1]}.lstat", lambda path: self._reported(lstat(path))),
            patch(f"{modules[0]}.fstat", lambda number: self._reported(fstat(number))),
            patch(f"{modules[1]}.fstat", lambda number: self._reported(fstat(number))),
        ):
            yield

    def _reported(self, found: os.stat_result) -> SimpleNamespace:
        modified, changed = self._of.get(found.st_ino, (START, START))
        return SimpleNamespace(
            st_mode=found.st_mode,
            st_dev=found.st_dev,
            st_ino=found.st_ino,
            st_size=found.st_size,
            st_mtime_ns=modified,
            st_ctime_ns=changed,
        )
