"""Measure what reading large artefacts costs, against a floor in the same run, and print a Markdown table.

Usage: python benchmarks/read_artefacts.py

Artefacts are generated. Each figure is the processor time of the median of pairs that were run in turn, A B A B ...,
with the garbage collector off, as the program runs.
"""

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from gatekeeper.model.evidence import Artefact, ArtefactFile

PAIRS = 5


class Row(NamedTuple):
    """One artefact: what reading it costs, and the floor."""

    what: str
    against: str
    ours_ms: float
    floor_ms: float | None
    told: str
    goal: str


def main() -> None:
    """Run every comparison and print the table."""
    rows = [_sarif(), junit(), _lcov(), _openapi(), typescript()]
    print("| artefact | floor | ours | floor | figure | goal |")
    print("|---|---|---:|---:|---:|---|")
    for row in rows:
        floor = f"{row.floor_ms:,.0f} ms" if row.floor_ms is not None else ""
        print(f"| {row.what} | {row.against} | {row.ours_ms:,.0f} ms | {floor} | {row.told} | {row.goal} |")
    print(
        f"\nPeak memory of reading the JUnit file, above that of its bytes: {_memory():,.0f} MB; goal: under 60 MB."
    )


def _collect(kind: str, name: str, data: bytes, **options: object) -> Callable[[], object]:
    collect = import_module(f"gatekeeper.collectors.{kind}.read").collect
    artefact = Artefact(name, (ArtefactFile(name, lambda: data),))
    return lambda: collect(artefact, options)


def _pairs(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float, float]:
    ours(), floor()  # a warm-up that does not count
    pairs = [(_clock(ours), _clock(floor)) for _ in range(PAIRS)]
    ours_ms, floor_ms = (statistics.median(column) for column in zip(*pairs, strict=True))
    return ours_ms, floor_ms, statistics.median(a / b for a, b in pairs)


def _clock(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    elapsed = (time.process_time() - start) * 1000
    gc.enable()
    return elapsed


def _sarif() -> Row:
    results = [
        {
            "ruleId": f"rule-{n % 300}",
            "message": {"text": f"Untrusted data reaches a query, number {n}. " * 3},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f"src/service/{n % 700}/handler.ts"},
                        "region": {"startLine": n % 900 + 1, "snippet": {"text": "x" * 400}},
                    }
                }
            ],
            "partialFingerprints": {"primaryLocationLineHash": f"{n * 7919:064x}"},
            "codeFlows": [
                {"threadFlows": [{"locations": [{"location": {"id": step}} for step in range(30)]}]}
            ],
        }
        for n in range(15_000)
    ]
    rules = [
        {"id": f"rule-{n}", "properties": {"security-severity": f"{n % 10}.1"}, "help": {"text": "y" * 300}}
        for n in range(300)
    ]
    run = {"tool": {"driver": {"name": "scanner", "rules": rules}}, "results": results}
    data = json.dumps({"version": "2.1.0", "runs": [run]}).encode()
    ours, floor, ratio = _pairs(_collect("vulnerabilities", "a.sarif", data), lambda: json.loads(data))
    what = f"SARIF, {len(data) / 1e6:.0f} MB, {len(results):,} results"
    return Row(what, "`json.loads`", ours, floor, f"{ratio:.2f} x", "at most 2.5 x")


def _junit_bytes() -> bytes:
    cases = "".join(
        f'<testcase classname="src/module-{n % 400}/order.test.ts" name="an order, number {n}, keeps its total" '
        f'time="0.00{n % 9}"><system-out>started {n}; done {n}</system-out></testcase>\n'
        for n in range(105_000)
    )
    return f'<testsuites><testsuite name="all" timestamp="2026-11-20T10:00:00Z">{cases}</testsuite></testsuites>'.encode()


def junit() -> Row:
    """Read test results in XML; the floor is the parser with handlers that do nothing."""
    data = _junit_bytes()

    def nothing(*_: object) -> None:
        """Ignore the event."""

    def bare() -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = nothing
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only

    ours, floor, ratio = _pairs(_collect("tests", "a.xml", data), bare)
    what = f"JUnit, {len(data) / 1e6:.0f} MB, 105,000 cases"
    return Row(what, "expat with empty handlers", ours, floor, f"{ratio:.2f} x", "at most 2.0 x")


def _lcov() -> Row:
    record = "".join(f"DA:{line},{line % 7}\n" for line in range(1, 1001))
    data = "".join(
        f"TN:\nSF:src/domain/{n}.ts\nFN:1,f\nFNDA:3,f\n{record}LF:1000\nend_of_record\n" for n in range(1050)
    ).encode()
    ours, floor, _ = _pairs(_collect("coverage", "lcov.info", data), lambda: data.decode().split("\n"))
    what = f"lcov, {len(data) / 1e6:.0f} MB, 1,050 files"
    return Row(what, "`split` into lines", ours, floor, f"{ours / 1000:.2f} s", "at most 1 s")


