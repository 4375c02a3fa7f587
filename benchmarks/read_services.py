"""Measure the CPU time of reading each artefact of a service, and print it by kind.

Usage: python benchmarks/read_services.py WORKSPACE SERVICE

Formats are imported and globs compiled before; what is kept of one service's own files is forgotten, because
another service has other files. The figures are medians.
"""

import gc
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from gatekeeper.collectors.formats import promql
from gatekeeper.collectors.formats.typescript import tree
from gatekeeper.judging.plans.requests import requests
from gatekeeper.workspace import judging, loading

ROUNDS = 7


def main(root: Path, name: str) -> None:
    """Print the milliseconds of each kind, the slowest first, and their sum."""
    loaded = loading.open_workspace(root)
    asked = list(requests(loaded.manifests.services[name], loaded.rulebook))
    spent: dict[str, list[float]] = defaultdict(list)
    gc.disable()
    for number in range(ROUNDS + 1):  # the first does not count
        promql.parse.cache_clear()
        tree._parsed.clear()
        reader = judging._reader(loaded)
        of_kind: dict[str, float] = defaultdict(float)
        for request in asked:
            start = time.process_time()
            reader.read(request)
            of_kind[request.kind] += (time.process_time() - start) * 1000
        for kind, milliseconds in of_kind.items() if number else ():
            spent[kind].append(milliseconds)
    medians = {kind: statistics.median(each) for kind, each in spent.items()}
    for kind, milliseconds in sorted(medians.items(), key=lambda each: -each[1]):
        print(f"{milliseconds:8.2f} ms  {kind}")
    print(f"{sum(medians.values()):8.2f} ms  all {len(asked)} slots")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
