"""Judge shards by several processes of this machine: `--jobs`."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from gatekeeper.cache import current
from gatekeeper.errors import UsageError
from gatekeeper.workspace.shard_judging import judge_shard
from gatekeeper.workspace.shard_rows import RowsOfParts, ShardRequest

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Shows how many of so many services have been judged; yields what notes that there are more."""
_ATTEMPTS = 2
_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
"""Where a container on Linux reads how many microseconds of each period its processes may run."""


def usable_cores() -> int:
    """Return on how many cores this process may run: those of its affinity, and of its container."""
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else count() or 1
    with suppress(OSError, ValueError):
        quota, period = _CPU_MAX.read_text(encoding="ascii").split()
        cores = min(cores, max(1, round(int(quota) / int(period))))
    return cores


def judge_serially(requests: Sequence[ShardRequest], progress: Progress) -> Iterator[RowsOfParts]:
    """Judge shards in this process."""
    with progress(services_of(requests)) as done:
        for request in requests:
            yield judge_shard(request)
            done(len(request.services))


def services_of(requests: Iterable[ShardRequest]) -> int:
    """Return how many services the shards have."""
    return sum(len(request.services) for request in requests)


def judge_by_processes(requests: Sequence[ShardRequest], jobs: int, progress: Progress) -> list[RowsOfParts]:
    """Judge shards by several processes; those of a process that is lost are judged once more.

    Raises:
        UsageError: Processes are lost again and again.
    """
    found: dict[int, RowsOfParts] = {}
    for _ in range(_ATTEMPTS):
        left = {at: request for at, request in enumerate(requests) if at not in found}
        with suppress(BrokenProcessPool), _pool(min(jobs, len(left))) as pool:
            with _interrupted_later():
                futures = {pool.submit(_judged, request): at for at, request in left.items()}
            # The bar has a thread, and a process is best copied while it has only one.
            with progress(services_of(left.values())) as done:
                for future in _ended(futures):
                    at = futures[future]
                    found[at] = future.result()
                    done(len(requests[at].services))
        if len(found) == len(requests):
            return [found[at] for at in range(len(requests))]
    raise UsageError(
        f"a worker process ended {_ATTEMPTS} times before its work was done; if the system stops processes "
        "that need too much memory, use fewer: --jobs 1"
    )


@contextmanager
def _interrupted_later() -> Iterator[None]:
    """Hold Ctrl-C back while processes start: Python loses an exception that is raised within a fork."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows, where nothing is forked
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ended(futures: dict[Future[RowsOfParts], int]) -> Iterator[Future[RowsOfParts]]:
    """Yield futures as they end, and let go of each."""
    left = set(futures)
    while left:
        ended, left = wait(left, return_when=FIRST_COMPLETED)
        yield from ended


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of processes; if this one is interrupted, they end at once."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context(_start()), _prepare, (current.folder(),))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start() -> str:
    """Return how processes are started: a copy of this one where that is safe, because it is faster."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _judged(request: ShardRequest) -> RowsOfParts:
    """Judge a shard in a worker, and keep what was read for it: nobody knows which shard is its last."""
    rows = judge_shard(request)
    current.commit()
    return rows


def _prepare(cache: Path | None) -> None:
    """Prepare a worker: Ctrl-C is for its parent, it ends with its parent, and has the same cache."""
    import gc

    current.use(lambda: cache)
    gc.disable()  # as the parent does; a shard is short
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)
