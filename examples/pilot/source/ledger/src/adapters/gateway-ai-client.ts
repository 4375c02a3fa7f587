import type { AIClient, Completion } from "../ports/ai-client";

/** Asks the platform's gateway, which knows the budget. */
export class GatewayAIClient implements AIClient {
  constructor(
    private readonly address: string,
    private readonly send: typeof fetch = fetch,
  ) {}

  async complete(prompt: string, version: string, input: string): Promise<Completion> {
    const answer = await this.send(this.address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt, version, input }),
    });
    if (!answer.ok) throw new Error(`the gateway answers ${answer.status}`);
    return (await answer.json()) as Completion;
  }
}
