"""Measure the CPU time of opening a workspace, a service: as a whole, in shards, and its parts.

Usage: python benchmarks/generate.py 10000 FOLDER && python benchmarks/loading.py FOLDER
"""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

from gatekeeper.model.service import Service
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import validate
from gatekeeper.workspace.shards import open_shard, open_shared

ROUNDS, SHARD = 5, 500


def main(folder: Path) -> None:
    """Print the median of a few rounds, the parts in turn within each."""
    files = [file.read_bytes() for file in sorted((folder / "services").glob("*.yaml"))]
    written = [load(data).value for data in files]
    parts: dict[str, Callable[[], object]] = {
        "the strict YAML loader": lambda: [load(data).value for data in files],
        "validation by the model": lambda: [Service.model_validate(one) for one in written],
        "the whole workspace": lambda: validate(folder).valid(),
        f"in shards of {SHARD}": lambda: _shards(folder),
    }
    rounds = [{name: _measured(part) for name, part in parts.items()} for _ in range(ROUNDS)]
    for name in parts:
        taken = median(one[name] for one in rounds) / len(files) * 1000
        print(f"{name}: {taken:.3f} ms a service")


def _shards(folder: Path) -> None:
    shared = open_shared(folder)
    names = sorted(shared.services)
    for start in range(0, len(names), SHARD):
        open_shard(shared, names[start : start + SHARD])


def _measured(part: Callable[[], object]) -> float:
    before = process_time()
    part()
    return process_time() - before


if __name__ == "__main__":
    gc.disable()  # as the program does
    main(Path(sys.argv[1]))
