import type { Posting } from "../domain/posting";
import type { AIClient, AIProvenance } from "../ports/ai-client";

export type Explanation = { posting: string; text: string; provenance: AIProvenance };

/** Explains a posting in plain words, and keeps the words with where they come from. */
export class ExplainPosting {
  readonly kept: Explanation[] = [];

  constructor(private readonly aiClient: AIClient) {}

  async explain(posting: Posting): Promise<Explanation> {
    const input = posting.lines.map((line) => `${line.account}: ${line.amount.props.amount}`).join("; ");
    const { text, provenance } = await this.aiClient.complete("explain-posting", "1.2.0", input);
    return this.keep({ posting: posting.id, text, provenance });
  }

  private keep(explanation: Explanation): Explanation {
    const { provenance } = explanation;
    if (!provenance?.model || !provenance.prompt || !provenance.version) {
      throw new Error("what a machine wrote is kept with its AIProvenance only");
    }
    this.kept.push(explanation);
    return explanation;
  }
}
