/** Which model wrote a text, from which version of which prompt. */
export type AIProvenance = { model: string; prompt: string; version: string };
export type Completion = { text: string; provenance: AIProvenance };

/** The only way to a language model. */
export interface AIClient {
  complete(prompt: string, version: string, input: string): Promise<Completion>;
}
