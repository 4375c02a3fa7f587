"""Put engine and reference judge to many random workspaces: `python benchmarks/judges.py --seeds 10000 --start 2000`.

It prints every disagreement with its seed, and how often each feature, status, colour, reason and verdict occurred. It
exits with 1 if there is a disagreement. `tests/judging/test_reference_judge.py` tries the first 2,000 seeds.
"""

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from builders.random_workspaces import draw
from builders.two_judges import Compared, compare


def compared(seed: int) -> Compared:
    """Compare the judges on the workspace of a seed."""
    return compare(draw(seed))


def main() -> int:
    """Print what was found; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10000, help="how many workspaces")
    parser.add_argument("--start", type=int, default=2000, help="the first seed")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    given = parser.parse_args()
    seeds = range(given.start, given.start + given.seeds)
    occurrences: Counter[str] = Counter()
    wrong = 0
    with ProcessPoolExecutor(given.processes) as pool:
        for seed, found in zip(seeds, pool.map(compared, seeds, chunksize=50), strict=True):
            occurrences += found.occurrences
            wrong += bool(found.disagreements)
            if found.disagreements:
                print(f"seed {seed}", *found.disagreements, sep="\n  ")
    for what, count in sorted(occurrences.items()):
        print(f"{count:8} {what}")
    print(f"{wrong} of {given.seeds} workspaces are judged otherwise")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
