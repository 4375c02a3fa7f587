"""Judges of shards that end before their work is done. Workers find them by name."""

import os
import signal
from pathlib import Path

from gatekeeper.workspace.shard_rows import ShardRequest, ShardRows


def dies_once(folder: str, request: ShardRequest) -> tuple[ShardRows, ...]:
    """Return rows that name their service; the process that has `b` is killed the first time."""
    mark = Path(folder, *request.services)
    if request.services == ("b",) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return (ShardRows(request.services[0]),)


def dies(_: ShardRequest) -> tuple[ShardRows, ...]:
    """Kill the process."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
