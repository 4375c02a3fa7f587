"""TypeScript source trees."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import chosen, fixture, tree
from gatekeeper.collectors.typescript import _files, _imports
from gatekeeper.collectors.typescript import read as typescript
from gatekeeper.collectors.typescript.facts import TypescriptFacts
from gatekeeper.model.evidence import Absent, Finding, Unreadable


def facts(files: Mapping[str, bytes | str] | str, path: str = "src", **options: Any) -> Any:
    given = {"src/a.ts": files} if isinstance(files, str) else files
    return typescript.collect(tree(given, path), options).facts


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
    files = {"src/domain/order.ts": fixture("typescript", "order.ts")}
    collected = typescript.collect(tree(files), {"frameworks": ["express"], **AI})
    where = "src/domain/order.ts"
    assert (collected.format, collected.produced_at) == ("typescript", None)
    assert collected.facts == TypescriptFacts(
        files=(where,),
        folders=("domain", "src"),
        framework_imports=(Finding("imports express", where, 2),),
        any_types=(Finding("the type any", where, 5), Finding("the type any", where, 65)),
        aggregates=("Order",),
        aggregates_without_invariants=(
            Finding("Order: rename changes its state and checks nothing", where, 49),
        ),
        value_objects=("Money",),
        value_objects_without_equals=(),
        llm_sdk_imports=(Finding("imports openai", where, 3),),
        ai_calls=2,
        ai_calls_outside_port=(
            Finding(
                "calls this.client.chat.completions.create() of an SDK instead of the port AIClient",
                where,
                66,
            ),
        ),
        files_without_code=(),
    )


def test_what_the_slot_does_not_ask_for_is_null() -> None:
    nothing = {"framework_imports": None, "llm_sdk_imports": None}
    nothing |= {"ai_calls": None, "ai_calls_outside_port": None}
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
        ("src/test.ts", True),
        ("src/contest.ts", True),
        ("src/order.js", False),
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
    assert _files.is_source(path) is expected


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
    found = facts("export type Id = any;")
    assert (found.files, found.files_without_code, len(found.any_types)) == (None, ("src/a.ts",), 1)


def test_include_selects_files_but_not_folders() -> None:
    files = {
        "shop/src/domain/order.ts": "order()",
        "shop/src/domain/order.test.ts": "let x: any",
        "shop/src/ports/orders.ts": "let x: any",
        "shop/docs/README.md": "any",
    }
    found = facts(files, path="shop/src", include="**/domain/**/*.ts")
    assert (found.files, found.any_types) == (("shop/src/domain/order.ts",), ())
    assert found.folders == ("docs", "domain", "ports", "src")
    assert facts(files, path="shop/src/**/*.ts").folders == ("docs", "domain", "ports", "src")


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
    ],
)
def test_which_packages_a_pattern_means(pattern: str, specifier: str, *, expected: bool) -> None:
    assert _imports.chooser(["koa", pattern])(specifier) is expected


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
    assert told(facts(code, frameworks=["express"]).framework_imports) == expected
    assert told(facts(code, llm_sdks="express").llm_sdk_imports) == expected


# The type any.


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("let a: any", [1]),
        ("let a: any[]; let b: Array<any>", [1, 1]),
        ("const a = b as any", [1]),
        ("const a = <any>b", [1]),
        ("const a = b as unknown as Promise<any>", [1]),
        ("function f(a?: any, ...b: any[]): any {}", [1, 1, 1]),
        ("type A = { [key: string]: any }\ntype B<T = any> = T | any", [1, 2, 2]),
        ("class A { a: any; b(c: any) {} }", [1, 1]),
        ("interface A { a(b: any): void }", [1]),
        ("function isA(a: any): a is A {}", [1]),
        ("try {} catch (e: any) {}", [1]),
        ("type A = (any) => void", []),  # a parameter's name
        ("// any\n/* as any */ /** @type {any} */ const a = 'any'; const b = `any`; const c = /any/", []),
        ("const any = 1; f(any); a.any; enum E { any }; class B { any() {} }", []),
        ("type A = Company<Many, Any>", []),
    ],
)
def test_any(code: str, lines: list[int]) -> None:
    found = facts(code).any_types
    assert [finding.line for finding in found] == lines
    assert all(finding.file == "src/a.ts" for finding in found)


def test_jsx_is_read_in_tsx_only() -> None:
    found = facts({"src/a.tsx": "const a = <p title='any'>any</p>; const b = c as any"})
    assert len(found.any_types) == 1
    assert outcome({"src/a.ts": "const a = <p title='any'>any</p>;"}).startswith("unreadable")


# Aggregates and value objects.

ROOT = "export abstract class AggregateRoot<T> { constructor(readonly props: T) {} }"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{ROOT} class Order extends AggregateRoot<Props> {{}}", ("Order",)),
        ("import { AggregateRoot } from '@acme/ddd'; class Order extends AggregateRoot {}", ("Order",)),
        ("import { AggregateRoot as Base } from '@acme/ddd'; class Order extends Base {}", ("Order",)),
        ("import * as ddd from '@acme/ddd'; class Order extends ddd.AggregateRoot<Props> {}", ("Order",)),
        ("import { Aggregate } from 'x'; export default class Order extends Aggregate {}", ("Order",)),
        (
            "import { EventSourcedAggregateRoot } from 'x'; class A extends EventSourcedAggregateRoot {}",
            ("A",),
        ),
        (f"{ROOT} class Order extends Audited(AggregateRoot) {{}}", ("Order",)),
        (f"{ROOT} export const Order = class extends AggregateRoot {{}}", ("Order",)),
        (f"{ROOT} export default class extends AggregateRoot {{}}", ("a",)),
        (f"{ROOT} abstract class Paper extends AggregateRoot {{}} class Bill extends Paper {{}}", ("Bill",)),
        (f"{ROOT} class A extends AggregateRoot {{}} class B extends A {{}}", ("A", "B")),
        ("interface AggregateRoot {} class Order implements AggregateRoot {}", ("Order",)),
        ("interface Root extends AggregateRoot {} class Order implements Serializable, Root {}", ("Order",)),
        ("/** @aggregate */\nclass Order {}", ("Order",)),
        ("/**\n * Keeps lines.\n * @aggregateRoot\n */\n@Entity()\nexport class Order {}", ("Order",)),
        ("/** @aggregate */\n// eslint-disable-next-line\nexport default class Order {}", ("Order",)),
        ("/** @aggregate */ abstract class Base {} class Order extends Base {}", ("Order",)),
        # None of these is one.
        ("/** No @aggregate of its own. */ class Order {}", ()),
        ("// @aggregate\nclass Order {}", ()),
        ("/** @aggregated */ class Order {}", ()),
        ("/** @aggregate */ const a = 1; class Order {}", ()),
        (ROOT, ()),
        ("class AggregateRoot extends Entity {} class Aggregate {}", ()),
        ("class Order extends Entity { root: AggregateRoot }", ()),
        ("class Orders extends Repository<AggregateRoot> {}", ()),
        ("class Order extends AggregateRootFactory {}", ()),
        ("const text = 'class Order extends AggregateRoot {}'", ()),
        ("declare class Order extends Missing {}", ()),
        ("class A extends B {} class B extends A {}", ()),
    ],
)
def test_aggregates(code: str, expected: tuple[str, ...]) -> None:
    assert facts(code).aggregates == expected
    as_value = code.replace("AggregateRoot", "ValueObject").replace("aggregateRoot", "valueObject")
    as_value = as_value.replace("@aggregate ", "@valueObject ").replace("Aggregate", "ValueObject")
    assert facts(as_value).value_objects == expected


@pytest.mark.parametrize(
    ("specifier", "at"),
    [
        ("../shared/root", "src/shared/root.ts"),
        ("../shared/root.js", "src/shared/root.ts"),
        ("../shared/root.ts", "src/shared/root.ts"),
        ("../shared/root", "src/shared/root/index.ts"),
        ("../shared", "src/shared/index.ts"),
        ("@shared/root", "src/shared/root.ts"),
        ("src/shared/root", "src/shared/root.ts"),
        ("@acme/ddd", "packages/ddd/src/index.ts"),
    ],
)
def test_inheritance_across_files(specifier: str, at: str) -> None:
    # The base has a name that says nothing, so that only its file can tell.
    base = "export abstract class Base extends AggregateRoot {}"
    order = f"import {{ Base }} from '{specifier}'; export class Order extends Base {{}}"
    files = {at: base, "src/domain/order.ts": order, "src/domain/other.ts": ""}
    assert facts(files, include="src/domain/*.ts").aggregates == ("Order",)


@pytest.mark.parametrize(
    "barrel",
    [
        "export * from './base'",
        "export { Base } from './base'",
        "export { Base as default } from './base'; export * from './base'",
        "import { Base } from './base'; export { Base }",
        "export * from './base2'",
    ],
)
def test_inheritance_through_barrels(barrel: str) -> None:
    files = {
        "src/ddd/index.ts": barrel,
        "src/ddd/base.ts": "abstract class B extends AggregateRoot {} export { B as Base }",
        "src/ddd/base2.ts": "export * from './index'; export * from './base'",
        "src/order.ts": "import { Base } from './ddd'; class Order extends Base {}",
    }
    assert facts(files).aggregates == ("Order",)


def test_default_exports_are_followed() -> None:
    files = {
        "src/base.ts": "abstract class Base extends AggregateRoot {} export default Base",
        "src/order.ts": "import Root from './base'; class Order extends Root {}",
    }
    assert facts(files).aggregates == ("Order",)


def test_exports_in_a_circle_come_to_an_end() -> None:
    files = {
        "src/a.ts": "export * from './b'",
        "src/b.ts": "export * from './a'",
        "src/order.ts": "import { Base } from './a'; class Order extends Base {}",
    }
    assert facts(files).aggregates == ()


def test_only_the_aggregates_of_the_scope() -> None:
    code = f"{ROOT} class Order extends AggregateRoot {{}} class Cart extends AggregateRoot {{}}"
    found = facts(code, aggregates=("Cart",))
    assert found.aggregates == ("Cart",)
    assert told(found.aggregates_without_invariants) == [
        "1: Cart: neither its constructor nor a factory checks anything"
    ]


# equals().

VALUE = "abstract class ValueObject { equals(other) { return true } }"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{VALUE} class Money extends ValueObject {{}}", []),
        (f"{VALUE} abstract class Amount extends ValueObject {{}} class Money extends Amount {{}}", []),
        ("class Money extends ValueObject { equals(other: Money) { return true } }", []),
        ("class Money extends ValueObject { equals = (other: Money) => true }", []),
        ("/** @valueObject */ class Money { equals(other: Money): boolean { return true } }", []),
        ("/** @valueObject */\nclass Money {}", ["2: Money has no equals()"]),
        ("abstract class ValueObject {} class Money extends ValueObject {}", ["1: Money has no equals()"]),
        # A promise is no method.
        (
            "abstract class ValueObject { abstract equals(other): boolean } class M extends ValueObject {}",
            ["1: M has no equals()"],
        ),
        (
            "interface ValueObject { equals(other): boolean } class M implements ValueObject {}",
            ["1: M has no equals()"],
        ),
        ("class M extends ValueObject { static equals(a, b) { return true } }", ["1: M has no equals(); its base ValueObject is not in the tree"]),
        ("class M extends ValueObject { isEqual(a) {} }", ["1: M has no equals(); its base ValueObject is not in the tree"]),
    ],
)  # fmt: skip
def test_equals(code: str, expected: list[str]) -> None:
    assert told(facts(code).value_objects_without_equals) == expected


def test_equals_of_a_base_that_is_not_selected() -> None:
    files = {
        "src/kernel/value-object.ts": f"export {VALUE}",
        "src/domain/money.ts": "import { ValueObject } from '@kernel/value-object';\n"
        "export class Money extends ValueObject {}",
    }
    found = facts(files, include="**/domain/**")
    assert (found.files, found.value_objects) == (("src/domain/money.ts",), ("Money",))
    assert found.value_objects_without_equals == ()


# Invariants.

CREATION = "neither its constructor nor a factory checks anything"
COMMAND = "changes its state and checks nothing"


def flaws(body: str, before: str = "") -> list[str]:
    code = f"{ROOT}\n{before}\nclass A extends AggregateRoot {{\n{body}\n}}"
    found = facts(code).aggregates_without_invariants
    return [finding.message.removeprefix("A: ") for finding in found]


@pytest.mark.parametrize(
    ("body", "checks"),
    [
        ("constructor(n) { super(); if (n < 0) throw new Error() }", True),
        ("constructor(n) { super(); invariant(n >= 0, 'negative') }", True),
        ("constructor(n) { super(); assert.ok(n) }", True),
        ("constructor(n) { super(); Guard.againstNegative(n) }", True),
        ("constructor(n) { super(); Schema.parse(n) }", True),
        ("constructor(ns) { super(); ns.forEach((n) => this.one(n)) } private one(n) { ensurePositive(n) }", True),
        ("constructor(n) { super(); A.sure(n) } private static sure(n) { if (!n) throw new Error() }", True),
        ("constructor(n) { super(); this.constructor.sure(n) } static sure(n) { throw new Error() }", True),
        ("private constructor() { super() } static create(n) { if (!n) return Result.fail('no'); return new A() }", True),
        ("static create(n): Result<A, Error> { return n ? ok(new A()) : err('no') }", True),
        ("static of(n) { return n ? right(new A()) : left('no') }", True),
        ("static of(n) { const r = Email.create(n); if (r.isFailure) return r; return new this() }", True),
        ("static placed(n): A { this.sure(n); return make() } static sure(n) { throw new Error() }", True),
        ("constructor(m) { super(); this.m = Money.of(m) }", True),
        ("constructor(m) { super(); this.m = new Money(m) }", True),
        # Nothing of this keeps anybody from making what must not be.
        ("", False),
        ("constructor(readonly n: number) { super() }", False),
        ("constructor(n) { super(); this.validate(n) } validate(n) { }", False),
        ("constructor(n) { super(); this.n = JSON.parse(n); console.error(n); new Guard(n) }", False),
        ("constructor(n) { super(); const fs = require('fs') }", False),
        ("static create(n) { return new A() }", False),
        ("static sure(n) { if (!n) throw new Error() }", False),
        ("check(n) { if (!n) throw new Error() }", False),
        ("// throw new Error()\nconstructor() { super(); log('throw') }", False),
        ("constructor(m) { super(); this.m = new Label(m) }", False),
        ("constructor(m); constructor(m, n?) { super() }", False),
    ],
)  # fmt: skip
def test_creation(body: str, *, checks: bool) -> None:
    money = f"{VALUE} class Money extends ValueObject {{ constructor(n) {{ super(); if (!n) throw new Error() }} static of(n) {{ return new Money(n) }} }}"
    label = "class Label extends ValueObject {}"
    assert flaws(body, f"{money} {label}") == ([] if checks else [CREATION])


def test_a_base_that_asks_its_descendants_to_validate() -> None:
    base = (
        "abstract class Entity {{ constructor(p) {{ if (!p) throw new Error(); this.validate() }} }}"
        "abstract class AggregateRoot extends Entity {{}}"
        "class A extends AggregateRoot {{ validate() {{ {} }} }}"
    )
    assert facts(base.format("if (this.n < 0) throw new Error()")).aggregates_without_invariants == ()
    # What the base refuses on its own, such as no properties at all, is no invariant of the aggregate.
    assert told(facts(base.format("")).aggregates_without_invariants) == [f"1: A: {CREATION}"]


MADE = "constructor(n) { super(); ensure(n) }\n"


@pytest.mark.parametrize(
    ("body", "unguarded"),
    [
        # These check.
        ("place() { if (this.placed) throw new Error(); this.placed = true }", None),
        ("place(): Result { if (!this.ok()) return Result.fail('no'); this.placed = true }", None),
        ("place() { this.ensureOpen(); this.placed = true } private ensureOpen() { throw new Error() }", None),
        ("place() { this.placed = true; this.sure() } #sure() {} private sure() { this.really() } private really() { assert(1) }", None),
        ("pay(n) { this.paid = Money.of(n) }", None),
        ("pay = (n) => { ensure(n); this.paid = n }", None),
        # These change nothing unless a condition holds.
        ("place() { if (!this.placed) { this.placed = true } }", None),
        ("place() { if (this.placed) return; this.placed = true }", None),
        ("place() { if (this.placed) { log(); return } this.placed = true }", None),
        ("place() { this.open && this.lines.push(1) }", None),
        # These are no commands.
        ("get total() { return (this.cache = 1) }", None),
        ("private put() { this.a = 1 }", None),
        ("protected put() { this.a = 1 }", None),
        ("#put() { this.a = 1 }", None),
        ("static put() { this.a = 1 }", None),
        ("total() { let sum = 0; sum += 1; const own = { a: 1 }; own.a = 2; return sum }", None),
        ("withTax() { return this.total.add(this.tax) }", None),
        ("sorted() { return [...this.lines].sort() }", None),
        ("copy() { return new A({ ...this.props, a: 1 }) }", None),
        ("put(): void", None),
        ("abstract put(): void", None),
        ("onPlaced(event: OrderPlaced) { this.placed = true }", None),
        ("protected apply(event: PlacedEvent) { this.placed = true }", None),
        # These change state, and check nothing.
        ("put(n) { this.n = n }", "put"),
        ("public async put(n) { this.props.n = n }", "put"),
        ("put(n) { this.props['n'] = n }", "put"),
        ("put() { this.n++ }", "put"),
        ("put() { this.n! += 1 }", "put"),
        ("put() { delete this.n }", "put"),
        ("put(n) { [this.a, this.b] = n }", "put"),
        ("put(n) { Object.assign(this.props, n) }", "put"),
        ("put(n) { Object.assign(this, n) }", "put"),
        ("put(n) { this.lines.push(n) }", "put"),
        ("put(n) { return this.lines.splice(n, 1) }", "put"),
        ("put(n) { this.props.votes.add(n) }", "put"),
        ("put(n) { const { lines } = this; lines.push(n) }", "put"),
        ("put(n) { const props = this.props; props.n = n }", "put"),
        ("put(n) { this.lines.find((l) => l.id === n).quantity = 0 }", "put"),
        ("put(n) { const line = this.lines.get(n)!; line.changeQuantity(1) }", "put"),
        ("put(n) { for (const line of this.lines) { line.n = n } }", "put"),
        ("put(n) { this.really(n) } private really(n) { this.n = n }", "put"),
        ("put(n) { this.apply(new Put(n)) }", "put"),
        ("put = (n) => { this.n = n }", "put"),
        ("set n(n) { this.props.n = n }", "set n"),
        ("put(n) { if (n) { this.a = 1 } else { this.b = 1 } }", "put"),
        ("put(n) { if (n) return; this.a = 1 } put2(n) { this.b = 1; if (n) return; this.a = 1 }", "put2"),
        ("put(n) { if (n) log(); this.a = 1 }", "put"),
        ("put(n) { this.validate(); this.n = n } private validate() {}", "put"),
        ("onClick(n) { this.n = n }", "onClick"),
        ("applyDiscount(n: number) { this.n = n }", "applyDiscount"),
        ("checkout() { this.n = 1; checkoutDone() }", "checkout"),
    ],
)  # fmt: skip
def test_commands(body: str, unguarded: str | None) -> None:
    money = f"{VALUE} class Money extends ValueObject {{ static of(n) {{ throw new Error() }} }}"
    assert flaws(MADE + body, money) == ([f"{unguarded} {COMMAND}"] if unguarded else [])


def test_each_unguarded_command_has_its_line() -> None:
    code = f"{ROOT}\nclass A extends AggregateRoot {{\n{MADE}a() {{ this.a = 1 }}\nb() {{ this.b = 1 }}\n}}"
    assert told(facts(code).aggregates_without_invariants) == [
        f"4: A: a {COMMAND}",
        f"5: A: b {COMMAND}",
    ]


def test_commands_are_inherited_but_not_from_the_root() -> None:
    files = {
        "src/root.ts": "export abstract class AggregateRoot { clear() { this.events = [] } }",
        "src/paper.ts": "import { AggregateRoot } from './root';\n"
        "export abstract class Paper extends AggregateRoot {\nprint() { this.printed = true }\nsign() { this.s = 1 } }",
        "src/bill.ts": "import { Paper } from './paper';\n"
        "export class Bill extends Paper { constructor() { super(); ensure(1) }\nsign() { ensure(2); super.sign() } }",
    }
    assert facts(files).aggregates_without_invariants == (
        Finding(f"Bill: print {COMMAND}", "src/paper.ts", 3),
    )


def test_a_name_like_that_of_a_base_makes_no_base() -> None:
    code = f"{ROOT} class OrderAggregateRoot extends AggregateRoot {{ {MADE} put(n) {{ this.n = n }} }}"
    found = facts(code)
    assert found.aggregates == ("OrderAggregateRoot",)
    assert [flaw.message for flaw in found.aggregates_without_invariants] == [
        f"OrderAggregateRoot: put {COMMAND}"
    ]


def test_classes_of_one_name_are_told_apart() -> None:
    code = "\nexport class Order extends AggregateRoot { constructor() { super() } }"
    found = facts({"src/a/order.ts": code.replace("super()", "ensure(1)"), "src/b/order.ts": code})
    assert found.aggregates == ("Order",)
    assert found.aggregates_without_invariants == (Finding(f"Order: {CREATION}", "src/b/order.ts", 2),)


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


# What cannot be read.


@pytest.mark.parametrize(
    "code",
    [
        "export type * from './types'; let a: string",
        "export type * as t from './types'",
        "export interface Source<out T> { get(): T }",
        "export const Label = styled.div<{ wide: boolean }>`width: 1px`; let a: string",
        "type Handler = { onChange: (string) => void; ready: (boolean) => void }",
        "class A { handler: (string) => boolean; b: string }",
        "class A { @Dec() declare readonly x: string; static { f() } accessor y = 1; #z?: string }",
        "const a = { b: 1 } satisfies B; using c = d(); for await (const x of y) {}",
        "import a from './a.json' with { type: 'json' }",
        "\ufeffexport const a = 1",
        "const a = 1;\r\nconst b = 2;\r\n",
    ],
)
def test_what_the_grammar_does_not_know_but_hides_nothing(code: str) -> None:
    found = facts({"src/a.ts": code})
    assert (found.any_types, found.aggregates) == ((), ())


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
        ("const a = 1".encode("utf-16"), "a zero byte, so the file is not text"),
        (b"\x7fELF\x02\x01\x00", "a zero byte, so the file is not text"),
        ("a;" * 10_000_001, "the file has 20,000,002 bytes; at most 20,000,000 are read"),
        ("(" * 50_000, "line 1: not valid TypeScript"),
    ],
    ids=[str(number) for number in range(12)],
)
def test_what_is_unreadable(code: str | bytes, reason: str) -> None:
    assert outcome({"src/a.ts": "f()", "src/b.ts": code}) == f"unreadable: src/b.ts: {reason}"


def test_an_aggregate_must_be_legible_whole() -> None:
    files = {"src/a.ts": "class A extends AggregateRoot { b: string; ? c: string }\nf()"}
    assert outcome(files) == "unreadable: src/a.ts: line 1: the class A cannot be parsed"


def test_calls_may_hide_in_what_cannot_be_read() -> None:
    files = {"src/a.ts": "const A = styled.div<{ b: c }>`${f()}`\nfunction f(ai: AIClient) { ai.complete() }"}
    reason = "src/a.ts: a part of it cannot be parsed, and may contain calls of a model"
    assert outcome(files, **AI) == f"unreadable: {reason}"
    assert outcome(files) == "collected"


@pytest.mark.parametrize("depth", [5_000])
@pytest.mark.parametrize(
    ("before", "inner", "after"),
    [
        ("[", "1", "]"),
        ("let a: ", "any", ""),
        ("Array<", "any", ">"),
        ("f()", "", ".f()"),
        ("f(", "import('openai')", ")"),
        ("namespace A {", "", "}"),
        ("class A extends AggregateRoot { f() { {", "this.a = 1", "}}}"),
        ("class A extends AggregateRoot { a = ", "1", "}"),
        ("const {a = () => { ", "", "}} = this;"),
        ("a = (", "b", ")"),
        ("new A(", "b", ")"),
        ("/** @aggregate */ class A { f() {", "", "} }"),
        ("this.get().lines", "", ".push(this.get())"),
    ],
)
def test_however_deep(before: str, inner: str, after: str, depth: int) -> None:
    method = f"class B extends AggregateRoot {{ f() {{ {before * depth}{inner}{after * depth} }} }}"
    for code in (before * depth + inner + after * depth, method):
        told = outcome({"src/a.ts": code}, **AI)
        assert told == "collected" or told.startswith("unreadable: src/a.ts: ")


@pytest.mark.long
def test_however_long_a_line_of_ancestors() -> None:
    code = "".join(f"class A{number} extends A{number + 1} {{}}\n" for number in range(2000))
    assert facts(code + "class A2000 extends AggregateRoot {}").aggregates[-1] == "A2000"


@pytest.mark.parametrize(
    ("files", "options", "expected"),
    [
        ({}, {}, "absent: src has no TypeScript source"),
        ({"src/README.md": "any"}, {}, "absent: src has no TypeScript source"),
        ({"src/a.test.ts": "f()", "src/a.d.ts": "f()"}, {}, "absent: src has no TypeScript source"),
        (
            {"src/a.ts": "f()"},
            {"include": "**/domain/**/*.ts"},
            "absent: src has no TypeScript source that matches **/domain/**/*.ts",
        ),
    ],
)
def test_where_there_is_no_source(files: Mapping[str, str], options: Any, expected: str) -> None:
    assert outcome(files, **options) == expected
