import { tokenLogprobs } from "@baichuan2/model";
import type { LogLikelihoodRequest, LogLikelihoodResponse } from "../../eval-request.ts";
import type { EnginePrompts } from "./engine-prompts.ts";

/** Scores continuations; where each is one token long, by the last row of the prompt's logits. */
export async function answerLogLikelihood(
  prompts: EnginePrompts,
  { prompt, continuations }: LogLikelihoodRequest,
  signal: AbortSignal | undefined,
): Promise<LogLikelihoodResponse> {
  const all = prompts.promptIds(prompt);
  const rest = continuations.map((text) => prompts.continuationIds(prompt, all, text));
  const longest = Math.max(...rest.map(({ length }) => length));
  const { tokenIds, truncatedTokens } = prompts.fit(all, longest);
  const logLikelihoods = rest.every(({ length }) => length === 1)
    ? await nextTokens(prompts, tokenIds, rest.flat(), signal)
    : await continuationScores(prompts, tokenIds, rest, signal);
  return { kind: "logLikelihood", logLikelihoods, truncatedTokens };
}

async function nextTokens(
  { model }: EnginePrompts,
  tokenIds: readonly number[],
  next: readonly number[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { data } = await model.logits(tokenIds, { last: true, signal });
  return tokenLogprobs(data, next);
}

/** Log-likelihoods of ids behind others. */
export async function continuationScores(
  { model }: EnginePrompts,
  tokenIds: readonly number[],
  rest: readonly (readonly number[])[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const continuations = rest.map((ids) => ({ tokenIds: ids }));
  const scores = await model.score({ tokenIds }, continuations, { signal });
  return scores.map(({ logLikelihood }) => logLikelihood);
}