def _openapi() -> Row:
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    header = {"$ref": "#/components/parameters/Key"}
    item = {
        "get": {
            "parameters": [{"name": "cursor", "in": "query", "schema": {"type": "string"}}],
            "responses": {
                "200": {"description": "ok", "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}}}},
                "404": {"description": "no", **problem},
            },
        },
        "post": {"parameters": [header], "responses": {"201": {"description": "made"}, "422": {"description": "no", **problem}}},
        "put": {"parameters": [header], "responses": {"200": {"description": "ok"}, "412": {"description": "no", **problem}}},
    }  # fmt: skip
    document = {
        "openapi": "3.1.0",
        "info": {"title": "orders", "version": "1.0.0"},
        "paths": {f"/resources-{n}": item for n in range(400)},
        "components": {
            "parameters": {
                "Key": {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {}}
            },
            "schemas": {
                "Problem": {"type": "object", "properties": {"code": {"enum": ["a.b", "c.d"]}}},
                "Order": {
                    "type": "object",
                    "properties": {f"field_{n}": {"type": "string"} for n in range(40)},
                },
            },
        },
    }
    data = json.dumps(document, indent=1).encode()
    ours, floor, _ = _pairs(_collect("openapi", "openapi.json", data), lambda: json.loads(data))
    return Row(
        f"OpenAPI 3.1, 400 paths, 1,200 operations, {len(data) / 1e6:.1f} MB",
        "`json.loads`", ours, floor, f"{ours / 1000:.2f} s", "at most 1 s",
    )  # fmt: skip


def _typescript_file(number: int) -> bytes:
    """Return a file of a usual size, about 6 kB: every fifth is an aggregate root, the rest is functions."""
    command = """
  /** Changes line %d, if the order may still be changed. */
  public changeLine%d(line: OrderLine, quantity: number, at: Date): Result<OrderLine> {
    if (this.props.placedAt !== undefined) {
      return Result.fail(`order ${this.id.toString()} was placed at ${this.props.placedAt.toISOString()}`);
    }
    const found = this.props.lines.find((candidate) => candidate.sku.equals(line.sku));
    if (!found) {
      return Result.fail('no such line');
    }
    const changed = found.withQuantity(quantity);
    this.props.lines = this.props.lines.map((candidate) => (candidate === found ? changed : candidate));
    this.addDomainEvent(new OrderLineChanged(this.id, changed.sku, quantity, at));
    return Result.ok(changed);
  }
"""
    shared = """
export function describe%d(lines: readonly OrderLine[], options: { currency: string; short?: boolean }): string {
  const parts = lines.map((line) => `${line.quantity} x ${line.sku.value} at ${line.price.format(options.currency)}`);
  return options.short ? `${parts.slice(0, 3).join(', ')} and ${Math.max(0, parts.length - 3)} more` : parts.join(', ');
}
"""
    head = """\
import { AggregateRoot } from '../shared/aggregate-root';
import { Result } from '../shared/result';
import { OrderLine, OrderLineChanged, type OrderProps } from './order-line';

export class Order%d extends AggregateRoot<OrderProps> {
  private constructor(props: OrderProps, id?: UniqueEntityId) {
    super(props, id);
    if (props.lines.length === 0) {
      throw new Error('an order has lines');
    }
  }
"""
    if number % 5:
        return "".join(shared % n for n in range(13)).encode()
    return f"{head % number}{''.join(command % (n, n) for n in range(6))}}}\n{shared % 0}".encode()


def typescript() -> Row:
    """Read a source tree as two kinds; the floor is parsing it."""
    files = {f"src/domain/order-{n}.ts": _typescript_file(n) for n in range(600)}
    size = sum(map(len, files.values()))
    kinds = [import_module(f"gatekeeper.collectors.{kind}.read") for kind in ("source", "typescript")]
    parsed = import_module("gatekeeper.collectors.formats.typescript.tree")._parsed
    artefact = Artefact(
        "src", tuple(ArtefactFile(name, partial(files.__getitem__, name)) for name in sorted(files))
    )

    def read() -> None:
        parsed.clear()
        for kind in kinds:
            kind.collect(artefact, {"allowed_imports": ["uuid"]})

    ours, floor, _ = _pairs(read, lambda: _bare_parse(files))
    return Row(
        f"TypeScript, {len(files):,} files, {size / 1e6:.1f} MB, every fifth an aggregate",
        "tree-sitter's parser alone", ours, floor, f"{size / 1e3 / ours:.1f} MB/s", "at least 5 MB/s",
    )  # fmt: skip


def _bare_parse(files: dict[str, bytes]) -> None:
    from tree_sitter import Language, Parser
    from tree_sitter_typescript import language_typescript

    parser = Parser(Language(language_typescript()))
    for data in files.values():
        parser.parse(data)


def _memory() -> float:
    """Return the megabytes that reading the JUnit file takes in its own process, without the file itself."""
    code = (
        "import pathlib, re, sys; sys.path.insert(0, sys.argv[1]); import read_artefacts as c; "
        "data = pathlib.Path(sys.argv[2]).read_bytes(); work = c._collect('tests', 'a.xml', data); "
        "status = pathlib.Path('/proc/self/status'); "
        "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1]); "
        "before = peak(); work(); print(peak() - before)"
    )
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(_junit_bytes())
        file.flush()
        command = [sys.executable, "-c", code, str(Path(__file__).parent), file.name]
        done = subprocess.run(command, capture_output=True, check=True)
    return int(done.stdout) / 1024


if __name__ == "__main__":
    main()
