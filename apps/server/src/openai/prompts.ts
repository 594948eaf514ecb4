import type { z } from "@hono/zod-openapi";
import type { promptsSchema } from "./completions/completion-schema.ts";

/** A text, or its ids. */
export type TextPrompt = { readonly text: string } | { readonly tokenIds: readonly number[] };

/** The texts that a request gives in one of four forms. */
export function promptsOf(prompts: z.output<typeof promptsSchema>): TextPrompt[] {
  if (typeof prompts === "string") return [{ text: prompts }];
  if (isIds(prompts)) return [{ tokenIds: prompts }];
  return prompts.map((one) => (typeof one === "string" ? { text: one } : { tokenIds: one }));
}

function isIds(prompts: readonly (string | number | readonly number[])[]): prompts is number[] {
  return typeof prompts[0] === "number";
}
