import { expect, it } from "vitest";
import { Suggestions } from "../src/usecases/suggestions";

it("AIProvenance is required: without it nothing is persisted [G5.provenance]", () => {
  expect(() => new Suggestions().keep({ basket: "b1", text: "a lamp" })).toThrow("AIProvenance");
});
