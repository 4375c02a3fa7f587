import { describe, expect, it } from "vitest";
import { GatewayAIClient } from "../src/adapters/gateway-ai-client";
import { Posting } from "../src/domain/posting";
import type { AIProvenance } from "../src/ports/ai-client";
import { ExplainPosting } from "../src/usecases/explain-posting";
import { move } from "./books";

const posting = new Posting("p1", move(500));
const answering = (provenance?: AIProvenance) => {
  const send = () => Promise.resolve(Response.json({ text: "5 EUR go from the till to the bank", provenance }));
  return new ExplainPosting(new GatewayAIClient("https://gateway.example/complete", send));
};

describe("AIProvenance [G5.provenance]", () => {
  it("is kept with what a machine wrote", async () => {
    const provenance = { model: "echo", prompt: "explain-posting", version: "1.2.0" };
    expect((await answering(provenance).explain(posting)).provenance).toEqual(provenance);
  });

  it("is required: without it nothing is persisted", async () => {
    const use = answering();
    await expect(use.explain(posting)).rejects.toThrow("with its AIProvenance only");
    expect(use.kept).toEqual([]);
  });
});
