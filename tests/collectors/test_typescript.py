"""What only TypeScript can say about a source tree."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import fixture, tree
from gatekeeper.collectors.source import read as source
from gatekeeper.collectors.typescript import read as typescript
from gatekeeper.collectors.typescript.facts import TypescriptFacts
from gatekeeper.model.evidence import Absent, Finding, Unreadable, known
from gatekeeper.plugins import KindReader


def facts(files: Mapping[str, bytes | str] | str, path: str = "src", **options: Any) -> Any:
    given = {"src/a.ts": files} if isinstance(files, str) else files
    return typescript.collect(tree(given, path), options).facts


def outcome(files: Mapping[str, bytes | str], reader: KindReader = typescript, **options: Any) -> str:
    try:
        reader.collect(tree(files, "src"), options)
    except Absent as reason:
        return f"absent: {reason}"
    except Unreadable as reason:
        return f"unreadable: {reason}"
    return "collected"


def told(findings: tuple[Finding, ...]) -> list[str]:
    """Findings, short enough for a table."""
    return [f"{finding.line}: {finding.message}" for finding in findings]


def test_a_file_with_some_of_everything() -> None:
    files = {"src/domain/order.ts": fixture("typescript", "order.ts")}
    collected = typescript.collect(tree(files), {})
    where = "src/domain/order.ts"
    assert (collected.format, collected.produced_at) == ("typescript", None)
    assert collected.facts == TypescriptFacts(
        files=(where,),
        any_types=(Finding("the type any", where, 5), Finding("the type any", where, 65)),
        aggregates=("Order",),
        aggregates_without_invariants=(
            Finding("Order: rename changes its state and checks nothing", where, 49),
        ),
        commands_without_precondition=(),
        value_objects=("Money",),
        value_objects_without_equals=(),
    )


def test_files_in_other_languages_are_not_read() -> None:
    files = {"src/a.ts": "a()", "src/C.java": "any", "src/types.ts": "type A = any"}
    found = facts(files)
    assert (found.files, len(found.any_types)) == (("src/a.ts",), 1)


def test_javascript_is_read_and_has_no_types() -> None:
    files = {
        "src/root.mjs": "export class Base extends AggregateRoot {}",
        "src/order.js": "import { Base } from './root.mjs'; /** @type {any} */ const a = <p>any</p>;\n"
        "module.exports = class Order extends Base { put(n) { this.n = n } }",
    }
    found = facts(files)
    assert (found.aggregates, found.files) == (("Order", "Base"), ("src/order.js", "src/root.mjs"))
    assert told(found.any_types) == ["1: JavaScript, in which everything has the type any"] * 2
    assert "1: Base: neither its constructor nor a factory checks anything" in told(
        found.aggregates_without_invariants
    )


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
        ("type A = (any) => void", [1]),  # a parameter's name, and it has no type
        ("// any\n/* as any */ /** @type {any} */ const a = 'any'; const b = `any`; const c = /any/", []),
        ("const any = 1; f(any); a.any; enum E { any }; class B { any() {} }", []),
        ("type A = Company<Many, Any>", []),
    ],
)
def test_any(code: str, lines: list[int]) -> None:
    found = facts(code).any_types
    assert [finding.line for finding in found] == lines
    assert all(finding.file == "src/a.ts" for finding in found)


IMPLICIT = [
    "function f(a) { return a; }",
    "function f(...a) { return a; }",
    "function f({ a, b }) { return a; }",
    "function f(a: number, b?) { return b; }",
    "async function* f(a) { yield a; }",
    "const f = (a) => a;",
    "const f = a => a;",
    "const f = async a => a;",
    "let f = function (a) { return a; };",
    "export default (a) => a;",
    "const f = { g(a) { return a; } };",
    "const f = { g: (a) => a };",
    "const f = { g: { h: (a) => a } } as const;",
    "class A { f(a) { return a; } }",
    "class A { constructor(a) { f(a); } }",
    "class A { constructor(private readonly a) {} }",
    "class A { static f(a) { return a; } }",
    "class A { f = (a) => a; }",
    "class A { set a(b) { f(b); } }",
    "class A { a; }",
    "class A implements B { f(a) { return a; } }",
    "abstract class A { abstract f(a): void; }",
    "interface A { f(a): void }",
    "interface A { a }",
    "interface A { (a): void }",
    "interface A { new (a): A }",
    "type A = { a };",
    "type A = (a) => void;",
    "declare function f(a): void;",
    "function f(a): void; function f(a: number) { return a; }",
]
TYPED = [
    "function f(a: number, b = 1) { return a + b; }",
    "function f(this: A) { return this; }",
    "const f: F = (a) => a;",
    "const f: Record<string, F> = { g: (a) => a };",
    "const f = { g: (a) => a } satisfies Record<string, F>;",
    "const f = as.map((a) => a.b);",
    "const f = as.map(a => a.b).reduce((a, b) => a + b);",
    "f({ g: (a) => a, h(a) { return a; } });",
    "function f(): F { return (a) => a; }",
    "class A { f: F = (a) => a; }",
    "class A { get a() { return 1; } set a(b) { f(b); } }",
    "class A { private a; constructor(b: number) { this.a = b; } }",
    "class A { a = 1; }",
    "interface A { a: number; f(b: number): void }",
    "for (const a of as) { f(a); } try { f(); } catch (a) { f(a); }",
]


@pytest.mark.parametrize("code", IMPLICIT)
def test_what_has_no_type_has_the_type_any(code: str) -> None:
    [flaw] = facts(f"\n{code}").any_types
    assert (flaw.line, flaw.message.rpartition(" ")[0][-6:]) == (2, "has no")


@pytest.mark.parametrize("code", TYPED)
def test_what_gets_a_type_from_its_place_is_not_any(code: str) -> None:
    assert facts(code).any_types == ()


@pytest.mark.parametrize(
    ("code", "is_any"),
    [
        ("const a = JSON.parse(b);", True),
        ("const a: Order = JSON.parse(b);", True),
        ("const a = JSON.parse(b) as Order;", True),
        ("const a = JSON.parse(b).total;", True),
        ("const a = (JSON.parse(b));", True),
        ("const f = (b: string) => JSON.parse(b);", True),
        ("function f(b: string) { return JSON.parse(b); }", True),
        ("function f(b: string): Order { return JSON.parse(b); }", True),
        ("total(JSON.parse(b));", True),
        ("const a: unknown = JSON.parse(b);", False),
        ("const a = JSON.parse(b) as unknown;", False),
        ("const a = JSON.parse(b) as unknown as Order;", False),
        ("function f(b: string): unknown { return JSON.parse(b); }", False),
        ("const f = (b: string): unknown => JSON.parse(b);", False),
        ("const a = OrderSchema.parse(JSON.parse(b));", False),
        ("const a = OrderSchema.safeParse(JSON.parse(b));", False),
        ("if (isOrder(JSON.parse(b))) f();", False),
        ("JSON.parse(b);", False),
        ("const a = JSON.stringify(b); const c = parser.parse(b);", False),
    ],
)
def test_what_json_parse_returns_is_any_unless_it_is_checked(code: str, *, is_any: bool) -> None:
    assert [flaw.message for flaw in facts(code).any_types] == ["JSON.parse() returns the type any"] * is_any


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ("// @ts-ignore", "@ts-ignore"),
        ("  //@ts-expect-error: it is a number", "@ts-expect-error"),
        ("/* @ts-nocheck */", "@ts-nocheck"),
        ("/**\n * @ts-ignore\n */", "@ts-ignore"),
        ("// no @ts-ignore here", ""),
        ("// @ts-ignored", ""),
        ("'// @ts-ignore';", ""),
    ],
)
def test_a_comment_that_silences_the_compiler_hides_what_it_knows(comment: str, name: str) -> None:
    said = [flaw.message for flaw in facts(f"f();\n{comment}\ng();").any_types]
    assert said == ([f"{name} hides what the compiler reports"] if name else [])


def test_text_in_utf_16_with_its_mark_is_text() -> None:
    assert facts({"src/a.ts": "let a: any".encode("utf-16")}).any_types == (
        Finding("the type any", "src/a.ts", 1),
    )


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

EMPTY = "abstract class ValueObject {}"
VALUE = "abstract class ValueObject { equals(other) { return this.n === other.n } }"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{VALUE} class Money extends ValueObject {{}}", []),
        (f"{VALUE} abstract class Amount extends ValueObject {{}} class Money extends Amount {{}}", []),
        ("class Money extends ValueObject { equals(other: Money) { return other.n === this.n } }", []),
        ("class Money extends ValueObject { equals = (other: Money) => other.n === this.n }", []),
        ("/** @valueObject */ class Money { equals(other: Money): boolean { return other.n === this.n } }", []),
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
        (f"{EMPTY} class M extends ValueObject {{ static equals(a, b) {{ return true }} }}", ["1: M has no equals()"]),
        (f"{EMPTY} class M extends ValueObject {{ isEqual(a) {{}} }}", ["1: M has no equals()"]),
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


@pytest.mark.parametrize(
    ("equals", "compares"),
    [
        ("equals(o: A) { return this.n === o.n; }", True),
        ("equals(o?: A) { if (!o || o.constructor !== this.constructor) return false; return o.n === this.n; }", True),
        ("equals(o: A) { if (o.n !== this.n) return false; return true; }", True),
        ("equals({ n }: A) { return this.n === n; }", True),
        ("equals(o: A) { const { n } = o; return this.n === n; }", True),
        ("equals(o: A) { const that = o as A; return this.n === that.n; }", True),
        ("equals(o: A) { const same = this.n === o.n; return same; }", True),
        ("equals(o: A) { return JSON.stringify(this) === JSON.stringify(o); }", True),
        ("equals(o: A) { return isEqual(this, o); }", True),
        ("equals(o: A) { return this.same(o); } private same(p: A) { return p.n === this.n; }", True),
        ("equals(o: A) { return super.equals(o); }", True),
        ("equals(o: A) { return this === o || this.n === o.n; }", True),
        ("equals(o: A) { return Object.keys(this).every((key) => this[key] === o[key]); }", True),
        ("equals(o: A) { for (const key in this) if (this[key] !== o[key]) return false; return true; }", True),
        ("equals(o: A) { return `${this}` === `${o}`; }", True),
        ("equals(n: number) { return this.n === n; }", True),
        ("equals(o: A) { return o instanceof A && o.n === this.n; }", True),
        ("equals(o: A) { return this === o; }", False),
        ("equals(o: A) { return Object.is(this, o); }", False),
        ("equals(o: A) { return true; }", False),
        ("equals(o: A) { return !false; }", False),
        ("equals() { return true; }", False),
        ("equals(o: A) { return o instanceof A; }", False),
        ("equals(o: A) { return o !== undefined; }", False),
        ("equals(o: A) { return o.constructor === this.constructor; }", False),
        ("equals(o: A) { o.n; return true; }", False),
        ("equals(o: A) { const n = o.n; return true; }", False),
        ("equals(o: A) { return this.n === this.n; }", False),
        ("equals(o: A) { return o.n === o.n; }", False),
        ("equals(o: A) { return o.n !== undefined; }", False),
        ("equals(o: A) { return true || o.n === this.n; }", False),
        ("equals(o: A) { return this.same(o); } private same(p: A) { return p === this; }", False),
        ("equals(o: A) { return this.same(o); } private same(p: A) { return true; }", False),
        ("equals(o: A) { return this.equals(o); }", False),
    ],
)  # fmt: skip
def test_equals_compares_values(equals: str, *, compares: bool) -> None:
    base = f"{VALUE}\n" if "super" in equals else f"{EMPTY}\n"
    found = told(facts(f"{base}class A extends ValueObject {{ {equals} }}").value_objects_without_equals)
    assert found == ([] if compares else ["2: A: equals() compares no value of what it is given"])


@pytest.mark.parametrize(
    ("code", "is_open"),
    [
        ("class Money { cents = 0; }", True),
        ("class Money { constructor(readonly cents: number) {} plus(n: number) { return new Money(n); } }", True),
        ("class Money { constructor(private cents: number) {} get amount() { return this.cents; } }", True),
        ("class Money { constructor(readonly cents: number) {} equals(o: Money) { return o.cents === this.cents; } }", False),
        ("/** @entity */ class Line { constructor(readonly sku: string) {} }", False),
        ("class Line { constructor(readonly id: string) {} }", False),
        ("class Line { constructor(public sku: string) {} rename(sku: string) { this.sku = sku; } }", False),
        ("class Tax { constructor(private readonly rates: Rates) {} of(n: number) { return this.rates.of(n); } }", False),
        ("class TaxService { readonly rate = 1; }", False),
        ("class OrderPlaced implements DomainEvent { constructor(readonly sku: string) {} }", False),
        ("class Refused extends Error { constructor(readonly sku: string) { super(); } }", False),
        ("abstract class Line { constructor(readonly sku: string) {} }", False),
        ("class Rates { run = () => 1; }", False),
        ("class Money { static zero = 0; }", False),
    ],
)  # fmt: skip
def test_a_class_that_may_be_a_value_object(code: str, *, is_open: bool) -> None:
    name = code.split("class ")[1].split(" ", maxsplit=1)[0]
    message = (
        f"src/a.ts: whether {name} is a value object: it holds values that never change, and no base class, "
        "`@valueobject` or `@entity` names its role"
    )
    assert open_places({"src/a.ts": code}) == ([(message, EQUALS)] if is_open else [])


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
        ("place(n) { this.sure(n); this.placed = true } #sure() {} private sure(n) { this.really(n) } private really(n) { assert(n) }", None),
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
        "export class Bill extends Paper { constructor(n) { super(); ensure(n) }\nsign(n) { ensure(n); super.sign() } }",
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
    code = "\nexport class Order extends AggregateRoot { constructor(n) { super() } }"
    found = facts({"src/a/order.ts": code.replace("super()", "ensure(n)"), "src/b/order.ts": code})
    assert found.aggregates == ("Order",)
    assert found.aggregates_without_invariants == (Finding(f"Order: {CREATION}", "src/b/order.ts", 2),)


# What cannot be read.


@pytest.mark.parametrize(
    "code",
    [
        "export type * from './types'; let a: string",
        "export type * as t from './types'",
        "export interface Source<out T> { get(): T }",
        "export const Label = styled.div<{ wide: boolean }>`width: 1px`; let a: string",
        "type Handler = { onChange: (string: A) => void; ready: () => void }",
        "class A { handler: (string: A) => boolean; b: string }",
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


ALL = frozenset(TypescriptFacts._fields)


def open_places(files: Mapping[str, str], **options: Any) -> list[tuple[str, frozenset[str]]]:
    """What was not understood, and which facts that touches."""
    places = typescript.collect(tree(files, "src"), options).origins[0].not_understood
    return [(f"{place.file}: {place.message}", touches) for place, touches in places]


def test_a_file_that_does_not_parse_is_not_understood() -> None:
    files = {"src/a.ts": "f()", "src/b.ts": "class A {"}
    assert open_places(files) == [("src/b.ts: line 1: not valid TypeScript", ALL)]
    assert outcome({"src/b.ts": "class A {"}) == "unreadable: src/b.ts: line 1: not valid TypeScript"


def test_a_flaw_that_was_seen_stays_one_beside_what_is_not_understood() -> None:
    files = {"src/a.ts": "let a: any", "src/b.ts": "class A {"}
    collected = typescript.collect(tree(files, "src"), {})
    assert known(collected.facts, collected.origins).any_types == facts(files).any_types != ()


def test_a_file_outside_of_the_scope_matters_only_if_a_class_needs_it() -> None:
    base = "import { Base } from '../base'; export class Order extends Base {}"
    files = {"src/domain/order.ts": base, "src/base.ts": "class A {", "src/other.ts": "class A {"}
    assert open_places(files, include="**/domain/**") == [
        ("src/base.ts: line 1: not valid TypeScript", ALL - {"files", "any_types"})
    ]


def test_an_aggregate_must_be_legible_whole() -> None:
    files = {
        "src/a.ts": "class A extends AggregateRoot { constructor(n) { ensure(n) } b: string; ? c: string }\nf()"
    }
    assert open_places(files) == [
        ("src/a.ts: the class A cannot be parsed", frozenset({"aggregates_without_invariants"})),
        ("src/a.ts: a statement that cannot be parsed may have the type any", frozenset({"any_types"})),
    ]


CLASSES = ALL - {"files", "any_types"}
INVARIANTS, EQUALS = frozenset({"aggregates_without_invariants"}), frozenset({"value_objects_without_equals"})
CHECKED = "constructor(n) { super(); ensure(n) }"


@pytest.mark.parametrize(
    ("code", "message", "touches"),
    [
        ("import { Base } from './missing'; class A extends Base {}", "A extends Base, whose file is not in the tree", CLASSES),
        ("function mix() { return AggregateRoot } class A extends mix() {}", "what A extends is computed", CLASSES),
        (f"class A extends Audited(AggregateRoot) {{ {CHECKED} }}", "what A extends is computed", INVARIANTS),
        (
            f"class A extends AggregateRoot {{ {CHECKED} @Active() put(n) {{ this.n = n }} }}",
            "A: put changes its state and checks nothing, but it is not known what @Active() does",
            INVARIANTS,
        ),
        (
            f"class A extends AggregateRoot {{ {CHECKED} put(n) {{ mutate(this, n); }} }}",
            "A: put changes its state and checks nothing, but it is not known what mutate() does with the object",
            INVARIANTS,
        ),
        (
            f"class A extends AggregateRoot {{ {CHECKED} put(n) {{ return this.votes.add(n); }} }}",
            "A: put changes its state and checks nothing, but it is not known whether this.votes.add() changes this.votes",
            INVARIANTS,
        ),
        (
            f"import {{ ensureOpen }} from './missing'; class A extends AggregateRoot {{ {CHECKED} put(n) {{ ensureOpen(n); this.n = n }} }}",
            "A: put changes its state and checks nothing, but it is not known what ensureOpen() refuses",
            INVARIANTS,
        ),
        (
            "import { AggregateRoot } from '@acme/ddd'; class A extends AggregateRoot { constructor(n) { super(n) } validate() { throw new Error() } }",
            "A: neither its constructor nor a factory checks anything, but it is not known whether its base AggregateRoot calls validate()",
            INVARIANTS,
        ),
        (
            f"import {{ AggregateRoot, hooks }} from '@acme/ddd'; class A extends AggregateRoot {{ static hooks = hooks; {CHECKED} put(n) {{ this.n = n }} }}",
            "A: put changes its state and checks nothing, but it is not known what its base AggregateRoot does with hooks",
            INVARIANTS,
        ),
        (
            "import { Domain } from '@acme/ddd'; class M extends Domain.ValueObject {}",
            "whether M inherits equals(): its base Domain.ValueObject is not in the tree",
            EQUALS,
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_told_touches_what_depends_on_it(
    code: str, message: str, touches: frozenset[str]
) -> None:
    assert open_places({"src/a.ts": code}) == [(f"src/a.ts: {message}", touches)]


@pytest.mark.parametrize(
    "code",
    [
        "import { PassportStrategy } from '@nestjs/passport'; class A extends PassportStrategy(Strategy) {}",
        "import { EventEmitter } from 'node:events'; class A extends EventEmitter {} class B extends Error {}",
        "function paginated() { return class {} } class A extends paginated() {}",
        f"class A extends AggregateRoot {{ {CHECKED} put(n) {{ if (n < 0) return; return this.votes.add(n); }} }}",
        f"class A extends AggregateRoot {{ {CHECKED} put(n) {{ console.log(this); return sum(this.lines) }} }}",
        f"class A extends AggregateRoot {{ {CHECKED} @Log() put(n) {{ ensure(n); this.n = n }} @Log() get(n) {{ return n }} }}",
    ],
)
def test_what_cannot_matter_touches_nothing(code: str) -> None:
    assert open_places({"src/a.ts": code}) == []


@pytest.mark.parametrize(
    ("declared", "manifest", "equals"),
    [
        ("export declare abstract class ValueObject<T> { equals(other: this): boolean; }", "{}", True),
        (
            "declare class Base { equals(o): boolean } export declare class ValueObject extends Base {}",
            "{}",
            True,
        ),
        ("export declare namespace Domain { class ValueObject { equals(o): boolean; } }", "{}", True),
        ("export * from './dist/value'", '{"types": "index.d.ts"}', True),
        ("export declare class ValueObject { value: string }", "{}", False),
        ("export declare abstract class ValueObject { abstract equals(o): boolean; }", "{}", False),
        ("export declare class ValueObject { static equals(a, b): boolean; }", "{}", False),
    ],
)
def test_equals_of_an_installed_package_is_read_from_its_declarations(
    declared: str, manifest: str, *, equals: bool
) -> None:
    package = "src/node_modules/@acme/ddd"
    files = {
        "src/email.ts": "import { ValueObject } from '@acme/ddd'; export class Email extends ValueObject {}",
        f"{package}/package.json": manifest,
        f"{package}/index.d.ts": declared,
        f"{package}/dist/value.d.ts": "export declare class ValueObject { equals(o): boolean }",
    }
    assert open_places(files) == []
    assert told(facts(files).value_objects_without_equals) == ([] if equals else ["1: Email has no equals()"])


@pytest.mark.long
@pytest.mark.parametrize("reader", [typescript, source])
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
def test_however_deep(before: str, inner: str, after: str, depth: int, reader: KindReader) -> None:
    method = f"class B extends AggregateRoot {{ f() {{ {before * depth}{inner}{after * depth} }} }}"
    for code in (before * depth + inner + after * depth, method):
        told = outcome({"src/a.ts": code}, reader, llm_sdks=["openai"], ai_port="AIClient")
        assert told == "collected" or told.startswith("unreadable: src/a.ts: ")


@pytest.mark.long
def test_however_long_a_line_of_ancestors() -> None:
    code = "".join(f"class A{number} extends A{number + 1} {{}}\n" for number in range(2000))
    assert facts(code + "class A2000 extends AggregateRoot {}").aggregates[-1] == "A2000"


@pytest.mark.parametrize(
    ("files", "options", "expected"),
    [
        ({}, {}, "absent: src has no TypeScript or JavaScript source"),
        ({"src/README.md": "any"}, {}, "absent: src has no TypeScript or JavaScript source"),
        (
            {"src/a.test.ts": "f()", "src/a.d.ts": "f()"},
            {},
            "absent: src has no TypeScript or JavaScript source",
        ),
        (
            {"src/a.ts": "f()"},
            {"include": "**/domain/**/*.ts"},
            "absent: src has no TypeScript or JavaScript source that matches **/domain/**/*.ts",
        ),
    ],
)
def test_where_there_is_no_source(files: Mapping[str, str], options: Any, expected: str) -> None:
    assert outcome(files, **options) == expected
