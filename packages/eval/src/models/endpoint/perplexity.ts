import type { PerplexityRequest, PerplexityResponse } from "../../eval-request.ts";
import { meanLoss, sum } from "../token-lists.ts";
import { echo } from "./echo.ts";
import type { Endpoint } from "./endpoint.ts";

/** Scores whole texts, one after the other. */
export async function askPerplexity(
  endpoint: Endpoint,
  { texts }: PerplexityRequest,
  signal: AbortSignal | undefined,
): Promise<PerplexityResponse> {
  const losses: number[] = [];
  for (const text of texts) {
    const own = await echo(endpoint, { prompt: "", text }, signal);
    losses.push(meanLoss(sum(own), own.length));
  }
  return { kind: "perplexity", losses, truncatedTokens: 0 };
}
