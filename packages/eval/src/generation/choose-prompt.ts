import { EvalDataError } from "../data/eval-data-error.ts";

/** What has a name at its source; a list's first is the default. */
export interface Named {
  readonly name: string;
}

/**
 * The prompt that an option asks for.
 *
 * @param prompts - Those of a recipe, the default first.
 * @param file - The benchmark's folder, for the error.
 * @throws {EvalDataError} for a name that none of them has.
 */
export function choosePrompt<Prompt extends Named>(
  prompts: readonly [Prompt, ...Prompt[]],
  name: string | undefined,
  file: string,
): Prompt {
  const chosen = prompts.find((prompt) => prompt.name === (name ?? prompts[0].name));
  if (chosen !== undefined) return chosen;
  const expected = `a prompt of this recipe: ${prompts.map((prompt) => prompt.name).join(", ")}`;
  throw new EvalDataError({ file, expected, actual: `${name}`, hint: "set `prompt`" });
}
