"""Measure how long JaCoCo XML takes to read, beside expat alone, in one run.

    python benchmarks/jacoco.py [--megabytes 50] [--rounds 3]

The file is made here: packages of classes with methods, counters at every level, and lines. Expat alone has empty
handlers for the start and the end of an element. The best of the rounds is printed, in seconds of processor time.
"""

import gc
from argparse import ArgumentParser
from collections.abc import Callable
from time import process_time
from xml.parsers import expat

from gatekeeper.collectors.coverage import read
from gatekeeper.testing import artefact

CLASSES, METHODS, LINES = 40, 10, 80
"""The classes of a package; the methods and lines of each."""


def counters(**kinds: tuple[int, int]) -> str:
    """Return counters, by kind the numbers missed and covered."""
    return "".join(
        f'<counter type="{kind}" missed="{missed}" covered="{covered}"/>'
        for kind, (missed, covered) in kinds.items()
    )


def all_of(times: int) -> str:
    """Return the counters of so many source files."""
    return counters(
        INSTRUCTION=(60 * times, 180 * times),
        BRANCH=(8 * times, 8 * times),
        LINE=(20 * times, 60 * times),
        COMPLEXITY=(4 * times, 6 * times),
        METHOD=(0, METHODS * times),
        CLASS=(0, times),
    )


def package(number: int) -> str:
    """Return a package."""
    name = f"com/acme/shop/part{number}"
    method = counters(INSTRUCTION=(6, 18), LINE=(2, 6), COMPLEXITY=(1, 1), METHOD=(0, 1))
    methods = "".join(
        f'<method name="total{n}" desc="(ILjava/lang/String;)V" line="{8 * n}">{method}</method>'
        for n in range(METHODS)
    )
    lines = "".join(
        f'<line nr="{n + 10}" mi="{3 * (n % 4 == 0)}" ci="{3 * (n % 4 > 0)}" mb="{n % 10 == 3:d}" cb="{n % 10 == 3:d}"/>'
        for n in range(LINES)
    )
    classes = "".join(
        f'<class name="{name}/Order{n}" sourcefilename="Order{n}.java">{methods}{all_of(1)}</class>'
        for n in range(CLASSES)
    )
    files = "".join(
        f'<sourcefile name="Order{n}.java">{lines}{all_of(1)}</sourcefile>' for n in range(CLASSES)
    )
    return f'<package name="{name}">{classes}{files}{all_of(CLASSES)}</package>'


def report(size: int) -> bytes:
    """Return a report of about so many bytes."""
    count = max(1, size // len(package(0)))
    packages = "".join(map(package, range(count)))
    session = '<sessioninfo id="ci-1" start="1764000000000" dump="1764000001000"/>'
    return f'<report name="shop">{session}{packages}{all_of(count * CLASSES)}</report>'.encode()


def expat_alone(data: bytes) -> None:
    """Parse with empty handlers."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _tag, _attributes: None
    parser.EndElementHandler = lambda _tag: None
    parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes, with the garbage collector off, as the program runs."""
    gc.collect()
    gc.disable()
    start = process_time()
    work()
    taken = process_time() - start
    gc.enable()
    return taken


def main() -> None:
    """Print the figures."""
    parser = ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    data = report(options.megabytes * 1_000_000)
    facts = read.collect(artefact(data), {}).facts
    print(f"{len(data):,} bytes, {facts.files:,} files, {facts.lines:,} lines, {facts.lines_pct} % covered")
    rounds = [
        (seconds(lambda: expat_alone(data)), seconds(lambda: read.collect(artefact(data), {})))
        for _ in range(options.rounds)
    ]
    bare, ours = (min(times) for times in zip(*rounds, strict=True))
    print(f"expat alone {bare:.2f} s, read {ours:.2f} s: {ours / bare:.2f} times")


if __name__ == "__main__":
    main()
