"""Measure the CPU time of `check` in shards: one process, two, and a Dask cluster of this machine.

Usage: python benchmarks/shards.py SERVICES [MILESTONE]
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROUNDS = 3
GENERATE = Path(__file__).with_name("generate.py")
LOADER = """
import gc, sys
from pathlib import Path
from gatekeeper.syntax.yaml import load
gc.disable()
for file in Path(sys.argv[1], "services").glob("*.yaml"):
    load(file.read_bytes())
"""


def main(count: int, milestone: str) -> None:
    """Run each of them in turn, and print medians."""
    with TemporaryDirectory() as folder:
        root = str(Path(folder, "plan"))
        subprocess.run([sys.executable, GENERATE, str(count), root], check=True)
        check = [
            sys.executable,
            "-m",
            "gatekeeper",
            "-C",
            root,
            "check",
            "-m",
            milestone,
            "--as-of",
            "2026-11-20",
        ]
        runs = {
            "bare YAML loader": [sys.executable, "-c", LOADER, root],
            "--jobs 1": [*check, "--jobs", "1"],
            "--jobs 2": [*check, "--jobs", "2"],
            "--dask local": [*check, "--dask", "local"],
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, command in runs.items():
                found[name].append(_measured(command))
    print("| what | CPU time | peak memory of the first process |\n|---|---:|---:|")
    for name, of in found.items():
        seconds, memory = (statistics.median(one) for one in zip(*of, strict=True))
        print(f"| {name} | {seconds:.2f} s | {memory:,.0f} MB |")


def _measured(command: list[str]) -> tuple[float, float]:
    """Return the CPU seconds of a command and its children, and the peak memory of the command in MB."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), (*sys.argv[2:], "M2")[0])
