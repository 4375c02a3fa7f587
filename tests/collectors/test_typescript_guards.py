"""Whether a guard covers a change: planted flaws that must be seen, and honest code that must pass."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import tree
from gatekeeper.collectors.typescript import read as typescript

ROOT = "export abstract class AggregateRoot<T> { protected constructor(protected props: T) {} }\n"
LIBRARIES = """
import assert, { ok } from 'node:assert';
import invariant from 'tiny-invariant';
import { z } from 'zod';
import * as v from 'valibot';
import * as t from 'io-ts';
import { isLeft } from 'fp-ts/Either';
import { validate, validateOrReject, validateSync, IsInt } from 'class-validator';
import Joi from 'joi';
import * as yup from 'yup';
import * as s from 'superstruct';
import { Schema } from 'effect';
import { err, ok as right } from 'neverthrow';
const Amount = z.number().positive();
const Anything = z.any();
const Lenient = z.number().catch(0);
const JoiAmount = Joi.number().positive();
const YupAmount = yup.number().positive();
const Never = false;
const Limit = 10;
function ensurePositive(n: number): void { if (n < 0) throw new Error('negative'); }
function ensureNothing(n: number): void { console.log('check', n); }
const fail = (): never => { throw new Error('no'); };
function isPositive(n: number): boolean { return n > 0; }
function always(): boolean { return true; }
function write(order: { n: number }, n: number): void { order.n = n; }
class Money {
  private constructor(readonly cents: number) {}
  static of(cents: number): Money { if (cents < 0) throw new Error('negative'); return new Money(cents); }
  plus(other: Money): Money { return Money.of(this.cents + other.cents); }
}
class Name { constructor(readonly value: string) { if (!value.trim()) throw new Error('blank'); } }
class Label { constructor(readonly value: string) {} }
class Loose {
  private constructor(readonly n: number) {}
  static of(n: number): Loose { if (n < 0) throw new Error('x'); return new Loose(n); }
  static unsafe(n: number): Loose { return new Loose(n); }
}
type Email = string & { readonly __brand: 'Email' };
function email(text: string): Email { if (!text.includes('@')) throw new Error('x'); return text as Email; }
type Code = string & { readonly __brand: 'Code' };
const code = (text: string): Code => text as Code;
"""
FIELDS = (
    "private n = 0; #m = 0; private lines: number[] = []; private total!: Money; private votes = new Set();"
)
CREATION = "constructor(n: number) { super({}); if (n < 0) throw new Error('negative'); }"


def facts(files: Mapping[str, str]) -> Any:
    return typescript.collect(tree(files, "src"), {})


def seen(body: str, before: str = "") -> list[str]:
    """What is said of the commands and the creation of an aggregate; what is not understood counts, too."""
    code = f"{LIBRARIES}{ROOT}{before}export class A extends AggregateRoot<object> {{ {FIELDS} {body} }}"
    collected = facts({"src/a.ts": code})
    flaws = [flaw.message for flaw in collected.facts.aggregates_without_invariants]
    doubts = [
        place.place.message
        for place in collected.origins[0].not_understood
        if "aggregates_without_invariants" in place.touches
    ]
    return flaws or [f"not understood: {doubt}" for doubt in doubts]


PLANTED = [
    "put(n: number) { if (this.lines.length < 0) throw new Error(); this.n = n; }",
    "put(n: number) { if (!(this.votes.size >= 0)) throw new Error(); this.n = n; }",
    "put(n: number) { Promise.reject(n); this.n = n; }",
    "put(n: number) { z.any().parse(n); this.n = n; }",
    "put(n: number) { Joi.number().positive().validate(n); this.n = n; }",
    "put(n: number) { z.number().positive().safeParse(n); this.n = n; }",
    # How state is written.
    "put(n: number) { this.n = n; }",
    "put(n: number) { this.n += n; }",
    "put(n: number) { this.n++; }",
    "put(n: number) { --this.n; }",
    "put(n: number) { this.n ||= n; }",
    "put(n: number) { this.#m = n; }",
    "put(n: number) { this['n'] = n; }",
    "put(n: number, k: string) { this[k] = n; }",
    "put(n: number) { delete this.n; }",
    "put(n: number) { [this.n] = [n]; }",
    "put(n: number) { ({ n: this.n } = { n }); }",
    "put(ns: number[]) { for (this.n of ns) {} }",
    "put(n: number) { Object.assign(this, { n }); }",
    "put(n: number) { Object.assign(this.props, { n }); }",
    "put(n: number) { Reflect.set(this, 'n', n); }",
    "put(n: number) { Reflect.set(this.props, 'n', n); }",
    "put(n: number) { Reflect.deleteProperty(this, 'n'); }",
    "put(n: number) { Object.defineProperty(this, 'n', { value: n }); }",
    "put(n: number) { this.props = { n }; }",
    "put(n: number) { (this as any).props.n = n; }",
    "put(n: number) { this.lines.push(n); }",
    "put(n: number) { this.lines['push'](n); }",
    "put(n: number) { this.lines?.push(n); }",
    "put(n: number) { return this.lines.push(n); }",
    "put(n: number) { this.lines.splice(0, 1, n); }",
    "put(n: number) { this.lines.length = 0; }",
    "put(n: number) { this.lines[0] = n; }",
    "put(n: number) { this.lines = [...this.lines, n]; }",
    "put(n: number) { this.lines = this.lines.filter((l) => l !== n); }",
    "put(n: number) { this.votes.add(n); }",
    "put(n: number) { return this.votes.add(n); }",
    "put(n: number) { void this.votes.add(n); }",
    "put(n: number) { Array.prototype.push.call(this.lines, n); }",
    "put(n: number) { const self = this; self.n = n; }",
    "put(n: number) { let self; self = this; self.n = n; }",
    "put(n: number) { const { lines } = this; lines.push(n); }",
    "put(n: number) { const lines = this.lines ?? []; lines.push(n); }",
    "put(n: number) { this.lines.forEach((line) => { line.n = n; }); }",
    "put(n: number) { for (const line of this.lines) line.n = n; }",
    "put(n: number) { this.lines.find((l) => l.id === n)!.n = 0; }",
    "put(n: number) { [1].forEach(() => { this.n = n; }); }",
    "put(n: number) { setTimeout(() => { this.n = n; }); }",
    "put(n: number) { const go = () => { this.n = n; }; go(); }",
    "put(n: number) { function go(this: A) { this.n = n; } go.call(this); }",
    "put(n: number) { (() => { this.n = n; })(); }",
    "put(n: number) { this.really(n); } private really(n: number) { this.n = n; }",
    "put(n: number) { this['really'](n); } private really(n: number) { this.n = n; }",
    "put(n: number, name: string) { this[name](n); } private really(n: number) { this.n = n; }",
    "put(n: number) { write(this, n); }",
    "put(n: number) { elsewhere(this, n); }",
    "put(n: number) { A.write(this, n); } private static write(a: A, n: number) { a.n = n; }",
    "put(n: number) { this.apply(new Put(n)); }",
    "put(n: number) { this.book.addEvent(n); }",
    "put(n: number) { new Writer(this).run(n); this.n = n; }",
    # How a command is written.
    "public async put(n: number): Promise<void> { this.n = n; }",
    "put = (n: number) => { this.n = n; };",
    "put = function (this: A, n: number) { this.n = n; };",
    "put = (n: number) => this.lines.push(n);",
    "set put(n: number) { this.n = n; }",
    "['put'](n: number) { this.n = n; }",
    "*put(n: number) { this.n = n; }",
    "/* ensure(n) */ put(n: number) { /* throw new Error() */ this.n = n; }",
    "put(n: number) { // @ts-ignore\n this.n = n; }",
    "put(n: number) { // eslint-disable-next-line\n this.n = n; }",
    "put({ n }: { n: number }) { this.n = n; }",
    "put(...ns: number[]) { this.lines = ns; }",
    # Conditions that ask nothing.
    "put(n: number) { if (false) throw new Error(); this.n = n; }",
    "put(n: number) { if (Never) throw new Error(); this.n = n; }",
    "put(n: number) { const never = false; if (never) throw new Error(); this.n = n; }",
    "put(n: number) { if (n !== n) throw new Error(); this.n = n; }",
    "put(n: number) { if (n === n) this.n = n; }",
    "put(n: number) { if (true) this.n = n; }",
    "put(n: number) { if (1 > 2) throw new Error(); this.n = n; }",
    "put(n: number) { if (Limit > 20) throw new Error(); this.n = n; }",
    "put(n: number) { if (n < 0 && false) throw new Error(); this.n = n; }",
    "put(n: number) { if ('') throw new Error(); this.n = n; }",
    "put(n: number) { if (!1) throw new Error(); this.n = n; }",
    "put(n: number) { if (!always()) throw new Error(); this.n = n; }",
    "put(n: number) { if (!this.ok()) throw new Error(); this.n = n; } private ok() { return true; }",
    "put(n: number) { while (false) { if (n < 0) throw new Error(); } this.n = n; }",
    "put(n: number) { for (const m of []) { if (m < 0) throw new Error(); } this.n = n; }",
    "put(n: number) { false && fail(); this.n = n; }",
    "put(n: number) { assert(true); this.n = n; }",
    "put(n: number) { invariant(1, 'always'); this.n = n; }",
    "put(n: number) { if (n !== undefined) this.n = n; }",
    "put(n: number) { if (this.lines) this.lines.push(n); }",
    "put(n: number) { this.lines && this.lines.push(n); }",
    # Conditions that let the change happen anyway.
    "put(n: number) { if (n < 0) console.warn(n); this.n = n; }",
    "put(n: number) { if (n > 0) { this.n = n; } else { this.n = -5; } }",
    "put(n: number) { if (n > 0) { this.n = n; return; } this.n = -5; }",
    "put(n: number) { n > 0 ? (this.n = n) : (this.n = 0); }",
    "put(n: number) { switch (n) { case 1: this.n = 1; break; default: this.n = n; } }",
    "put(n: number) { if (n > 5) { if (n > 10) throw new Error(); } else { this.n = 3; } this.n = n; }",
    "put(n: number) { if (n > 5) { ensurePositive(n); } this.n = n; }",
    "put(n: number, ns: number[]) { for (const m of ns) { if (m < 0) continue; } this.n = n; }",
    "put(n: number, ns: number[]) { for (const m of ns) { if (m < 0) break; } this.n = n; }",
    # Guards that do not come before the change, or never come.
    "put(n: number) { this.n = n; if (n < 0) throw new Error(); }",
    "put(n: number) { this.n = n; this.sure(); } private sure() { if (this.n < 0) throw new Error(); }",
    "put(n: number) { this.n = n; return; if (n < 0) throw new Error(); }",
    "put(n: number) { try { this.n = n; } finally { if (n < 0) throw new Error(); } }",
    "put(n: number) { const check = () => { if (n < 0) throw new Error(); }; this.n = n; }",
    "put(n: number) { function check() { if (n < 0) throw new Error(); } this.n = n; }",
    "put(n: number) { setTimeout(() => { if (n < 0) throw new Error(); }); this.n = n; }",
    "put(n: number) { const check = { run() { if (n < 0) throw new Error(); } }; this.n = n; }",
    # Guards that are swallowed.
    "put(n: number) { try { if (n < 0) throw new Error(); } catch {} this.n = n; }",
    "put(n: number) { try { ensurePositive(n); } catch (e) { console.error(e); } this.n = n; }",
    "put(n: number) { try { if (n < 0) throw new Error(); } catch (e) { if (e) throw e; } this.n = n; }",
    "put(n: number) { this.sure(n); this.n = n; } private sure(n: number) { try { ensurePositive(n); } catch {} }",
    "put(n: number) { try { if (n < 0) throw new Error(); } finally { this.n = n; } }",
    "put(n: number) { this.sure(n); this.n = n; } private async sure(n: number) { if (n < 0) throw new Error(); }",
    "put(n: number) { this.sure(n); this.n = n; } private *sure(n: number) { if (n < 0) throw new Error(); }",
    # Functions named like guards.
    "put(n: number) { ensureNothing(n); this.n = n; }",
    "put(n: number) { this.validate(n); this.n = n; } private validate(n: number) {}",
    "put(n: number) { this.validate(n); this.n = n; } private validate(n: number) { return n > 0; }",
    "put(n: number) { isPositive(n); this.n = n; }",
    "put(n: number) { console.assert(n > 0); this.n = n; }",
    "put(n: number) { Result.fail('negative'); this.n = n; }",
    # Libraries that are not heeded.
    "put(n: number) { Amount.safeParse(n); this.n = n; }",
    "put(n: number) { const r = Amount.safeParse(n); console.log(r.success); this.n = n; }",
    "put(n: number) { Anything.parse(n); this.n = n; }",
    "put(n: number) { Lenient.parse(n); this.n = n; }",
    "put(n: number) { v.safeParse(v.number(), n); this.n = n; }",
    "put(n: number) { t.number.decode(n); this.n = n; }",
    "put(n: number) { validate(this); this.n = n; }",
    "put(n: number) { validateSync(this); this.n = n; }",
    "put(n: number) { validateOrReject(this); this.n = n; }",
    "put(n: number) { JoiAmount.validate(n); this.n = n; }",
    "put(n: number) { s.is(n, s.number()); this.n = n; }",
    "put(n: number) { JSON.parse(String(n)); this.n = n; }",
    # Other ways around.
    "put(n: number) { if (n < 0) { try { throw new Error(); } catch {} } this.n = n; }",
    "put(n: number) { label: { if (n < 0) break label; } this.n = n; }",
    "put(n: number) { (n < 0 || true) && this.lines.push(n); }",
    "put(n: number) { const ok = true; if (!ok) throw new Error(); this.n = n; }",
    "put(n: number) { let ok = false; if (ok) throw new Error(); this.n = n; }",
    "put(n: number) { const { n: m } = this; if (typeof n === 'x' && false) throw 1; this.n = n; }",
    "put(n: number) { if (0) throw new Error(); this.n = n; }",
    "put(n: number) { if (null) throw new Error(); this.n = n; }",
    "put(n: number) { if ([].length > 0) throw new Error(); this.n = n; }",
    "put(n: number) { if ('a' === 'b') throw new Error(); this.n = n; }",
    "put(n: number) { if (!(true)) throw new Error(); this.n = n; }",
    "put(n: number) { if (this !== this) throw new Error(); this.n = n; }",
    "put(n: number) { if (n > 0 && n !== n) throw new Error(); this.n = n; }",
    "put(n: number) { if (never()) throw new Error(); this.n = n; function never() { return false; } }",
    "put(n: number) { const never = () => false; if (never()) throw new Error(); this.n = n; }",
    "put(n: number) { if (A.never) throw new Error(); this.n = n; } static readonly never = false;",
    "put(n: number) { if (this.never) throw new Error(); this.n = n; } private readonly never = false;",
    "put(n: number) { Promise.resolve().then(() => { ensurePositive(n); }); this.n = n; }",
    "put(n: number) { ensurePositive.bind(null, n); this.n = n; }",
    "put(n: number) { void (() => { if (n < 0) throw new Error(); }); this.n = n; }",
    "put(n: number) { class X { c() { if (n < 0) throw new Error(); } } this.n = n; }",
    "put(n: number) { try { this.really(n); } catch { this.n = n; } } private really(n: number) { throw new Error(); }",
    "put(n: number) { try { ensurePositive(n); } catch { this.n = 0; return; } this.n = n; }",
    "put(n: number) { for (;;) { if (n < 0) throw new Error(); break; } this.n = n; }",
    "put(n: number) { while (this.busy()) { if (n < 0) break; } this.n = n; }",
    "put(n: number) { this.lines.forEach((l) => { if (l < 0) return; }); this.n = n; }",
    "put(n: number) { [].forEach((l) => { throw new Error(); }); this.n = n; }",
    "put(n: number) { switch (n) { default: this.n = n; } }",
    "put(n: number) { switch (true) { case n < 0: this.n = 0; break; case n >= 0: this.n = n; break; default: this.n = 1; } }",
    "put(n: number) { if (n < 0) this.n = 0; if (n >= 0) this.n = n; else this.n = 1 }",
    "put(n: number) { this.n = n < 0 ? 0 : n; }",
    "put(n: number) { this.props = Object.freeze({ ...this.props, n }); }",
    "put(n: number) { Object.entries({ n }).forEach(([k, v]) => { this[k] = v; }); }",
    "put(n: number) { for (const k in n) (this as any)[k] = n[k]; }",
    "put(n: number) { const set = (v: number) => { this.n = v; }; [n].map(set); }",
    "put(n: number) { super.props = n; }",
    "put(n: number) { this.props.a.b.c.d = n; }",
    "put(n: number) { this.lines.concat(n).forEach((l) => this.lines.push(l)); }",
    "put(n: number) { (0, this.lines).push(n); }",
    "put(n: number) { (this.lines || []).push(n); }",
    "put(n: number) { const f = this.lines.push.bind(this.lines); f(n); }",
    "put(n: number) { Function.prototype.call.call(this.lines.push, this.lines, n); }",
    "put(n: number) { this.lines.push.apply(this.lines, [n]); }",
    "put(n: number) { Object.assign(Object.assign({}, this), { n }); this.n = n }",
    "put(n: number) { this.n = n, ensurePositive(n); }",
    "put(n: number) { using x = this.open(); this.n = n; }",
    "put = async (n: number) => { this.n = n; };",
    "put = ((n: number) => { this.n = n; });",
    "put = debounce((n: number) => { this.n = n; });",
    "@Guarded put = (n: number) => { this.n = n; };",
    "async put(n: number) { await Promise.all([this.sure(n), (this.n = n)]); } private async sure(n: number) { if (n < 0) throw new Error(); }",
    "put(n: number) { this.checked(n, () => { this.n = n; }); } private checked(n: number, f: () => void) { f(); }",
    "put(n: number) { const { n: m } = this.props; this.props.n = n; }",
    "public accessor put = 1; go(n: number) { this.put = n; }",
    "put(name: Partial<Name>) { this.name = name; }",
    "put(name: Name, label: Label) { this.name = name; this.label = label; }",
    "put(text: string) { this.email = text as Email; }",
    "put(n: number) { n = Math.max(0, n); this.n = n; }",
    "put(n: any) { this.total = n as Money; }",
    "put(n: unknown) { this.total = <Money>n; }",
    # Types that promise nothing.
    "put(label: Label) { this.label = label; }",
    "put(loose: Loose) { this.loose = loose; }",
    "put(code: Code) { this.code = code; }",
    "put(total: Money, n: number) { this.total = total; this.n = n; }",
    "put(total: Money | number) { this.total = total; }",
    "put(date: Date) { this.date = date; }",
    "put(total: { cents: number }) { this.total = total; }",
]  # fmt: skip

GUARDED = [
    "put(n: number) { this.n = z.number().positive().parse(n); }",
    # Conditions.
    "put(n: number) { if (n < 0) throw new Error(); this.n = n; }",
    "put(n: number) { if (n < 0) { throw new Error(); } else { this.n = n; } }",
    "put(n: number) { if (n >= 0) { this.n = n; } else { throw new Error(); } }",
    "put(n: number) { if (n < 0) throw new Error(); else if (n > 9) throw new Error(); this.n = n; }",
    "put(n: number) { if (n > Limit) throw new Error(); this.n = n; }",
    "put(n: number) { if (n < 0) return; this.n = n; }",
    "put(n: number) { if (n < 0) return Result.fail('negative'); this.n = n; }",
    "put(n: number) { if (n < 0) return err('negative'); this.n = n; return right(n); }",
    "put(n: number) { if (!this.open) this.open = true; }",
    "put(n: number) { this.open && this.lines.push(n); }",
    "put(n: number) { n > 0 || fail(); this.n = n; }",
    "put(n?: number) { const m = n ?? fail(); this.n = m; }",
    "put(n: number) { n > 0 ? (this.n = n) : fail(); }",
    "put(n: number) { switch (this.state) { case 'open': this.n = n; break; default: throw new Error(); } }",
    "put(n: number) { switch (this.state) { case 'closed': throw new Error(); } this.n = n; }",
    "put(ns: number[]) { for (const n of ns) { if (n < 0) throw new Error(); } this.lines = ns; }",
    "put(ns: number[]) { ns.forEach((n) => { if (n < 0) throw new Error(); }); this.lines = ns; }",
    "put(ns: number[]) { if (ns.some((n) => n < 0)) throw new Error(); this.lines = ns; }",
    "put(ns: number[]) { for (const n of ns) { if (n < 0) continue; this.lines.push(n); } }",
    "put(n: number) { do { if (n < 0) throw new Error(); } while (n > 9); this.n = n; }",
    # Functions that check.
    "put(n: number) { ensurePositive(n); this.n = n; }",
    "put(n: number) { this.sure(n); this.n = n; } private sure(n: number) { if (n < 0) throw new Error(); }",
    "put(n: number) { this.sure(n); this.n = n; } private sure(n: number) { if (n > 0) return; throw new Error(); }",
    "put(n: number) { this.sure(n); this.n = n; } private sure(n: number) { this.deep(n); } private deep(n: number) { ensurePositive(n); }",
    "put(n: number) { A.sure(n); this.n = n; } private static sure(n: number) { if (n < 0) throw new Error(); }",
    "put(n: number) { if (!this.may(n)) throw new Error(); this.n = n; } private may(n: number) { return n > 0; }",
    "put(n: number) { const check = () => { if (n < 0) throw new Error(); }; check(); this.n = n; }",
    "put(n: number) { check(); this.n = n; function check() { if (n < 0) throw new Error(); } }",
    "async put(n: number) { await this.sure(n); this.n = n; } private async sure(n: number) { if (n < 0) throw new Error(); }",
    "put(n: number) { this.really(n); } private really(n: number) { if (n < 0) throw new Error(); this.n = n; }",
    "put(n: number) { ensurePositive(n); this.really(n); } private really(n: number) { this.n = n; }",
    # Exceptions that are passed on.
    "put(n: number) { try { ensurePositive(n); this.n = n; } catch (e) { console.error(e); } }",
    "put(n: number) { try { ensurePositive(n); } catch (e) { throw new Error('wrapped'); } this.n = n; }",
    "put(n: number) { try { ensurePositive(n); } catch (e) { return err(e); } this.n = n; }",
    "put(n: number) { try { ensurePositive(n); } finally { console.log('tried'); } this.n = n; }",
    # Libraries.
    "put(n: number) { this.n = Amount.parse(n); }",
    "async put(n: number) { this.n = await Amount.parseAsync(n); }",
    "put(n: number) { const r = Amount.safeParse(n); if (!r.success) throw r.error; this.n = r.data; }",
    "put(n: number) { this.n = v.parse(v.number(), n); }",
    "put(n: number) { const r = v.safeParse(v.number(), n); if (!r.success) return; this.n = r.output; }",
    "put(n: number) { const r = t.number.decode(n); if (isLeft(r)) throw new Error(); this.n = r.right; }",
    "async put(n: number) { await validateOrReject(n); this.n = n; }",
    "put(n: number) { const errors = validateSync(n); if (errors.length > 0) throw errors; this.n = n; }",
    "put(n: number) { Joi.assert(n, JoiAmount); this.n = n; }",
    "put(n: number) { const { error } = JoiAmount.validate(n); if (error) throw error; this.n = n; }",
    "put(n: number) { YupAmount.validateSync(n); this.n = n; }",
    "put(n: number) { s.assert(n, s.number()); this.n = n; }",
    "put(n: number) { this.n = Schema.decodeUnknownSync(Schema.Positive)(n); }",
    "put(n: number) { invariant(n > 0, 'negative'); this.n = n; }",
    "put(n: number) { assert(n > 0); this.n = n; }",
    "put(n: number) { ok(n > 0); this.n = n; }",
    "put(n: number) { assert.ok(n > 0); this.n = n; }",
    # Types that only code that checks can make.
    "put(total: Money) { this.total = total; }",
    "put(total: Money | null) { this.total = total; }",
    "put(totals: readonly Money[]) { this.totals = [...totals]; }",
    "put(total: Money) { this.totals.push(total); }",
    "put(name: Name) { this.name = name; this.changedAt = new Date(); }",
    "put(email: Email) { this.email = email; }",
    "put(total: Money) { this.really(total); this.n++; } private really(total: Money) { if (this.open) this.total = total; }",
    "put(props: { total: Money; name: Name }) { this.props = props; }",
    "put(n: number) { this.total = Money.of(n); }",
    "put(name: string) { this.name = new Name(name); }",
    "put(other: Money) { this.total = this.total.plus(other); }",
    "put(n: number) { this.addDomainEvent(new Put(n)); }",
    # As people write them.
    "put(n: number) { if (n < 0 || n > Limit) { throw new RangeError('x'); } this.n = n; this.touch(); } private touch() { this.at = new Date(); }",
    "put(n: number) { const ok = n > 0 && n < 9; if (!ok) throw new Error(); this.n = n; }",
    "put(n: number) { Guard.positive(n); this.n = n; }",
    "put(n: number) { if (!Number.isInteger(n)) { return left('x'); } this.n = n; return right2(); }",
    "put(n: number) { switch (true) { case n < 0: throw new Error(); case n > 9: throw new Error(); } this.n = n; }",
    "put(n: number) { if (this.closed) { throw new Error(); } try { this.n = n; } catch (e) { this.log(e); } } private log(e) {}",
    "put(n: number) { const r = this.may(n); if (r.isErr()) return err(r.error); this.n = n; } private may(n: number) { return n > 0 ? right(n) : err('no'); }",
    "put(n: number) { const result = Result.combine([Guard.a(n)]); if (result.isFailure) { return Result.fail(result.error); } this.n = n; return Result.ok(); }",
    "put(n: number) { while (n > 9) { throw new Error(); } this.n = n; }",
    "put(n: number) { if (n < 0) { this.errors('x'); throw new Error(); } this.n = n; } private errors(x) {}",
    "cancel() { if (this.status !== 'open') throw new Error(); this.status = 'cancelled'; this.addDomainEvent(new Cancelled(this)); }",
    "put(n: number) { assertPositive(n); this.n = n; }",
    "put(n: number) { this.assertOpen(); this.n = n; } private assertOpen(): asserts this is Open { if (!this.open) throw new Error(); }",
    "put(names: Name[], at: Date) { if (names.length === 0) throw new Error(); this.names = names; this.at = at; }",
    "rename(name: Name): void { this.props = { ...this.props, name }; }",
    "put(n: number) { const line = this.lines.find((l) => l.id === n); if (!line) throw new Error(); line.n = n; }",
    "put(n: number) { n >= 0 && n < 5 ? (this.n = n) : this.reject(n); } private reject(n): never { throw new Error() }",
    "map() { return this.lines.map((l) => ({ ...l, n: 1 })); }",
    "toJSON() { const out: Record<string, unknown> = {}; out.n = this.n; for (const k of Object.keys(this)) out[k] = 1; return out; }",
    # No commands.
    "get put() { return (this.n = 1); }",
    "onPut(event: PutEvent) { this.n = event.n; }",
    "put() { const copy = [...this.lines]; copy.push(1); return copy; }",
    "put(): Money { return this.total.plus(this.total); }",
]  # fmt: skip


@pytest.mark.parametrize("body", PLANTED)
def test_a_planted_flaw_never_passes(body: str) -> None:
    assert seen(CREATION + body)


@pytest.mark.parametrize("body", GUARDED)
def test_a_guard_that_can_fail_covers_the_change(body: str) -> None:
    assert seen(CREATION + body) == []


UNMADE = [
    "constructor(n: number) { super({}); this.n = n; }",
    "constructor(n: number) { super({}); if (false) throw new Error('never'); }",
    "constructor(n: number) { super({}); try { ensurePositive(n); } catch {} }",
    "constructor(n: number) { super({}); this.checkpoint(n); } private checkpoint(n: number) {}",
    "constructor(n: number) { super({}); if (n < 0) console.warn('negative'); }",
    "constructor(n: number) { super({}); return; ensurePositive(n); }",
    "constructor(n: number) { super({}); const later = () => ensurePositive(n); }",
    "constructor(label: Label) { super({ label }); }",
    "private constructor(n: number) { super({}); } static of(n: number) { return new A(n); }",
    "private constructor(n: number) { super({}); } static of(n: number) { if (n) console.log(n); return new A(n); }",
    "private constructor(n: number) { super({}); } static of(n: number) { if (n > 5) return new A(5); return new A(n); }",
    "private constructor(n: number) { super({}); } static of(n: number) { Amount.safeParse(n); return new A(n); }",
]  # fmt: skip
MADE = [
    "constructor(n: number) { super({}); this.n = n; if (n < 0) throw new Error('negative'); }",
    "constructor(n: number) { super({}); invariant(n > 0, 'negative'); }",
    "constructor(total: Money) { super({ total }); }",
    "constructor(props: { total: Money; n: number }) { super(props); }",
    "private constructor(n: number) { super({}); } static of(n: number) { return new A(Amount.parse(n)); }",
    "private constructor(n: number) { super({}); } static of(n: number) { if (n < 0) return null; return new A(n); }",
    "private constructor(n: number) { super({}); } static of(n: number) { return n > 0 ? right(new A(n)) : err('no'); }",
    "private constructor(n: number) { super({}); } static of(n: number) { const a = new A(n); a.sure(); return a; } private sure() { if (this.n < 0) throw new Error(); }",
    "private constructor(n: number) { super({}); } static of(n: number) { const r = check(n); if (r.isFailure) return r; return new A(n); }",
]  # fmt: skip


@pytest.mark.parametrize("body", UNMADE)
def test_a_creation_that_checks_nothing_is_seen(body: str) -> None:
    assert seen(body) == ["A: neither its constructor nor a factory checks anything"]


@pytest.mark.parametrize("body", MADE)
def test_a_creation_that_checks_passes(body: str) -> None:
    assert seen(body) == []


@pytest.mark.parametrize(
    "patch",
    [
        "A.prototype.put = function (n: number) { this.n = n; };",
        "Object.assign(A.prototype, { put(n: number) { this.n = n; } });",
        "Object.defineProperty(A.prototype, 'put', { value(n: number) { this.n = n; } });",
        "A['prototype']['put'] = put;",
        "import { A as B } from './a'; B.prototype.put = put;",
        "import * as all from './a'; all.A.prototype.put = put;",
    ],
)
def test_what_is_given_to_the_prototype_of_an_aggregate_is_not_understood(patch: str) -> None:
    code = f"{ROOT}export class A extends AggregateRoot<object> {{ {FIELDS} {CREATION} }}\n"
    files = {
        "src/a.ts": code,
        "lib/b.ts": f"import {{ A }} from '../src/a';\n{patch}".replace("./a", "../src/a"),
    }
    if not patch.startswith("import"):
        files = {"src/a.ts": f"{code}\n{patch}"}
    [place] = typescript.collect(tree(files, "."), {"include": "src/**"}).origins[0].not_understood
    assert "A.prototype" in place.place.message
    assert place.touches == {"aggregates_without_invariants"}


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("/** @no-precondition closing twice does no harm */", []),
        ("// @no-precondition closing twice does no harm", []),
        ("/** Close it.\n * @noPrecondition closing\n * twice does no harm\n * @returns nothing */", []),
        ("/** @no-precondition */", ["A: close changes its state and checks nothing, and its @no-precondition gives no reason"]),
        ("/** @no-precondition TODO */", ["A: close changes its state and checks nothing, and its @no-precondition gives no reason"]),
        ("/** @no-precondition TBD later on */", ["A: close changes its state and checks nothing, and its @no-precondition gives no reason"]),
        ("/** Has no precondition. */", ["A: close changes its state and checks nothing"]),
        ("/** @no-precondition closing twice does no harm */ other() { this.n = 1; }", ["A: close changes its state and checks nothing"]),
    ],
)  # fmt: skip
def test_a_command_without_a_precondition_says_why(comment: str, said: list[str]) -> None:
    body = f"{CREATION}\n{comment}\nclose() {{ this.n = 0; }}"
    code = f"{ROOT}export class A extends AggregateRoot<object> {{ {FIELDS} {body} }}"
    found = facts({"src/a.ts": code}).facts
    assert [flaw.message for flaw in found.aggregates_without_invariants] == said
    excused = [flaw.message for flaw in found.commands_without_precondition]
    name = "other" if "other" in comment else "close"
    is_excused = not said or name == "other"
    assert excused == ([f"A: {name}: closing twice does no harm"] if is_excused else [])


def test_a_marker_excuses_no_creation() -> None:
    marked = "/** @no-precondition every number is an order */ constructor(n: number) { super({}); }"
    assert seen(marked) == ["A: neither its constructor nor a factory checks anything"]


RESULTS = """
class Cents {
  private constructor(readonly n: number) {}
  static of(n: number): Result<Cents, string> { return n < 0 ? err('negative') : right(new Cents(n)); }
  static any(n: number): Result<Cents, string> { return right(new Cents(n)); }
}
"""


@pytest.mark.parametrize(
    ("create", "checks"),
    [
        ("return Cents.of(n).map((cents) => new A(cents));", True),
        ("return Cents.of(n).andThen((cents) => right(new A(cents)));", True),
        ("return Cents.of(n).map((cents) => { return new A(cents); });", True),
        ("const cents = Cents.of(n); return cents.map((it) => new A(it));", True),
        ("return Cents.of(n).map((cents) => cents).map((cents) => new A(cents));", True),
        ("return Result.combine([Cents.of(n), Cents.of(m)]).map(([a, b]) => new A(a));", True),
        ("return Cents.any(n).map((cents) => new A(cents));", False),
        ("return right(n).map((n) => new A(n));", False),
        ("return [n].map((n) => new A(n))[0];", False),
        ("Cents.of(n).map((cents) => cents); return right(new A(n));", False),
        ("return Cents.of(n).mapErr((it) => new A(n));", False),
    ],
)
def test_what_is_made_from_a_result_that_may_be_a_failure_is_checked(create: str, *, checks: bool) -> None:
    body = f"private constructor(n: number) {{ super({{}}); }} static create(n: number) {{ {create} }}"
    flaw = "A: neither its constructor nor a factory checks anything"
    assert seen(body, RESULTS) == ([] if checks else [flaw])
