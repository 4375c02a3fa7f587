import { it } from "vitest";
import { Traced, keepTraces } from "../../tools/traced";

it("is traced from the edge to the gateway", async () => {
  const gateway = await new Traced("ai-gateway-service").serve("POST /complete");
  const ledger = await new Traced("ledger-service").serve("POST /postings/{postingId}/explanation", gateway);
  const edge = new Traced("edge");
  await edge.start("explain a posting", ledger);
  await edge.start("explain it again", ledger);
  keepTraces(process.env.TRACES ?? "traces.json");
});
