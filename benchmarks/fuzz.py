"""Damage the artefacts of every kind: no damage to a flaw is green, and no file makes a reader fail.

Usage: python benchmarks/fuzz.py [--mutations 20000] [--seed N] [--kind KIND] [--keep FOLDER]

Each kind is tried with so many damages to the flaws in `tests/builders/flaws.py`, and with so many files of random
bytes: its fixtures, cut, flipped and mixed. Without `--seed` the seeds in `seeds.txt` share the mutations; add a
seed there if it finds something. Exits 1 if a damage is green or a reader fails. `--keep` writes what was found.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from builders.artefacts import FIXTURES
from builders.flaws import FLAWS
from collectors.test_any_bytes import FILE_NAMES, LAWS, OPTIONS
from gatekeeper import collectors
from gatekeeper.testing import Flawed, check_reader, damages, is_green, tree
from gatekeeper.testing.fuzzing import TOKENS

SEEDS = Path(__file__).with_name("seeds.txt")


class Found(NamedTuple):
    """What is wrong, and the file that shows it."""

    what: str
    content: bytes


class Tried(NamedTuple):
    """The result for one kind."""

    kind: str
    damages: int
    greens: list[Found]
    files: int
    failures: list[Found]
    seconds: float


def of_kind(kind: str, mutations: int, seeds: list[int]) -> Tried:
    """Try a kind."""
    start = time.perf_counter()
    greens: list[Found] = []
    failures: list[Found] = []
    flaws = {name: flaw for name, flaw in FLAWS.items() if name.partition(":")[0].partition("/")[0] == kind}
    tried = 0
    for name, flaw in flaws.items():
        for seed in seeds:
            for damage in damages(flaw, most=mutations // len(seeds) // len(flaws) + 1, seed=seed):
                tried += 1
                what = f"{name} (seed {seed}): {'; '.join(damage.edits)}"
                found = _green(flaw, damage.content, what, failures)
                greens += found
    files = 0
    for seed in seeds:
        for content in islice(random_files(kind, Random(seed)), mutations // len(seeds)):
            files += 1
            failures += _failure(kind, content, f"{kind} (seed {seed}, file {files})")
    return Tried(kind, tried, greens, files, failures, time.perf_counter() - start)


def _green(flaw: Flawed, content: str, what: str, failures: list[Found]) -> list[Found]:
    try:
        return [Found(what, content.encode())] if is_green(flaw, content) else []
    except Exception as error:
        failures.append(Found(f"{what}: {type(error).__name__}: {error}", content.encode()))
        return []


def _failure(kind: str, content: bytes, what: str) -> list[Found]:
    reader: Any = import_module(f"gatekeeper.collectors.{kind}.read")
    name = FILE_NAMES.get(kind, "report-0")
    try:
        check_reader(reader, tree({name: content}, name), OPTIONS.get(kind), LAWS.get(kind))
    except Exception as error:
        return [Found(f"{what}: {type(error).__name__}: {error}", content)]
    return []


def random_files(kind: str, random: Random) -> Iterator[bytes]:
    """Yield fixtures of a kind after one to four changes of their bytes, without end."""
    fixtures = [path.read_bytes() for path in sorted((FIXTURES / kind).rglob("*")) if path.is_file()]
    flaws = [
        flaw.content.encode() for name, flaw in FLAWS.items() if name.startswith((f"{kind}/", f"{kind}:"))
    ]
    while True:
        data = random.choice(fixtures + flaws)
        for _ in range(random.randint(1, 4)):
            data = _changed(data, random, fixtures) or b" "
        yield data


def _changed(data: bytes, random: Random, others: list[bytes]) -> bytes:
    at, length = random.randrange(len(data)), random.randint(1, 200)
    match random.randrange(7):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]
        case 2:
            return data[:at] + data[at + length :]
        case 3:
            return data[:at] + random.choice(TOKENS) + data[at:]
        case 4:
            return data[:at] + data[at : at + length] * random.randint(2, 5) + data[at + length :]
        case 5:
            other = random.choice(others)
            start = random.randrange(len(other))
            return data[:at] + other[start : start + length] + data[at + length :]
        case _:
            token = random.choice(TOKENS)
            return data[:at] + token + data[at + len(token) :]


def main() -> int:
    """Try the kinds, print a table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kind", choices=collectors.KINDS.names)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    seeds = [given.seed] if given.seed is not None else [int(line) for line in SEEDS.read_text().split()]
    kinds = [given.kind] if given.kind else list(collectors.KINDS.names)
    print(f"{'kind':16} {'damages':>8} {'green':>6} {'files':>8} {'failed':>6} {'seconds':>8}")
    found: list[Found] = []
    with ProcessPoolExecutor() as pool:
        for tried in pool.map(of_kind, kinds, [given.mutations] * len(kinds), [seeds] * len(kinds)):
            kind, damaged, greens, files, failures, seconds = tried
            print(
                f"{kind:16} {damaged:8} {len(greens):6} {files:8} {len(failures):6} {seconds:8.1f}",
                flush=True,
            )
            found += [*greens, *failures]
    for number, (what, content) in enumerate(found):
        if number < 200:
            print(what.splitlines()[0][:300])
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{number}").write_bytes(content)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
