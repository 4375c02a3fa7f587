import OpenAI from "openai";

const openai = new OpenAI();

/** Asks a provider directly, and forgets which model wrote what. */
export const suggest = async (skus: string[]): Promise<string> => {
  const answer = await openai.chat.completions.create({
    model: "large",
    messages: [{ role: "user", content: `What goes with ${skus.join(", ")}?` }],
  });
  return answer.choices[0]?.message.content ?? "";
};
