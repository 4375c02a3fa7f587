import { expect, it } from "vitest";
import { greeting } from "../src/usecases/send";

it("greets by name", () => {
  expect(greeting(" Ada ")).toBe("Hello Ada");
});

it("greets those without a name", () => {
  expect(greeting("")).toBe("Hello there");
});
