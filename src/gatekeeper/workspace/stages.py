"""Log how long a stage of the work took."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging import Logger
from time import perf_counter


@contextmanager
def stage(logger: Logger, name: str) -> Iterator[None]:
    """Log the time that the body took: `judge M1: 12 ms`."""
    start = perf_counter()
    try:
        yield
    finally:
        logger.info("%s: %.0f ms", name, (perf_counter() - start) * 1000)
