/** A text, or its ids. */
export type TextPrompt = { readonly text: string } | { readonly tokenIds: readonly number[] };

/** Contexts that a text may be long: no limit of the network, and more than an engine holds by default. */
export const TEXT_CONTEXTS = 8;

/** The texts that a request gives in one of four forms. */
export function promptsOf(
  prompts: string | readonly number[] | readonly (string | readonly number[])[],
): TextPrompt[] {
  if (typeof prompts === "string") return [{ text: prompts }];
  if (isIds(prompts)) return [{ tokenIds: prompts }];
  return prompts.map((one) => (typeof one === "string" ? { text: one } : { tokenIds: one }));
}

function isIds(
  prompts: readonly (string | number | readonly number[])[],
): prompts is readonly number[] {
  return typeof prompts[0] === "number";
}
