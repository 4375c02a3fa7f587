"""Try the laws of changes on many random workspaces and edits: `python benchmarks/soak.py --edits 20000 --seed 1`.

It prints every counterexample in words: the edits, what they close, and what `diff` prints. It exits with 1 if there
is any. `tests/workspace/test_laws_of_change.py` tries a few of the same changes.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from builders.drawn_changes import base, draw
from builders.edits import ALL
from builders.laws import counterexample, less_that_helps
from builders.whats_open import memoised

CHANGES = 20
"""How many changes of each workspace are tried."""
REMOVALS = 5


class Soaked(NamedTuple):
    """What was tried on one workspace."""

    edits: Counter[str]
    changes: int
    closing: int
    broken: list[str]


def soak(seed: int) -> Soaked:
    """Try changes of the workspace of a seed, and removals from it."""
    of = Random(f"soak {seed}")
    edits, changes, closing, broken = Counter[str](), 0, 0, list[str]()
    with memoised():
        broken += less_that_helps(base(seed), of, REMOVALS)
        for _ in range(CHANGES):
            change = draw(seed, of.choices(list(ALL), k=of.choice((1, 2, 3, 4))), of)
            if change is None:
                continue
            changes += 1
            closing += bool(change.closed)
            edits.update(one.known.name for one in change.made)
            broken += [words] if (words := counterexample(change)) else []
        base.cache_clear()
    return Soaked(edits, changes, closing, [f"workspace {seed}: {words}" for words in broken])


def _soaked(first: int, wanted: int, processes: int) -> Iterator[Soaked]:
    """Yield what was tried on one workspace after the other, until enough edits have been."""
    seed, done = first, 0
    with ProcessPoolExecutor(processes) as pool:
        while done < wanted:
            for one in pool.map(soak, range(seed, seed + 4 * processes)):
                done += one.edits.total()
                yield one
            seed += 4 * processes


def main() -> int:
    """Soak, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--edits", type=int, default=20_000, help="how many edits to try at least")
    parser.add_argument("--seed", type=int, default=1, help="the first workspace is 10,000 times this")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    started, edits, changes, closing, broken = time.monotonic(), Counter[str](), 0, 0, 0
    for one in _soaked(10_000 * given.seed, given.edits, given.processes):
        edits += one.edits
        changes, closing, broken = changes + one.changes, closing + one.closing, broken + len(one.broken)
        for words in one.broken:
            print(words, end="\n\n", flush=True)
    never = sorted(ALL.keys() - edits.keys())
    print(
        f"{edits.total():,} edits in {changes:,} changes, {closing:,} of which close something; "
        f"{broken:,} counterexamples; {time.monotonic() - started:.0f} s\n"
        f"{len(edits)} of {len(ALL)} kinds of edits; never possible: {', '.join(never) or 'none'}"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
