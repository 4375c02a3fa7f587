import { describe, expect, it } from "vitest";
import { Account } from "../src/domain/account";
import { Money } from "../src/domain/money";
import { Posting } from "../src/domain/posting";

const eur = (amount: number) => Money.of(amount, "EUR");

describe("Account", () => {
  it("has an id", () => {
    expect(() => new Account(" ", "EUR")).toThrow("has an id");
  });

  it("has a currency of three letters", () => {
    expect(() => new Account("till", "euro")).toThrow("three letters");
  });

  it("is never overdrawn", () => {
    const account = new Account("till", "EUR");
    account.book(eur(500));
    expect(() => account.book(eur(-501))).toThrow("never overdrawn");
    expect(account.balance.equals(eur(500))).toBe(true);
  });

  it("does not change once it is closed", () => {
    const account = new Account("till", "EUR");
    account.close();
    expect(() => account.book(eur(1))).toThrow("does not change");
  });

  it("is closed only when it is empty", () => {
    const account = new Account("till", "EUR");
    account.book(eur(1));
    expect(() => account.close()).toThrow("empty account");
  });
});

describe("Posting", () => {
  const lines = [
    { account: "till", amount: eur(-500) },
    { account: "bank", amount: eur(500) },
  ];

  it("has two lines at least", () => {
    expect(() => new Posting("1", lines.slice(1))).toThrow("two lines");
  });

  it("sums to zero", () => {
    expect(() => new Posting("1", [...lines, { account: "tips", amount: eur(1) }])).toThrow("sum to zero");
  });

  it("is reversed at most once", () => {
    const posting = new Posting("1", lines);
    expect(posting.reverse("2").lines.map((line) => line.amount.props.amount)).toEqual([500, -500]);
    expect(() => posting.reverse("3")).toThrow("already reversed by 2");
  });
});

describe("Money", () => {
  it("is equal by value", () => {
    expect(eur(5).equals(eur(5))).toBe(true);
    expect(eur(5).equals(Money.of(5, "USD"))).toBe(false);
  });

  it("is counted in whole cents of one currency", () => {
    expect(() => eur(0.5)).toThrow("whole number");
    expect(() => eur(1).plus(Money.of(1, "USD"))).toThrow("currencies differ");
  });
});
