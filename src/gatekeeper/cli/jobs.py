"""Judge many services by several processes or machines: `--jobs`, `--dask`."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import typer

from gatekeeper.cli.arguments import workspace_root
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gatekeeper.workspace.kept_parts import SeenParts
    from gatekeeper.workspace.shard_rows import Judges, RowsOfParts, ShardRequest
    from gatekeeper.workspace.summary import BriefVerdict

MANY = 200
"""With fewer services, several processes are not faster than one: they take longer to start."""


def summary_here(
    context: typer.Context,
    milestone: str | None,
    as_of: date | None,
    jobs: int | None,
    dask: str | None,
    parts: "SeenParts | None",
) -> "BriefVerdict | None":
    """Judge a milestone in shards; None if its services are few, or have to be judged together.

    With a cache, there are always shards: those that have not changed need not be judged.

    Raises:
        UsageError: The number of processes or the milestone is not one, or the cluster cannot be used.
    """
    from gatekeeper.manifests.discovery import folder_of

    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs {jobs}: write how many processes judge, at least 1")
    if jobs and dask:
        raise UsageError("give --dask or --jobs, not both")
    root = workspace_root(context)
    try:
        is_many = len(os.listdir(folder_of(root, "services"))) >= 2 * MANY  # noqa: PTH208 - the fastest
    except OSError:
        return None  # the loader says why
    if not is_many and jobs in (None, 1) and dask is None and parts is None:
        return None
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.loading import observed_tree
    from gatekeeper.workspace.shards import open_shared
    from gatekeeper.workspace.summary import summarise

    if dask:
        from gatekeeper.workspace.cluster import LEAST_SERVICES, opened_cluster

        shared = open_shared(root)
        with opened_cluster(dask) as cluster:
            judges: Judges = partial(cluster.judge, progress=_progress)
            return summarise(shared, milestone, as_of or today(), judges, cluster.workers, LEAST_SERVICES)
    from gatekeeper.workspace.processes import usable_cores

    workers = jobs or usable_cores()
    shared = open_shared(root, observed_tree(root))
    judges = partial(_judged, workers=workers, least=1 if jobs else MANY)
    return summarise(shared, milestone, as_of or today(), judges, workers, parts=parts)


def _judged(requests: "Sequence[ShardRequest]", workers: int, least: int) -> "Iterable[RowsOfParts]":
    """Judge shards, by several processes if there are at least so many services."""
    from gatekeeper.workspace.processes import judge_by_processes, judge_serially, services_of

    if workers == 1 or services_of(requests) < least:
        return judge_serially(requests, _progress)
    return judge_by_processes(requests, workers, _progress)


def _progress(total: int) -> "AbstractContextManager[Callable[[int], None]]":
    """Show how many services have been judged, on a terminal."""
    if not sys.stderr.isatty():
        return nullcontext(lambda _: None)
    from gatekeeper.reporters.text.progress import counting

    return counting(total)
