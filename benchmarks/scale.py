"""Measure gatekeeper from nineteen services to a hundred thousand, cold and warm, and print a Markdown table.

Usage: python benchmarks/scale.py [--quick] [--only WORD]      (needs the extras `dev` and `scale`)

Both sides of a row run in turn, A B A B ..., as whole processes; the table has the medians and the median of the
ratios. Rows of one process compare processor time, of the process and its children, which a busy machine does
not change; rows of several processes compare the time by the clock. Whatever this version lacks has a row that says so.

`--quick` takes a tenth of the services; `--only` the rows whose name has the word.
"""

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import generate
import read_artefacts

ROOT = Path(__file__).parents[1]
GATEKEEPER = [sys.executable, "-m", "gatekeeper"]
BARE = (
    "import gc, sys, pathlib; gc.disable(); from gatekeeper.syntax.yaml import load; "
    "[load(f.read_bytes()) for f in pathlib.Path(sys.argv[1]).glob('services/*.yaml')]"
)
"""What loads the manifests of services and does nothing else."""
NOTHING = "python -c pass"
LACKING = "not in this version"
Command = Sequence[str]


class Spent(NamedTuple):
    """What a process and its children took: seconds by the clock and of processors, MB of the largest, and MB written."""

    clock: float
    processor: float
    memory: float
    output: float


class Side(NamedTuple):
    """One side of a comparison; `before` runs ahead of each measurement and is not measured."""

    name: str
    command: Command
    before: Callable[[], object] = lambda: None


class Row(NamedTuple):
    """One comparison, and what it needs of the program."""

    ours: Side
    theirs: Side | None
    goal: str
    runs: int = 5
    by_clock: bool = False
    needs: tuple[str, ...] = ()


