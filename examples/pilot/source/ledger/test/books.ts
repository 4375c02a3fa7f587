import { Money } from "../src/domain/money";
import type { Event } from "../src/ports/outbox";
import { Ledger } from "../src/usecases/ledger";

export const north = { id: "north", residency: "eu" };
export const south = { id: "south", residency: "us" };
export const eur = (amount: number) => Money.of(amount, "EUR");

/** Books with a till that holds 100 EUR and an empty bank. */
export const books = () => {
  const sent: Event[] = [];
  const ledger = new Ledger({ add: (event) => sent.push(event) });
  ledger.open(north, "till", "EUR").book(eur(10_000));
  ledger.open(north, "bank", "EUR");
  return { ledger, sent };
};
export const move = (amount: number) => [
  { account: "till", amount: eur(-amount) },
  { account: "bank", amount: eur(amount) },
];
