"""Source trees: what every language gives, read of TypeScript and JavaScript."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.artefacts import chosen, fixture, tree
from gatekeeper.collectors.formats.grammar import Grammar
from gatekeeper.collectors.formats.typescript import imports as ts_imports
from gatekeeper.collectors.formats.typescript import tree as ts_tree
from gatekeeper.collectors.formats.typescript.source import Source
from gatekeeper.collectors.source import go
from gatekeeper.collectors.source import read as source
from gatekeeper.collectors.source._language import UNREAD
from gatekeeper.collectors.source.facts import LANGUAGES, PLACES, SourceFacts
from gatekeeper.collectors.typescript import read as typescript
from gatekeeper.model.evidence import Absent, Collected, Finding, Unreadable


def collected(files: Mapping[str, bytes | str] | str, path: str = "src", **options: Any) -> Collected[Any]:
    named = {"src/a.ts": files} if isinstance(files, str) else files
    return source.collect(tree(named, path), options)


def facts(files: Mapping[str, bytes | str] | str, path: str = "src", **options: Any) -> Any:
    return collected(files, path, **options).facts


def outcome(files: Mapping[str, bytes | str], **options: Any) -> str:
    try:
        facts(files, **options)
    except Absent as reason:
        return f"absent: {reason}"
    except Unreadable as reason:
        return f"unreadable: {reason}"
    return "collected"


def told(findings: tuple[Finding, ...]) -> list[str]:
    """Findings, short enough for a table."""
    return [f"{finding.line}: {finding.message}" for finding in findings]


AI: dict[str, Any] = {"llm_sdks": ["openai", "@anthropic-ai/*", "ai"], "ai_port": "AIClient"}


def test_a_file_with_some_of_everything() -> None:
    where = "src/domain/order.ts"
    found = collected(
        {where: fixture("typescript", "order.ts")},
        allowed_imports=["node:*", "openai"],
        frameworks="express",
        **AI,
    )
    assert (found.format, found.produced_at, found.origins[0].items) == ("typescript", None, 1)
    assert found.facts == SourceFacts(
        files=(where,),
        files_without_code=(),
        folders=("domain", "src"),
        languages=("typescript",),
        extensions={"ts": 1},
        imports=("express", "node:crypto", "openai"),
        packages=("express", "node:crypto", "openai"),
        disallowed_imports=(Finding("imports express", where, 2),),
        framework_imports=(Finding("imports express", where, 2),),
        test_files=(),
        files_without_tests=(where,),
        llm_sdk_imports=(Finding("imports openai", where, 3),),
        prompts=(),
        ai_calls=2,
        ai_calls_outside_port=(
            Finding(
                "calls this.client.chat.completions.create() of an SDK instead of the port AIClient",
                where,
                66,
            ),
        ),
    )


def test_what_the_slot_does_not_ask_for_is_null() -> None:
    nothing = {"disallowed_imports": None, "framework_imports": None, "llm_sdk_imports": None}
    nothing |= {"ai_calls": None, "ai_calls_outside_port": None, "llm_hosts_named": None, "prompts": None}
    assert chosen(facts("import 'express'; f()"), nothing) == nothing
    only_port = facts("f()", ai_port="AIClient")
    assert (only_port.ai_calls, only_port.ai_calls_outside_port) == (0, None)


# Which files.


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/order.ts", True),
        ("src/view.tsx", True),
        ("src/order.mts", True),
        ("src/order.cts", True),
        ("src/tests/exam.ts", True),
        ("src/tests/mocks/order.ts", False),
        ("src/mocks/exam.ts", True),
        ("src/test.ts", True),
        ("src/contest.ts", True),
        ("src/order.js", True),
        ("src/order.mjs", True),
        ("src/order.cjs", True),
        ("src/view.jsx", True),
        ("src/order.json", False),
        ("src/order.spec.js", False),
        ("__mocks__/clock.cjs", False),
        ("src/order.d.ts", False),
        ("src/order.d.mts", False),
        ("src/data.d.json.ts", False),
        ("src/order.test.ts", False),
        ("src/order.spec.tsx", False),
        ("src/order.e2e-spec.ts", False),
        ("src/order.e2e.ts", False),
        ("src/order.test-d.ts", False),
        ("src/__tests__/builders.ts", False),
        ("__mocks__/clock.ts", False),
        ("node_modules/a/index.ts", False),
        ("src/ts", False),
        ("video.ts.txt", False),
    ],
)
def test_which_files_are_source(path: str, *, expected: bool) -> None:
    assert ts_tree.is_source(path) is expected


@pytest.mark.parametrize(
    ("code", "runs"),
    [
        ("", False),
        ("// nothing yet\n", False),
        ("export type Id = string;", False),
        ("export interface Orders { save(): void }", False),
        ("import { a } from './a'; export { a };", False),
        ("export * from './a'; export { b as c } from './b'; export {};", False),
        ("import a from './a'; export default a;", False),
        ("declare global { interface Window {} } declare const x: number;", False),
        ("'use strict'; export const enum Level { L1 }", False),
        ("namespace Types { export type A = string }", False),
        ("#!/usr/bin/env node\nimport './a';", False),
        ("export enum Level { L1 }", True),
        ("namespace Code { export const a = 1 }", True),
        ("export const a = 1;", True),
        ("export default { a: 1 };", True),
        ("export default class {}", True),
        ("export abstract class Base {}", True),
        ("main();", True),
        ("export function f() {}", True),
    ],
)
def test_only_files_that_run_must_be_covered(code: str, *, runs: bool) -> None:
    found = facts({"src/a.ts": code, "src/b.ts": "b()"})
    assert found.files == (("src/a.ts", "src/b.ts") if runs else ("src/b.ts",))
    assert found.files_without_code == (() if runs else ("src/a.ts",))


def test_where_nothing_runs_there_are_no_files_but_all_else() -> None:
    found = facts("import 'koa'; export type Id = any;")
    assert (found.files, found.files_without_code, found.imports) == (None, ("src/a.ts",), ("koa",))


def test_include_selects_files_but_not_folders() -> None:
    files = {
        "shop/src/domain/order.ts": "order()",
        "shop/src/domain/order.test.ts": "import 'koa'",
        "shop/src/ports/orders.ts": "import 'koa'",
        "shop/docs/README.md": "import 'koa'",
    }
    found = facts(files, path="shop/src", include="**/domain/**")
    assert (found.files, found.imports) == (("shop/src/domain/order.ts",), ())
    assert found.folders == ("docs", "domain", "ports", "src")
    assert facts(files, path="shop/src/**/*.ts").folders == ("docs", "domain", "ports", "src")


# Tests.


@pytest.mark.parametrize(
    ("test", "of"),
    [
        ("src/domain/order.test.ts", "src/domain/order.ts"),
        ("src/domain/order.spec.tsx", "src/domain/order.ts"),
        ("src/domain/__tests__/order.ts", "src/domain/order.ts"),
        ("src/domain/__tests__/order.test.js", "src/domain/order.ts"),
        ("src/__tests__/domain/order.test.ts", "src/domain/order.ts"),
        ("tests/unit/domain/order.test.ts", "src/domain/order.ts"),
        ("test/domain/money.spec.ts", "src/domain/money.ts"),
        ("test/order.spec.ts", "src/order.ts"),
        ("test/order.e2e-spec.ts", None),
        ("test/money.spec.ts", None),
        ("src/app/order.test.ts", None),
        ("src/app/__tests__/order.ts", None),
        ("node_modules/domain/order.test.ts", None),
    ],
)
def test_which_file_a_test_is_for(test: str, of: str | None) -> None:
    files = ("src/order.ts", "src/domain/order.ts", "src/domain/money.ts", "src/app/money.ts")
    found = facts(dict.fromkeys((*files, test), "a()"), ".")
    assert found.test_files == (() if "node_modules" in test else (test,))
    assert set(files) - set(found.files_without_tests) == {of} - {None}


def test_a_file_without_code_needs_no_test_and_one_that_does_not_parse_is_not_known_to_have_code() -> None:
    found = collected({"src/a.ts": "export type A = 1", "src/b.ts": "import {"})
    assert (found.facts.files_without_tests, found.facts.test_files) == ((), ())
    assert "files_without_tests" in found.origins[0].not_understood[0].touches


# Imports.


@pytest.mark.parametrize(
    ("pattern", "specifier", "expected"),
    [
        ("@nestjs/*", "@nestjs/common", True),
        ("@nestjs/*", "@nestjs/common/decorators/core", True),
        ("@nestjs/*", "@nestjs", False),
        ("@nestjs/*", "@nestjsx/crud", False),
        ("openai", "openai", True),
        ("openai", "openai/resources/chat", True),
        ("openai", "npm:openai@4.2.0/resources", True),
        ("openai", "openai-edge", False),
        ("ai", "ai", True),
        ("ai", "ai/react", True),
        ("ai", "ai-utils", False),
        ("ai", "./ai", False),
        ("ai", "@acme/ai", False),
        ("ai", "openai", False),
        ("drizzle.orm", "drizzle-orm", False),
        ("@prisma/client", "@prisma/client/runtime", True),
        ("@prisma/client", "@prisma/client-extra", False),
        ("openai", "../node_modules/openai/index.js", True),
        ("@nestjs/*", "./node_modules/@nestjs/core", True),
        ("openai", "https://esm.sh/openai@4.2.0?dts", True),
        ("openai", "https://esm.sh/v135/openai/resources", True),
        ("openai", "https://openai.example/sdk.js", False),
        ("openai", "openai?raw", True),
    ],
)
def test_which_packages_a_pattern_means(pattern: str, specifier: str, *, expected: bool) -> None:
    assert ts_imports.chooser(["koa", pattern])(specifier) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import express from 'express'", ["1: imports express"]),
        ("\nimport 'express'", ["2: imports express"]),
        ('import * as e from "express"', ["1: imports express"]),
        ("import {} from 'express'", ["1: imports express"]),
        ("import e = require('express')", ["1: imports express"]),
        ("const e = require('express')", ["1: imports express"]),
        ("const e = await import(`express`)", ["1: imports express"]),
        ("import('express').then(f)", ["1: imports express"]),
        ("export * from 'express'", ["1: imports express"]),
        ("export * as e from 'express'", ["1: imports express"]),
        ("export { Router } from 'express/lib/router'", ["1: imports express/lib/router"]),
        ("import e, { type Request } from 'express'", ["1: imports express"]),
        ("import { type Request, Router } from 'express'", ["1: imports express"]),
        ("import type from 'express'", ["1: imports express"]),
        ("import { type } from 'express'", ["1: imports express"]),
        ("import {\n  Router,\n  // any\n} from 'express'", ["1: imports express"]),
        ("import type { Request } from 'express'", ["1: imports types of express"]),
        ("import type e from 'express'", ["1: imports types of express"]),
        ("import { type Request, type Response } from 'express'", ["1: imports types of express"]),
        ("export type { Request } from 'express'", ["1: imports types of express"]),
        ("export { type Request } from 'express'", ["1: imports types of express"]),
        ("export type * from 'express'", ["1: imports types of express"]),
        ("let r: import('express').Request", ["1: imports types of express"]),
        ("type E = typeof import('express')", ["1: imports types of express"]),
        ("type E = import('express').a.B | import('express')", ["1: imports types of express"] * 2),
        ("(await import('express')).default()", ["1: imports express"]),
        # None of these imports anything.
        ("// import 'express'", []),
        ("const text = \"import express from 'express'\"", []),
        ("const name = `express`; import(name); import(`${name}`); require(name)", []),
        ("import a from './express'; import b from '@acme/express'", []),
        ("express.require('express'); required('express')", []),
        ("import('')", []),
    ],
)
def test_imports(code: str, expected: list[str]) -> None:
    assert told(facts(code, llm_sdks="express").llm_sdk_imports) == expected


def disallowed(files: Mapping[str, str], include: str = "src/domain/**") -> list[str]:
    """What is said of imports; an import of which it is not known what it refers to counts, too."""
    found = collected(files, ".", include=include, allowed_imports=["uuid", "@pure/*", "node:crypto"])
    places = [each.place for each in found.origins[0].not_understood if "disallowed_imports" in each.touches]
    flaws = [f"{flaw.file}:{flaw.line} {flaw.message}" for flaw in found.facts.disallowed_imports]
    return flaws or [f"not understood: {place.message}" for place in places]


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        ("uuid", []),
        ("uuid/v4", []),
        ("npm:uuid@9", []),
        ("../../node_modules/uuid/index.js", []),
        ("@pure/a/b", []),
        ("node:crypto", []),
        ("crypto", []),
        ("node:fs", ["imports node:fs"]),
        ("node:uuid", ["imports node:uuid"]),
        ("express", ["imports express"]),
        ("uuid-express", ["imports uuid-express"]),
        ("https://esm.sh/uuid", ["imports https://esm.sh/uuid"]),
        ("https://esm.sh/express/node_modules/uuid", []),
        ("@nestjs/common", ["imports @nestjs/common"]),
        ("./money", []),
        ("./money.js?raw", []),
        ("../shared/result", ["imports express through src/shared/result.ts"]),
        ("../shared/types", ["imports types of express through src/shared/types.d.ts"]),
        ("@shared/result", ["imports express through src/shared/result.ts"]),
        ("@/shared/result", ["imports express through src/shared/result.ts"]),
        ("~/shared/result.js", ["imports express through src/shared/result.ts"]),
        ("#shared/result", ["imports express through src/shared/result.ts"]),
        ("@acme/kernel/a", ["imports koa through src/kernel/a.ts"]),
        ("@acme/other/a", ["imports @acme/other/a"]),
        ("acme-orders/domain/money", []),
        ("#db", ["imports #db"]),
        ("../shared/rates.json", []),
        ("../shared/missing", ["not understood: imports ../shared/missing, whose file is not in the tree"]),
        ("../shared/broken", ["not understood: imports src/shared/broken.ts: line 1: not valid TypeScript"]),
        (
            "../shared/loader",
            ["not understood: imports src/shared/loader.ts, which imports what only a run shows"],
        ),
        ("../shared/deep", ["imports express through src/shared/result.ts"]),
    ],
)
def test_what_is_not_allowed_is_found_through_files_that_are_not_selected(
    imported: str, expected: list[str]
) -> None:
    files = {
        "package.json": '{"name": "acme-orders", "imports": {"#db": "typeorm"}}',
        "tsconfig.json": '{"compilerOptions": {"paths": {"@acme/kernel/*": ["./src/kernel/*"]}}}',
        "src/domain/order.ts": f"const first = 1;\nimport * as it from '{imported}';\nit.run(first);",
        "src/domain/money.ts": "export const money = 1;",
        "src/common/index.ts": "export const common = 1;",
        "src/express.ts": "export const express = 1;",
        "src/kernel/a.ts": "import koa from 'koa'; koa();",
        "src/shared/result.ts": "import express from 'express'; express();",
        "src/shared/deep.ts": "export * from './result.js'; export * from '../domain/money';",
        "src/shared/types.d.ts": "import type { Request } from 'express';",
        "src/shared/broken.ts": "import {",
        "src/shared/loader.ts": "export const it = require(process.argv[2]);",
        "src/shared/rates.json": "{}",
        "src/app/server.ts": "import hapi from '@hapi/hapi'; hapi();",
    }
    where = "" if expected[:1] and expected[0].startswith("not understood") else "src/domain/order.ts:2 "
    assert disallowed(files) == [f"{where}{each}" for each in expected]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        (
            "a.tsx",
            "\nexport const A = () => <p>1</p>;",
            ["src/domain/a.tsx:2 has JSX, which imports a framework"],
        ),
        ("a.tsx", "export const a = 1;", []),
        ("a.ts", "export const a = <A>b;", []),
        (
            "a.ts",
            "/// <reference types='express' />\nf();",
            ["src/domain/a.ts:1 refers to the types of express"],
        ),
        ("a.ts", "/// <reference types='uuid' />\nf();", []),
        ("a.ts", "/// <reference path='./b.d.ts' />\nf();", []),
    ],
)
def test_what_comes_without_an_import(name: str, code: str, said: list[str]) -> None:
    assert disallowed({f"src/domain/{name}": code}) == said


def test_of_two_packages_with_the_same_alias_the_nearer_file_is_meant() -> None:
    files = {
        "a/src/domain/order.ts": "import { it } from '@/clock'; it();",
        "a/src/clock.ts": "export const it = 1;",
        "b/src/clock.ts": "import koa from 'koa';",
    }
    assert disallowed(files, include="**/domain/**") == []


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ("docs/domain/a.ts sea/ports/b.ts", "docs domain"),
        ("domain/a.ts ports/b.ts", "domain ports"),
        ("domain/a.ts application/ports/b.ts", "application domain ports"),
        ("src/domain/a.ts src/ports/b.ts docs/ports/c.md", "domain ports src"),
        ("src/a/domain/a.ts src/ports/b.ts lib/c.ts", "a domain ports src"),
        ("src/a/b/domain/a.ts src/ports/b.ts", "a b domain src"),
    ],
)
def test_the_folders_around_the_selected_ones(files: str, folders: str) -> None:
    named = dict.fromkeys(files.split(), "a();")
    assert facts(named, ".", include="**/domain/**").folders == tuple(folders.split())


# Languages.


def test_javascript_is_read_as_typescript_is() -> None:
    files = {
        "src/a.ts": "import { b } from './b.js'; b()",
        "src/b.js": "const e = require('express'); export const b = (x) => <p title='import \"koa\"'>{e(x)}</p>",
        "src/c.mjs": "export * from '@acme/a/b'",
        "src/d.test.js": "import 'koa'",
    }
    found = facts(files, allowed_imports=["@acme/a"])
    assert (found.languages, found.extensions) == (
        ("javascript", "typescript"),
        {"js": 1, "mjs": 1, "ts": 1},
    )
    assert (found.files, found.files_without_code) == (("src/a.ts", "src/b.js"), ("src/c.mjs",))
    assert found.disallowed_imports == (
        Finding("has JSX, which imports a framework", "src/b.js", 1),
        Finding("imports express", "src/b.js", 1),
    )
    assert (found.imports, found.packages) == (("@acme/a/b", "express"), ("@acme/a", "express"))


@pytest.mark.parametrize(
    ("specifier", "package"),
    [
        ("express", "express"),
        ("express/lib/router", "express"),
        ("@nestjs/core", "@nestjs/core"),
        ("@nestjs/core/adapters/http", "@nestjs/core"),
        ("npm:openai@4.2.0/resources", "openai"),
        ("npm:@acme/a@1/b", "@acme/a"),
        ("node:fs/promises", "node:fs"),
        ("@", "@"),
        ("#internal/a", "#internal"),
        ("../../node_modules/@nestjs/core/a.js", "@nestjs/core"),
        ("koa?raw", "koa"),
        ("https://esm.sh/koa@2/a?dts", "https://esm.sh/koa@2/a"),
        ("./a", None),
        ("../a", None),
        ("..", None),
        ("/a", None),
    ],
)
def test_the_package_of_a_specifier(specifier: str, package: str | None) -> None:
    assert ts_imports.package_of(specifier) == package


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("order.rb", "ruby"),
        ("order.rs", "rust"),
        ("order.php", "php"),
        ("order.phtml", "php"),
        ("Order.jsp", "java"),
        ("order.vue", "vue"),
        ("order.svelte", "svelte"),
        ("order.TS", "typescript"),
        ("order.Jsx", "javascript"),
        (".vue", "vue"),
    ],
)
def test_a_language_that_is_not_read_leaves_nothing_known_of_the_content(name: str, language: str) -> None:
    options = {"allowed_imports": ["uuid"], **AI}
    found = collected({"src/domain/a.ts": "a()", f"src/domain/{name}": "import express"}, **options)
    [place] = found.origins[0].not_understood
    extension = name.rpartition(".")[2]
    assert place.place == Finding(f"1 .{extension} file is not read", f"src/domain/{name}")
    assert place.touches == PLACES["file"]
    assert set(found.facts._fields) - place.touches == {"extensions", "folders", "languages"}
    assert found.facts.languages == tuple(sorted({language, "typescript"}))


def test_a_tree_in_no_language_that_is_read_is_not_absent() -> None:
    found = collected({"src/a.rb": "", "src/b.rb": ""})
    assert (found.format, found.facts.languages, found.facts.files) == ("ruby", ("ruby",), None)
    assert [each.place.message for each in found.origins[0].not_understood] == ["2 .rb files are not read"]


def test_without_its_grammar_a_language_is_not_read_and_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(go, "GRAMMARS", {"go": Grammar("a_grammar_that_is_missing", extra="languages")})
    found = collected({"src/a.ts": "a()", "src/b.go": "package b", "src/b_test.go": "package b"})
    [place] = found.origins[0].not_understood
    assert place.touches == PLACES["file"]
    assert place.place == Finding(
        "1 .go file is not read; install its grammar: pip install 'readiness-gatekeeper[languages]'",
        "src/b.go",
    )


@pytest.mark.parametrize(
    ("first", "is_source"),
    [
        ("#!/usr/bin/env node\n", True),
        ("#! /usr/bin/python3 -u\n", True),
        ("#!/usr/bin/env -S npx tsx\n", True),
        ("#!/bin/sh\n# runs node\n", False),
        ("FROM node\n", False),
        ("", False),
    ],
)
def test_a_script_without_an_extension_is_not_read(first: str, is_source: bool) -> None:
    found = collected({"bin/shop": f"{first}require('express')", "bin/a.ts": "a()"}, path="bin")
    messages = [each.place.message for each in found.origins[0].not_understood]
    assert messages == (["1 extensionless script is not read"] if is_source else [])
    assert found.facts.languages == (("script", "typescript") if is_source else ("typescript",))


def test_two_kinds_parse_a_tree_once_and_a_changed_file_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []

    class Counted(Source):
        def __init__(self, name: str, data: bytes) -> None:
            parsed.append(name)
            super().__init__(name, data)

    monkeypatch.setattr(ts_tree, "Source", Counted)
    files = {"once/a.ts": "let a: any", "once/b.ts": "import 'koa'", "once/c.js": "c()"}
    for reader in (source, typescript, source):
        reader.collect(tree(files, "once"), {})
    assert sorted(parsed) == ["once/a.ts", "once/b.ts", "once/c.js"]
    changed = typescript.collect(tree(files | {"once/a.ts": "let a: string"}, "once"), {}).facts
    assert (len(changed.any_types or ()), parsed[3:]) == (1, ["once/a.ts"])


def test_what_the_slot_does_not_select_need_not_be_understood() -> None:
    files = {"src/domain/a.ts": "a()", "src/main.rb": "", "src/node_modules/a/b.rb": "", "src/a.css": ""}
    assert collected(files, include="**/domain/**").origins[0].not_understood == ()


# Imports that only a run of the program shows.


@pytest.mark.parametrize(
    "code",
    [
        "require('ex' + 'press')",
        "require(name)",
        "await import(name)",
        "import(`${name}`)",
        "import(`exp${name}`)",
        r"import('exp\u0072ess')",
        r"require('\x65xpress')",
        r"import express from 'e\x78press'",
        r"export * from '\x65xpress'",
        "const load = require; load('express')",
        "f(require)",
        "f({ require })",
        "const load = createRequire(import.meta.url); load('express')",
        "createRequire(import.meta.url)('express')",
        "module.require('express')",
        "require.main.require('express')",
        "globalThis . require('express')",
        "require.call(null, 'express')",
        "require`express`",
        "require(`../node_modules/${name}`)",
        "require('../node_modules/' + name)",
        "import(name + './a')",
        "eval('require(\"express\")')",
        "new Function('return import(\"express\")')",
    ],
)
@pytest.mark.parametrize("name", ["src/a.ts", "src/a.js"])
def test_a_computed_import_may_be_of_any_package(code: str, name: str) -> None:
    [origin] = collected({name: f"\n{code}", "src/b.ts": "b()"}, allowed_imports=["uuid"]).origins
    [place] = origin.not_understood
    assert place.place == Finding("imports what only a run of the program shows", name, 2)
    assert place.touches == PLACES["import"]


@pytest.mark.parametrize(
    "code",
    [
        "import(`./locales/${name}.json`)",
        "require('./locales/' + name)",
        "const f: Function = a; b instanceof Function; c.eval(d); const { eval: e } = g",
        "const require = createRequire(import.meta.url); require('./a')",
        "if (require.main === module) main()",
        "require.resolve(name)",
        "typeof require === 'undefined'",
        "import { createRequire } from 'node:module'",
        "class Order { require() {} constructor() { this.require(a) } }",
        "import { require } from './guards'; require(amount > 0, 'positive'); require(!closed)",
        "// we require(this)\nconst text = 'import(name)'",
        "import('')",
    ],
)
def test_what_imports_no_package_is_understood(code: str) -> None:
    assert collected(code).origins[0].not_understood == ()


GAPS = st.sampled_from([" ", "\n", "\t\r\n", "/* 'koa' */", " // from 'koa'\n", "/*\n*/"])
QUOTED = st.sampled_from(["'{}'", '"{}"'])
FORMS = [
    "import{}x{}from{}%",
    "import{}%",
    "import{}{{x}}{}from{}%",
    "import{}*{}as{}x{}from{}%",
    "export{}*{}from{}%",
    "export{}*{}as{}x{}from{}%",
    "export{}{{x}}{}from{}%",
    "require{}({}%{})",
    "await{}import{}({}%{})",
    "if (a) {{ f(() => require{}(%)) }}",
]
UNSEEN = ["// {}", "/* {} */", "`{}`", "/** @see {} */", 'f("{}")']


@given(
    form=st.sampled_from(FORMS),
    quoted=QUOTED,
    draw=st.data(),
    name=st.sampled_from(["ts", "tsx", "js", "mjs"]),
)
def test_an_import_is_seen_however_it_is_written(
    form: str, quoted: str, draw: st.DataObject, name: str
) -> None:
    gaps = [draw.draw(GAPS) for _ in range(form.count("{}"))]
    code = form.format(*gaps).replace("%", quoted.format("express"))
    found = facts({f"src/a.{name}": f"first();\n{code}\n;last();"}, allowed_imports=["uuid"])
    assert [flaw.message for flaw in found.disallowed_imports] == ["imports express"]
    assert found.packages == ("express",)


@given(form=st.sampled_from(FORMS[:7]), around=st.sampled_from(UNSEEN), name=st.sampled_from(["ts", "js"]))
def test_a_text_about_an_import_is_none(form: str, around: str, name: str) -> None:
    text = around.format(form.format(*[" "] * form.count("{}")).replace("%", "'express'"))
    found = collected({f"src/a.{name}": f"first();\n{text}\n;last();"}, allowed_imports=["uuid"])
    assert (found.facts.disallowed_imports, found.facts.packages) == ((), ())
    assert found.origins[0].not_understood == ()


@given(
    form=st.sampled_from(["import{}{{Base}}{}from{}%; export {{ Base }}", "export {{ Base }}{}from{}%"]),
    quoted=QUOTED,
    draw=st.data(),
)
def test_classes_are_followed_through_imports_however_they_are_written(
    form: str, quoted: str, draw: st.DataObject
) -> None:
    gaps = [draw.draw(GAPS) for _ in range(form.count("{}"))]
    files = {
        "src/base.ts": "export class Base extends AggregateRoot {}",
        "src/link.ts": form.format(*gaps).replace("%", quoted.format("./base")),
        "src/order.ts": "import { Base } from './link'; export class Order extends Base {}",
    }
    found = typescript.collect(tree(files, "src"), {"include": "**/order.ts"}).facts
    assert found.aggregates == ("Order",)


# Calls of a language model.

OPENAI = "import OpenAI from 'openai';\n"
OUTSIDE = "of an SDK instead of the port AIClient"


@pytest.mark.parametrize(
    ("code", "through_port", "outside"),
    [
        # Through the port.
        ("class A { constructor(private ai: AIClient) {} f() { return this.ai.complete() } }", 1, []),
        ("class A { constructor(@Inject('x') private readonly ai: AIClient) {} f() { this.ai.complete() } }", 1, []),
        ("class A { private ai: AIClient; f() { this.ai.complete(); this.ai.embed() } }", 2, []),
        ("class A { ai?: ports.AIClient | undefined; f() { this.ai?.complete() } }", 1, []),
        ("function f(ai: AIClient) { return ai.complete() }", 1, []),
        ("import { AIClient as Port } from './port'; const f = (ai: Port) => ai.complete()", 1, []),
        ("import type { AIClient as Port } from './port'; class A { ai: Port; f() { this.ai.ask() } }", 1, []),
        ("const f = ({ ai }: { ai: AIClient }) => ai.complete()", 1, []),
        ("interface Deps { ai: AIClient } const f = (deps: Deps) => deps.ai.complete()", 1, []),
        ("const f = (ai: Pick<AIClient, 'complete'>) => ai.complete()", 1, []),
        ("const ai = inject(AIClient); ai.complete()", 1, []),
        ("const ai = new AIClient(); ai.complete()", 1, []),
        ("const ai = container.get<AIClient>('ai'); await ai.complete()", 1, []),
        ("this.aiClient.complete(); _aiClient.complete(); AIClient.complete()", 3, []),
        ("const f = (ask: AIClient) => ask('?')", 1, []),
        # Not at all.
        ("const ai = inject(AIClient); const text = await ai.complete(); text.trim(); other.complete()", 1, []),
        ("const f = (clients: Map<string, AIClient>) => clients.size()", 0, []),
        ("// ai.complete()\nconst text = 'aiClient.complete()'; inject(AIClient)", 0, []),
        (OPENAI + "const c = new OpenAI(); export { c }", 0, []),
        ("import { ai } from './ai'; ai.complete()", 0, []),
        # Into an SDK.
        (OPENAI + "new OpenAI().chat.create()", 0, ["2: calls OpenAI.chat.create()"]),
        (OPENAI + "const c = new OpenAI(); await c.chat.completions.create()", 0, ["2: calls c.chat.completions.create()"]),
        (OPENAI + "class A { c = new OpenAI(); f() { this.c.chat.create() } }", 0, ["2: calls this.c.chat.create()"]),
        (OPENAI + "class A { c; constructor() { this.c = new OpenAI() } f() { this.c.chat.create() } }", 0, ["2: calls this.c.chat.create()"]),
        ("import type OpenAI from 'openai'; class A { constructor(private c: OpenAI) {}\nf() { this.c.chat.create() } }", 0, ["2: calls this.c.chat.create()"]),
        (OPENAI + "const { chat } = new OpenAI(); chat.create()", 0, ["2: calls chat.create()"]),
        (OPENAI + "const aiClient = new OpenAI(); aiClient.chat.create()", 0, ["2: calls aiClient.chat.create()"]),
        ("import { generateText } from 'ai'; generateText()", 0, ["1: calls generateText()"]),
        ("import * as ai from 'ai'; ai.generateText()", 0, ["1: calls ai.generateText()"]),
        ("import { createX } from 'ai'; const x = createX(); x.ask(); const y = x.ask(); y.trim()", 0, ["1: calls createX()", "1: calls x.ask()", "1: calls x.ask()"]),
        ("const OpenAI = require('openai'); const c = new OpenAI(); c.chat.create()", 0, ["1: calls c.chat.create()"]),
        ("const c = new (require('openai').OpenAI)(); c.chat.create()", 0, ["1: calls c.chat.create()"]),
        ("const { OpenAI } = await import('openai'); const c = new OpenAI(); c.chat.create()", 0, ["1: calls c.chat.create()"]),
        (OPENAI + "const c = new OpenAI(); const a = await c.chat.create(); a.choices[0].text.parse()", 0, ["2: calls c.chat.create()"]),
        (OPENAI + "const f = (ai: AIClient) => { ai.complete(); new OpenAI().chat.create() }", 1, ["2: calls OpenAI.chat.create()"]),
    ],
)  # fmt: skip
def test_calls(code: str, through_port: int, outside: list[str]) -> None:
    found = facts(code, **AI)
    assert told(found.ai_calls_outside_port) == [f"{each} {OUTSIDE}" for each in outside]
    assert found.ai_calls == through_port + len(outside)


def test_what_implements_the_port_may_call_an_sdk() -> None:
    code = OPENAI + (
        "class Gateway implements AIClient { c = new OpenAI(); complete() { return this.c.chat.create() } }"
        "class Better extends Gateway { complete() { return this.c.chat.create() } }"
    )
    found = facts(code, **AI)
    assert (found.ai_calls, found.ai_calls_outside_port) == (2, ())


def test_a_client_is_followed_through_other_files() -> None:
    files = {
        "src/lib/client.ts": OPENAI + "export const client = new OpenAI()",
        "src/lib/index.ts": "import { client } from './client'; export const model = client",
        "src/use.ts": "import { model as m } from './lib';\nm.chat.create()",
        "src/other.ts": "import { model } from './elsewhere'; model.chat.create()",
    }
    assert facts(files, **AI).ai_calls_outside_port == (
        Finding(f"calls m.chat.create() {OUTSIDE}", "src/use.ts", 2),
    )


PORT = "class A { constructor(private ai: AIClient) {} f() { %s } }"


@pytest.mark.parametrize(
    ("call", "prompts"),
    [
        ("this.ai.complete('explain', '1.2.0', input)", ("explain",)),
        ("this.ai.complete({ promptId: 'explain', input })", ("explain",)),
        ('this.ai.complete({ "prompt": `explain` as PromptId })', ("explain",)),
        ("this.ai.complete(EXPLAIN)", ("explain",)),
        ("this.ai.complete('b'); this.ai.complete('a'); this.ai.complete('b')", ("a", "b")),
        ("this.ai.close()", ()),
        ("other.complete('explain')", ()),
    ],
)
def test_prompts_that_calls_of_the_port_name(call: str, prompts: tuple[str, ...]) -> None:
    found = collected("const EXPLAIN = 'explain';\n" + PORT % call, **AI)
    assert (found.facts.prompts, found.origins[0].not_understood) == (prompts, ())


@pytest.mark.parametrize(
    "given", ["text", "`explain ${kind}`", "{ input }", "...rest", "pick()", "{ promptId: id }"]
)
def test_a_prompt_that_only_a_run_shows_is_not_understood(given: str) -> None:
    [place] = collected(f"\n{PORT % f'this.ai.complete({given})'}", **AI).origins[0].not_understood
    assert (place.place.line, place.touches) == (2, PLACES["prompt"])


# Hosts of providers.

HOSTS = [
    "api.openai.com",
    "*.openai.azure.com",
    "bedrock-runtime.*.amazonaws.com",
    "*-aiplatform.googleapis.com",
]


@pytest.mark.parametrize(
    ("code", "host"),
    [
        ("fetch('https://api.openai.com/v1/chat')", "api.openai.com"),
        ("axios.create({ baseURL: 'https://API.OpenAI.com' })", "API.OpenAI.com"),
        ("https.request({ hostname: 'api.openai.com', path })", "api.openai.com"),
        ("undici.request(new URL('/v1', \"https://api.openai.com:443\"))", "api.openai.com"),
        ("new WebSocket('wss://eu.api.openai.com/v1')", "api.openai.com"),
        ("f(`https://${'api.openai.com'}/v1`)", "api.openai.com"),
        ("got.post(`https://${name}.openai.azure.com/openai`)", "x.openai.azure.com"),
        ("f(`https://bedrock-runtime.${region}.amazonaws.com`)", "bedrock-runtime.x.amazonaws.com"),
        ("f(`https://${a.b}-aiplatform.googleapis.com/v1`)", "x-aiplatform.googleapis.com"),
    ],
)
@pytest.mark.parametrize("name", ["src/a.ts", "src/a.mjs", "src/a.tsx"])
def test_a_host_is_found_whatever_calls_it(code: str, host: str, name: str) -> None:
    files = {name: f"// a\n{code}", "src/b.ts": "b()"}
    assert facts(files, llm_hosts=HOSTS).llm_hosts_named == (Finding(f"names {host}", name, 2),)


@pytest.mark.parametrize(
    "code",
    [
        "// see https://api.openai.com/docs\nf()",
        "f('https://platform.openai.com/docs')",
        "f('https://myapi.openai.com.example.org')",
        "f('https://api.openai.community')",
        "const api = { openai: { com: 1 } }; f(api.openai.com)",
    ],
)
def test_what_is_no_host_of_a_provider(code: str) -> None:
    assert facts(code, llm_hosts=HOSTS).llm_hosts_named == ()


# What cannot be read.


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("const a = 1;\nclass A {\n", "line 2: not valid TypeScript"),
        ("f(1)\n}\ng(2)", "line 2: not valid TypeScript"),
        ("const a = `never closed", "line 1: not valid TypeScript"),
        ("const a = 1\n/* never closed", "line 2: not valid TypeScript"),
        ("f()\nimport defer * as x from 'express'\ng()", "line 2: not valid TypeScript"),
        ("const A = styled.div<{ a: any }>`x`; f()", "line 1: not valid TypeScript"),
        ("this is no code at all, any of it; f()", "line 1: not valid TypeScript"),
        (b"const a = '\xff'", "line 1: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"\x7fELF\x02\x01\x00", "a zero byte, so the file is not text"),
        ("a;" * 10_000_001, "the file has 20,000,002 bytes; at most 20,000,000 are read"),
        ("(" * 50_000, "line 1: not valid TypeScript"),
    ],
    ids=[str(number) for number in range(11)],
)
def test_what_cannot_be_parsed(code: str | bytes, reason: str) -> None:
    assert outcome({"src/b.ts": code}) == f"unreadable: src/b.ts: {reason}"
    (place,) = collected({"src/a.ts": "f()", "src/b.ts": code}).origins[0].not_understood
    assert (place.place, place.touches) == (Finding(reason, "src/b.ts"), PLACES["file"])


def test_calls_may_hide_in_what_cannot_be_read() -> None:
    files = {"src/a.ts": "const A = styled.div<{ b: c }>`${f()}`\nfunction f(ai: AIClient) { ai.complete() }"}
    reason = "src/a.ts: a part of it cannot be parsed, and may contain calls of a model"
    assert outcome(files, **AI) == f"unreadable: {reason}"
    assert outcome(files) == "collected"


@pytest.mark.parametrize(
    ("files", "options", "expected"),
    [
        ({}, {}, "absent: src has no source file"),
        ({"src/README.md": "any"}, {}, "absent: src has no source file"),
        ({"src/a.test.ts": "f()", "src/a.d.ts": "f()"}, {}, "absent: src has no source file"),
        (
            {"src/a.ts": "f()"},
            {"include": "**/domain/**/*.ts"},
            "absent: src has no source file that matches **/domain/**/*.ts",
        ),
    ],
)
def test_where_there_is_no_source(files: Mapping[str, str], options: Any, expected: str) -> None:
    assert outcome(files, **options) == expected


@pytest.mark.parametrize(
    "line",
    [
        "impor a from 'koa';",
        "IMPORT a from 'koa';",
        "7 a from 'koa';",
        'null a, { b } from "koa";',
        "importa from `koa`;",
    ],
)
def test_a_misspelt_import_is_not_left_out(line: str) -> None:
    assert (
        outcome({"src/a.ts": f"f();\n{line}\ng();"}) == "unreadable: src/a.ts: line 2: not valid TypeScript"
    )


def test_every_language_that_a_tree_may_have_is_listed() -> None:
    names = {source._language_of(extension) for extension in (*source._languages(), *UNREAD)}
    assert names == LANGUAGES