def main() -> None:
    """Run every comparison and print a line of the table after each."""
    parser = argparse.ArgumentParser(description="Measure gatekeeper at scale.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    compileall.compile_dir(ROOT / "src", quiet=1)  # as an installer does
    print("| work | against | ours | theirs | by | ratio | memory | goal |")
    print("|---|---|---:|---:|---|---:|---:|---|")
    with tempfile.TemporaryDirectory() as scratch:
        # A cache of its own, which the first run fills.
        os.environ["GATEKEEPER_CACHE"] = f"{scratch}/cache"
        for row in _rows(Path(scratch), 10 if given.quick else 1):
            if given.only in row.ours.name:
                print(_line(row), flush=True)
    for line in _artefacts() if given.only in "artefacts" else ():
        print(line, flush=True)


def _rows(scratch: Path, part: int) -> Iterator[Row]:
    yield from _nineteen(scratch)
    yield from _light(scratch, 10_000 // part, 100_000 // part)
    yield from _complete(scratch, 1_000 // part)


def _nineteen(scratch: Path) -> Iterator[Row]:
    """Compare a check of the document's services with starting Python, and with checking their schema."""
    check = [*GATEKEEPER, "-C", str(ROOT), "check", "-m", "M2"]
    nothing = Side(f"`{NOTHING}`", [sys.executable, "-c", "pass"])
    schema = scratch / "schemas"
    services = [str(file) for file in sorted((ROOT / "services").glob("*.yaml"))]
    peer = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--schemafile",
        str(schema / "service.schema.json"),
        *services,
    ]

    def write_schema() -> None:
        if not schema.exists():
            _run([*GATEKEEPER, "schema", "--out", str(schema)])

    against = Side(f"check-jsonschema, the {len(services)} service manifests", peer, write_schema)
    cold, warm = (Side(f"`check`, 19 services, {how}", command) for how, command in _cold_and_warm(check))
    yield Row(cold, nothing, "at most 18", 21)
    yield Row(warm, nothing, "at most 7", 21, needs=("--no-cache",))
    yield Row(cold, against, "at most 0.6", 11)
    yield Row(warm, against, "at most 0.3", 11, needs=("--no-cache",))


def _light(scratch: Path, many: int, most: int) -> Iterator[Row]:
    """Measure services with three small artefacts each."""
    name = f"{many:,} light services"
    folder, large = scratch / "light", scratch / "largest"
    check, one = _check(folder, "M1"), ["--jobs", "1"]
    make = _generated(folder, many)
    bare = Side("our bare YAML loader", [sys.executable, "-c", BARE, str(folder)], make)
    (_, cold), (_, warm) = _cold_and_warm(check)
    yield Row(Side(f"{name}, cold, one process", [*cold, *_known(one)], make), bare, "none", 3)
    yield Row(
        Side(f"{name}, cold, two processes", [*cold, "--jobs", "2"], make),
        bare,
        "at most 2.5",
        3,
        by_clock=True,
        needs=("--jobs",),
    )
    yield Row(
        Side(f"{name}, warm, nothing changed", warm, make),
        None,
        "at most 1.0 s",
        5,
        by_clock=True,
        needs=("--no-cache",),
    )
    changed = Side(f"{name}, warm, 100 changed", warm, lambda: _change(folder, 100, many))
    yield Row(changed, None, "at most 1.3 s", 5, by_clock=True, needs=("--no-cache",))
    as_json = Side(f"{name}, cold, `--format json`", [*cold, "--format", "json"], make)
    yield Row(as_json, None, "150 MB, 600 MB of memory", 1)
    dask = Side(f"{name}, cold, `--dask local`", [*cold, "--dask", "local"], make)
    jobs = Side("`--jobs 2`", [*cold, "--jobs", "2"])
    yield Row(dask, jobs, "at most 1.3", 3, by_clock=True, needs=("--dask", "--jobs"))
    whole = Side(
        f"{most:,} light services, cold", _cold_and_warm(_check(large, "M1"))[0][1], _generated(large, most)
    )
    yield Row(whole, Side(f"{name}, cold", cold, make), "at most 10.5, under 1.5 GB", 1, by_clock=True)


def _complete(scratch: Path, many: int) -> Iterator[Row]:
    """Measure services with an artefact for every slot, in the sizes of the pilot and in realistic ones."""
    for artefacts, goals in (("pilot", (14.0, 1.5)), ("full", (None, None))):
        folder = scratch / artefacts
        (_, cold), (_, warm) = _cold_and_warm(_check(folder, "M2"))
        name, make = f"{many:,} services, {artefacts} evidence", _generated(folder, many, artefacts)
        wanted = [f"at most {goal * many / 1000:.1f} s" if goal else "none" for goal in goals]
        yield Row(
            Side(f"{name}, cold, one process", [*cold, *_known(["--jobs", "1"])], make), None, "none", 1
        )
        two = Side(f"{name}, cold, two processes", [*cold, "--jobs", "2"], make)
        yield Row(two, None, wanted[0], 1, by_clock=True, needs=("--jobs",))
        yield Row(Side(f"{name}, warm", warm, make), None, wanted[1], 3, by_clock=True, needs=("--no-cache",))


def _artefacts() -> Iterator[str]:
    for row in (read_artefacts.junit(), read_artefacts.typescript()):
        theirs = f"{row.floor_ms:,.0f} ms" if row.floor_ms is not None else ""
        yield (
            f"| {row.what} | {row.against} | {row.ours_ms:,.0f} ms | {theirs} | processor | {row.told} | | {row.goal} |"
        )


def _cold_and_warm(command: Command) -> tuple[tuple[str, list[str]], tuple[str, list[str]]]:
    at = len(GATEKEEPER)
    return ("cold", [*command[:at], *_known(["--no-cache"]), *command[at:]]), ("warm", [*command])


def _check(folder: Path, milestone: str) -> list[str]:
    return [*GATEKEEPER, "-C", str(folder), "check", "-m", milestone, "--as-of", "2026-11-24"]


def _generated(folder: Path, services: int, artefacts: str = "light") -> Callable[[], None]:
    """Return what generates a workspace, unless it is there."""

    def make() -> None:
        if not folder.exists():
            generate.main(services, folder, artefacts)

    return make


def _change(folder: Path, services: int, of: int) -> None:
    """Give as many services another test report, as a run of their pipelines would."""
    for n in range(0, of, max(1, of // services)):
        report = folder / f"services/service-{n:05}/reports/junit.xml"
        text = report.read_text(encoding="utf-8")
        report.write_text(text.replace("invariant 1", "invariant 11", 1), encoding="utf-8")


# Measuring


def _line(row: Row) -> str:
    if missing := [option for option in row.needs if not _has(option)]:
        against = row.theirs.name if row.theirs else ""
        return f"| {row.ours.name} | {against} | | | | {LACKING}: {', '.join(missing)} | | {row.goal} |"
    sides = [row.ours, *([row.theirs] if row.theirs else [])]
    if row.runs > 1:
        for side in sides:  # a warm-up that does not count
            side.before()
            _run(side.command)
    spent: list[list[Spent]] = [[] for _ in sides]
    for _ in range(row.runs):
        for of_side, side in zip(spent, sides, strict=True):
            side.before()
            of_side.append(_run(side.command))
    figures = [[one.clock if row.by_clock else one.processor for one in of_side] for of_side in spent]
    times = [f"{statistics.median(of_side):,.2f} s" for of_side in figures]
    ratio = f"{statistics.median(a / b for a, b in zip(*figures, strict=True)):.2f}" if row.theirs else ""
    memory = f"{max(one.memory for one in spent[0]):,.0f} MB"
    if (written := spent[0][0].output) >= 1:
        memory += f", {written:,.0f} MB of output"
    against, theirs = (row.theirs.name, times[1]) if row.theirs else ("", "")
    by = "clock" if row.by_clock else "processor"
    return f"| {row.ours.name} | {against} | {times[0]} | {theirs} | {by} | {ratio} | {memory} | {row.goal} |"


def _run(command: Command) -> Spent:
    """Run a command to its end.

    Raises:
        SystemExit: It failed in another way than a verdict does.
    """
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        clock = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            errors.seek(0)
            raise SystemExit(f"{' '.join(command[:8])}: exit {process.returncode}\n{errors.read().decode()}")
        written = os.fstat(output.fileno()).st_size / 1e6
    return Spent(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, written)


@cache
def _has(option: str) -> bool:
    """Return whether this version has an option of `check`, or one before it."""
    helped = ([*GATEKEEPER, *command, "--help"] for command in ([], ["check"]))
    shown = (subprocess.run(one, capture_output=True, check=True, text=True).stdout for one in helped)
    return any(option in text for text in shown)


def _known(options: list[str]) -> list[str]:
    """Return options, or nothing if this version does not have them."""
    return options if _has(options[0]) else []


if __name__ == "__main__":
    main()
