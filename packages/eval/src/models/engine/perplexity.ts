import type { PerplexityRequest, PerplexityResponse } from "../../eval-request.ts";
import { commonPrefixLength, meanLoss, sum } from "../token-lists.ts";
import type { EnginePrompts } from "./engine-prompts.ts";
import { continuationScores } from "./log-likelihood.ts";

/** Scores whole texts; what they have in common runs once. */
export async function answerPerplexity(
  prompts: EnginePrompts,
  { texts }: PerplexityRequest,
  signal: AbortSignal | undefined,
): Promise<PerplexityResponse> {
  const fitted = texts.map((text) => prompts.fit(prompts.encode(text), 0));
  const ids = fitted.map(({ tokenIds }) => tokenIds);
  // Each text keeps a token of its own: nothing can be said of none.
  const shortest = Math.min(...ids.map(({ length }) => length));
  const common = Math.max(1, Math.min(commonPrefixLength(ids), shortest - 1));
  const prefix = ids[0]?.slice(0, common) ?? [];
  const rest = ids.map((all) => all.slice(common));
  const [shared = 0] =
    common < 2
      ? [0]
      : await continuationScores(prompts, prefix.slice(0, 1), [prefix.slice(1)], signal);
  const own = await continuationScores(prompts, prefix, rest, signal);
  return {
    kind: "perplexity",
    losses: ids.map(({ length }, i) => meanLoss(shared + (own[i] ?? 0), length - 1)),
    truncatedTokens: sum(fitted.map(({ truncatedTokens }) => truncatedTokens)),
  };
}
