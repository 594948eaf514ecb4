import type { LettersRequest, LettersResponse } from "../../eval-request.ts";
import { letterSpellings } from "../letter-spellings.ts";
import { sum } from "../token-lists.ts";
import { echo } from "./echo.ts";
import { GREEDY, type Endpoint } from "./endpoint.ts";
import { ONE_GENERATED } from "./endpoint-prompts.ts";
import { letterScores } from "./letter-scores.ts";

/** Compares letters by the alternatives of the next token; those that are not among them are asked for one by one. */
export async function askLetters(
  endpoint: Endpoint,
  { prompt: wanted, letters, ids }: LettersRequest,
  signal: AbortSignal | undefined,
): Promise<LettersResponse> {
  const { prompts } = endpoint;
  const spellings = letters.flatMap((letter) => letterSpellings(letter, ids));
  // All letters are compared behind the same prompt, also those that are asked for behind it.
  const more = prompts.longest(wanted, spellings) + ONE_GENERATED;
  const { text: prompt, truncatedTokens } = prompts.fit(wanted, more);
  const body = { prompt, ...GREEDY, max_tokens: 1, logprobs: endpoint.facts.topLogprobs };
  const [choice] = await endpoint.complete(body, signal);
  const top = choice?.logprobs?.top_logprobs?.[0];
  if (!top) throw endpoint.noLogprobs();
  const scores = await letterScores(letters, ids, top, async (spelling) =>
    sum(await echo(endpoint, { prompt, text: spelling }, signal)),
  );
  return { kind: "letters", scores, truncatedTokens };
}
