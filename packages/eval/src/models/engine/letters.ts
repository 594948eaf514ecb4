import type { LettersRequest, LettersResponse } from "../../eval-request.ts";
import { letterTokenIds } from "../letter-token-ids.ts";
import type { EnginePrompts } from "./engine-prompts.ts";

/** Compares letters by the last row of a prompt's logits. @throws {LetterError} if one is not one token. */
export async function answerLetters(
  prompts: EnginePrompts,
  { prompt, letters, ids }: LettersRequest,
  signal: AbortSignal | undefined,
): Promise<LettersResponse> {
  const candidates = letters.map((letter) => letterTokenIds(prompts.tokenizer, letter, ids));
  const { tokenIds, truncatedTokens } = prompts.fit(prompts.promptIds(prompt), 0);
  const { data } = await prompts.model.logits(tokenIds, { last: true, signal });
  const scores = candidates.map((one) => Math.max(...one.map((id) => data[id] ?? Number.NaN)));
  return { kind: "letters", scores, truncatedTokens };
}
