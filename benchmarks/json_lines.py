"""Measure how much memory and time a large file of JSON Lines takes, as `go test -json` writes it.

Usage: python benchmarks/json_lines.py [MEGABYTES]        (by default 199; 200 is the limit)

Nearly all lines are output of tests. The goal is a peak of 100 MB, whatever the size of the file.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PACKAGES = 40
OUTPUT = "a line of a log that a test writes, as long as such lines are, with a number "


def main() -> None:
    """Write the file, read it in a process of its own, and print its peak memory and its time."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 199
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        with path.open("w") as file:
            file.writelines(lines(megabytes * 990_000))
        size = path.stat().st_size / 1e6
        start = time.perf_counter()
        command = [sys.executable, "-m", "gatekeeper", "-C", folder, "facts", "tests", path.name]
        ran = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(ran.stdout or ran.stderr)
    print(f"{size:.0f} MB in {seconds:.1f} s; peak memory {peak:.0f} MB (goal: 100 MB)")


def lines(size: int) -> Iterator[str]:
    """Yield the events of some packages with many tests each, about so many bytes in all."""
    time_ = "2026-03-02T10:00:00.5Z"
    for package in range(PACKAGES):
        path, written, number = f"example.com/shop/part{package}", 0, 0
        while written < size / PACKAGES:
            event = {"Time": time_, "Action": "run", "Package": path, "Test": f"TestOrder/case_{number}"}
            outputs = (event | {"Action": "output", "Output": f"{OUTPUT}{row}\n"} for row in range(200))
            for one in (event, *outputs, event | {"Action": "pass", "Elapsed": 0.01}):
                line = json.dumps(one) + "\n"
                written += len(line)
                yield line
            number += 1
        yield json.dumps({"Time": time_, "Action": "pass", "Package": path, "Elapsed": 1.5}) + "\n"


if __name__ == "__main__":
    main()
