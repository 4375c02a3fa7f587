import { expect, it } from "vitest";
import { greeting } from "../src/usecases/send";

it("greets by name [L2.use-cases]", () => {
  expect(greeting(" Ada ")).toBe("Hello Ada");
});

it("greets those without a name [L2.use-cases]", () => {
  expect(greeting("")).toBe("Hello there");
});
