import type { LoadOptions, RecipeName } from "./benchmark.ts";
import { EvalDataError } from "./data/eval-data-error.ts";

/** Prompts of each recipe; the first is the default. */
export type PromptTable<Prompt> = Readonly<Partial<Record<RecipeName, readonly Prompt[]>>>;

/**
 * The prompt that an option names, or the recipe's first.
 *
 * @throws {EvalDataError} if the recipe has no prompt of that name.
 */
export function choosePrompt<Prompt extends { readonly name: string }>(
  { directory, recipe, prompt: wanted }: Pick<LoadOptions, "directory" | "recipe" | "prompt">,
  table: PromptTable<Prompt>,
): Prompt {
  const prompts = table[recipe] ?? [];
  const chosen = prompts.find(({ name }) => wanted === undefined || name === wanted);
  if (chosen !== undefined) return chosen;
  const names = prompts.map(({ name }) => name).join(", ");
  throw new EvalDataError({
    file: directory,
    expected: `a prompt of the recipe ${recipe}: ${names}`,
    actual: wanted ?? "none",
  });
}
