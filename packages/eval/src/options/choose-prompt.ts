import type { LoadOptions, RecipeName } from "../benchmark.ts";
import { checkedOption } from "./checked-option.ts";

/** Prompts by their names at the source, the default first. */
export type Prompts<Prompt> = readonly [Prompt, ...Prompt[]];

/** Those of each recipe. */
export type PromptTable<Prompt> = Readonly<Record<RecipeName, Prompts<Prompt>>>;

/**
 * The prompt that an option asks for, or the default.
 *
 * @throws {EvalOptionError} for a name that none of them has.
 */
export function choosePrompt<Prompt extends { readonly name: string }>(
  options: Pick<LoadOptions, "prompt">,
  prompts: Prompts<Prompt>,
): Prompt {
  const [{ name: usual }] = prompts;
  const names = prompts.map(({ name }) => name);
  const chosen = checkedOption("prompt", options.prompt ?? usual, names);
  return prompts[names.indexOf(chosen)] as Prompt;
}
