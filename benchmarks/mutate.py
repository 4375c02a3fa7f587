"""Measure what the tests notice: change the code in one place at a time and see whether a test fails.

    python benchmarks/mutate.py                      # a seeded sample of 300 mutants
    python benchmarks/mutate.py --sample 50 src/gatekeeper/judging/verdicts

A mutant swaps one operator, flips one condition, moves one number by one, or drops one `not`. Only the tests
that execute the changed line run, first those that take the least time. A mutant that no test notices is
printed with its place: it is a missing test, or a change without an effect.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import coverage

ROOT = Path(__file__).parents[1]
ROOMS = ("judging", "syntax", "manifests", "evidence", "collectors")
SECONDS = 120
EVERY = "long or not long"
"""Tests that are marked `long` notice mutants, too."""
FEW = 60
"""Tests of a first run; only a mutant that survives it meets all tests that execute its line."""

COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "first": "last", "sorted": "list"}


class Mutant(NamedTuple):
    """One change of the source."""

    file: Path
    line: int
    before: str
    after: str
    source: str
    """The whole file with the change."""
    is_at_import: bool
    """Whether it runs when the module is imported, which any test may have been the first to do."""


def mutants(file: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of its lines."""
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    skipped = {id(part) for node in ast.walk(tree) for part in _without_effect(node)}
    in_functions = {id(part) for node in ast.walk(tree) for part in _body(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        for changed in _changes(node):
            yield _mutant(file, text, node, changed, is_at_import=id(node) not in in_functions)


def _body(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        for statement in node.body if isinstance(node.body, list) else [node.body]:
            yield from ast.walk(statement)


def _without_effect(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs no code of ours: annotations, and the names below them."""
    for name in ("annotation", "returns"):
        if isinstance(part := getattr(node, name, None), ast.AST):
            yield from ast.walk(part)
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ):
        # Before Python 3.12 the places within an f-string are not those of the file.
        yield from ast.walk(node)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp | ast.Subscript):
        # A type alias looks like arithmetic: `Json = None | bool`.
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        yield from ast.walk(node) if any(name[:1].isupper() for name in names) else ()


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in COMPARISONS:
            yield ast.Compare(node.left, [COMPARISONS[type(operator)]()], node.comparators)
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
            yield ast.BinOp(node.left, ARITHMETIC[type(operator)](), node.right)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield ast.Call(ast.Name(NAMES[name]), node.args, _known_keywords(name, node.keywords))
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            yield ast.IfExp(test, otherwise, body)
        case ast.Continue():
            yield ast.Break()
        case _:
            pass


def _known_keywords(name: str, keywords: list[ast.keyword]) -> list[ast.keyword]:
    return [] if name == "sorted" else keywords


def _mutant(file: Path, text: str, node: ast.AST, changed: ast.AST, *, is_at_import: bool) -> Mutant:
    before = ast.get_source_segment(text, node) or ""
    after = f"({ast.unparse(changed)})" if isinstance(changed, ast.expr) else ast.unparse(changed)
    line, column = node.lineno, node.col_offset  # type: ignore[attr-defined] # every node above has a place
    lines = text.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: line - 1])) + column
    source = text.encode()
    source = source[:start] + after.encode() + source[start + len(before.encode()) :]
    return Mutant(file, line, before, after, source.decode(), is_at_import)


class Bench:
    """A copy of the project in which one mutant at a time is tried."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        # Nothing outside a repository is read.
        subprocess.run(["git", "init", "-q", str(folder)], check=True)

    def run(self, *arguments: str, seconds: float | None = None) -> int:
        """Run pytest in the copy and return its exit code; one that takes too long has failed."""
        environment = {**os.environ, "PYTHONPATH": str(self._folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-m",
            EVERY,
            *arguments,
        ]
        try:
            ran = subprocess.run(
                command, cwd=self._folder, env=environment, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return 1
        return ran.returncode

    def is_killed(self, mutant: Mutant, tests: Sequence[str]) -> bool:
        """Return whether one of the tests fails with the mutant."""
        place = self._folder / mutant.file.relative_to(ROOT)
        original = place.read_text(encoding="utf-8")
        place.write_text(mutant.source, encoding="utf-8")
        try:
            return any(self.run(*some, seconds=SECONDS) != 0 for some in (tests[:FEW], tests[FEW:]) if some)
        finally:
            place.write_text(original, encoding="utf-8")


class Coverage:
    """Which tests execute which line, as one run of the whole suite shows."""

    def __init__(self, folder: Path) -> None:
        data = coverage.CoverageData(str(folder / ".coverage"))
        data.read()
        self._lines = {
            str(Path(file).relative_to(folder)): data.contexts_by_lineno(file)
            for file in data.measured_files()
        }

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that execute the line of a mutant, those of its room first.

        A line that runs when its module is imported belongs to all tests that execute anything of the file.
        """
        lines = self._lines.get(str(mutant.file.relative_to(ROOT)), {})
        contexts = [] if mutant.is_at_import else [name for name in lines.get(mutant.line, ()) if name]
        contexts = contexts or [name for names in lines.values() for name in names if name]
        # The name of a case may hold anything, so whole tests are selected.
        found = {name.rpartition("|")[0].partition("[")[0] for name in contexts}
        steps = mutant.file.parts[-3:]
        return sorted(found, key=lambda test: (-sum(Path(step).stem in test for step in steps), test))


def _described(mutant: Mutant) -> str:
    """Return the place of a mutant and its change, on one line."""
    place = f"{mutant.file.relative_to(ROOT)}:{mutant.line}"
    return f"{place}: {' '.join(mutant.before.split())} -> {' '.join(mutant.after.split())}"


def main() -> None:
    """Try the mutants and print the share that is killed."""
    parser = argparse.ArgumentParser(description="Measure what the tests notice.")
    parser.add_argument(
        "paths", nargs="*", type=Path, default=[ROOT / "src/gatekeeper" / name for name in ROOMS]
    )
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    files = sorted(file for path in asked.paths for file in path.resolve().rglob("*.py"))
    every = [mutant for file in files for mutant in mutants(file)]
    chosen = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))
    with tempfile.TemporaryDirectory() as folder:
        benches = [Bench(Path(folder, str(number))) for number in range(asked.jobs)]
        print(f"{len(every):,} mutants of {len(files)} files; running the suite to see which test runs what")
        arguments = ("-n", str(asked.jobs), "--cov=gatekeeper", "--cov-context=test", "--cov-report=")
        if benches[0].run(*arguments, "--ignore=tests/browser"):
            sys.exit("the suite fails without any mutant")
        known = Coverage(Path(folder, "0"))

        def survivors(number: int) -> int:
            found = 0
            for mutant in chosen[number :: asked.jobs]:
                if not benches[number].is_killed(mutant, known.tests(mutant)):
                    found += 1
                    print(_described(mutant), flush=True)
            return found

        with ThreadPoolExecutor(asked.jobs) as pool:
            survived = sum(pool.map(survivors, range(asked.jobs)))
    killed = len(chosen) - survived
    print(f"{killed} of {len(chosen)} mutants killed: {100 * killed / len(chosen):.1f} %")


if __name__ == "__main__":
    main()
