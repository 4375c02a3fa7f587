"""What the reader says of a file, against the TypeScript compiler."""

import json
import os
import random
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import FIXTURES
from builders.oracles import needed
from gatekeeper.collectors.formats.typescript.source import Source
from gatekeeper.collectors.typescript._any_types import any_types
from gatekeeper.collectors.typescript._members import fields, methods

_SCRIPT = Path(__file__).with_name("typescript_compiler.cjs")
_SOURCES = Path(__file__).parents[2] / "examples/pilot"

MEMBERS = [
    "a = 1;",
    "private readonly b: Map<string, any> = new Map();",
    "static c?: string;",
    "#d = [1, 2];",
    "declare e: number;",
    "constructor(private readonly f: string, g?: any) { super(); if (!f) throw new Error(); }",
    "h(): void { class Inner { i() {} } }",
    "async *j<T extends object>(this: this, { k, l = 2 }: T, ...m: any[]): AsyncGenerator<T> {}",
    "get n(): number { return 1; }",
    "set n(value) { this.a = value; }",
    "o = (p: number) => p + 1;",
    "q = function () { return 1; };",
    "@Dec({ any: 1 }) r() { return <any>this; }",
    "static { setUp(); }",
    "abstract s(): any;",
    "['t']() { return 'any'; }",
    "protected override u?(v?: unknown): asserts v is string { }",
    "w!: typeof import('w');",
    "accessor x = 1;",
    "[key: string]: any;",
    "y(z: (any: string) => any): this is string { return true; }",
    "static async $aa() { await import('aa'); const { bb } = require('bb'); }",
]
STATEMENTS = [
    "import 'side-effect';",
    "import a, { b as c, type D } from './a';",
    'import * as e from "@acme/e";',
    "import type { F } from 'f';",
    "export { g as h } from './g';",
    "export * from './i';",
    "export * as j from './j';",
    "const k = await import('k'); // import('none')",
    "const l = require('l');",
    "type M = { any: any; n: Array<any> } | `${string}any`;",
    "interface O<P = any> extends Q, R.S<any> { (any: any): void }",
    "enum T { any = 'any' }",
    "function u(v: any): v is W { return v as any as W; }",
    "namespace X { export class Y { z() {} } }",
    "const aa = any < any > (any);",
    "const bb = /any/.test('any') satisfies any;",
    "let cc = x!.any?.[any] ?? (<T,>(any: T) => any)(1);",
    "label: for (const dd of ee) { continue label; }",
]


def generated(seed: int) -> str:
    """A file of random statements and classes."""
    chance = random.Random(seed)  # noqa: S311 # no secret depends on it
    bases = [
        "",
        " extends A",
        " extends b.C<any>",
        " extends D implements E, F<any>",
        " extends mix(G, H)<I>",
    ]
    parts = chance.choices(STATEMENTS, k=6)
    for at in range(3):
        members = chance.sample(MEMBERS, k=chance.randrange(8))
        head = chance.choice(["class", "export class", "export abstract class", "@Dec() class"])
        members = [each for each in members if "abstract" in head or not each.startswith("abstract")]
        parts.append(f"{head} K{at}{chance.choice(bases)} {{\n" + "\n".join(members) + "\n}")
    parts.append(
        chance.choice(["", "export default class extends Z {}", "const last = class extends Z { a() {} };"])
    )
    chance.shuffle(parts)
    return "\n".join(parts)


def compiled(files: Mapping[str, str]) -> Mapping[str, Any]:
    """What the compiler says of files."""
    node, library = needed("node"), os.environ.get("GATEKEEPER_TYPESCRIPT")
    if library is None:
        message = "GATEKEEPER_TYPESCRIPT names no typescript.js"
        (pytest.fail if os.environ.get("GATEKEEPER_ORACLES") == "required" else pytest.skip)(message)
    done = subprocess.run(
        [node, _SCRIPT, library], input=json.dumps(files), capture_output=True, text=True, check=True
    )
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


def understood(name: str, code: str) -> dict[str, Any]:
    """What the reader says of a file, as the compiler's answer is written."""
    source = Source(name, code.encode())
    classes = [each for each in source.classes if each.node.type != "interface_declaration"]
    return {
        "any": [each.line for each in any_types(source) if each.message == "the type any"],
        "imports": sorted(each.specifier for each in source.imports),
        "names": sorted([list(pair) for each in source.imports for pair in each.names]),
        "classes": [
            {
                "name": each.name,
                "bases": [".".join(reference) for reference in each.extends[:1]],
                "methods": sorted(_plain(method.name) for method in methods(each.node)),
                "fields": sorted(name for name in fields(each.node) if name),
            }
            for each in classes
        ],
    }


def _plain(name: str) -> str:
    return name.removeprefix("get ").removeprefix("set ")


def expected(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The compiler's answer, reduced to what the reader says."""
    return {
        "any": answer["any"],
        "imports": sorted(answer["imports"]),
        "names": sorted(answer["names"]),
        "classes": [
            {
                "name": each["name"] or each["variable"] or Path(name).stem,
                "bases": [base.partition("(")[0].partition("<")[0] for base in each["bases"][:1]],
                "methods": sorted(method.strip("[]'\"") for method in each["methods"]),
                "fields": each["fields"],
            }
            for each in answer["classes"]
        ],
    }


def kept() -> Iterator[Path]:
    """The files in TypeScript of the fixtures and of the example."""
    yield from sorted((FIXTURES / "typescript").glob("*.ts"))
    yield from sorted(path for path in _SOURCES.rglob("*.ts") if not path.name.endswith(".d.ts"))


def test_the_reader_and_the_compiler_say_the_same_of_generated_files() -> None:
    files = {f"g{seed}.ts": generated(seed) for seed in range(300)}
    answers = compiled(files)
    for name, code in files.items():
        assert understood(name, code) == expected(answers[name], name), code


def test_the_reader_and_the_compiler_say_the_same_of_kept_files() -> None:
    files = {str(path): path.read_text(encoding="utf-8") for path in kept()}
    assert len(files) > 1
    answers = compiled(files)
    for name, code in files.items():
        assert understood(name, code) == expected(answers[name], name), name
