"""A bar on a terminal, where reading evidence takes long enough for somebody to wonder."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from gatekeeper.model.service import Service

PATIENCE = 1.0
"""Seconds for which nobody wonders."""


@contextmanager
def following(services: "list[Service]") -> "Iterator[Iterable[Service]]":
    """Hand services on, and after a second show on standard error how many have been read."""
    bar = _Bar(len(services))
    timer = Timer(PATIENCE, bar.show)
    timer.daemon = True
    timer.start()
    try:
        yield bar.passing(services)
    finally:
        timer.cancel()
        bar.end()


class _Bar:
    """Drawn by a thread of its own; it only ever reads what the reading thread counts."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._name = ""
        self._is_over = False
        self._drawn: tuple[Progress, TaskID] | None = None

    def passing(self, services: "Iterable[Service]") -> "Iterator[Service]":
        for done, service in enumerate(services):
            self._done, self._name = done, service.service
            if self._drawn:
                self._update()
            yield service

    def show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True, highlight=False, emoji=False)
        columns = (
            TextColumn("reading evidence"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
        )
        progress = Progress(*columns, console=console, transient=True)
        task = progress.add_task(self._words(), total=self._total, completed=self._done)
        if self._is_over:
            return
        progress.start()
        self._drawn = progress, task
        self._update()  # of what was read while the bar was being made
        if self._is_over:  # it ended in this very moment, and saw no bar to end
            progress.stop()

    def _update(self) -> None:
        if self._drawn:
            progress, task = self._drawn
            progress.update(task, completed=self._done, description=self._words())

    def _words(self) -> str:
        from gatekeeper.reporters.text.screen import cut, visible

        return cut(visible(self._name), 40)

    def end(self) -> None:
        self._is_over = True
        if self._drawn:
            self._drawn[0].stop()
