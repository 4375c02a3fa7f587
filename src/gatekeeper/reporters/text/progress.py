"""A progress bar on standard error while services are read or judged, if that takes longer than a second."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from gatekeeper.model.service import Service

PATIENCE = 1.0
"""Seconds before the bar appears."""


@contextmanager
def following(services: "list[Service]") -> "Iterator[Iterable[Service]]":
    """Yield the services, and after a second show how many of them have been read."""
    with _shown_later(_Bar("reading evidence", len(services))) as bar:
        yield bar.passing(services)


@contextmanager
def counting(total: int) -> "Iterator[Callable[[int], None]]":
    """Yield what notes that so many services more have been judged; after a second, show how many."""
    with _shown_later(_Bar("judging services", total)) as bar:
        yield bar.add


@contextmanager
def _shown_later(bar: "_Bar") -> "Iterator[_Bar]":
    timer = Timer(PATIENCE, bar.show)
    timer.daemon = True
    timer.start()
    try:
        yield bar
    finally:
        timer.cancel()
        bar.end()


class _Bar:
    """A bar drawn by its own thread, which only reads what the reading thread counts."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
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

    def add(self, services: int) -> None:
        self._done += services
        if self._drawn:
            self._update()

    def show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True, highlight=False, emoji=False)
        columns = (
            TextColumn(self._what),
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
        self._update()  # services may have been read while the bar was made
        if self._is_over:  # reading ended before the bar was there to end
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
