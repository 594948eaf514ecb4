import type { PerplexityRequest, PerplexityResponse } from "../../eval-request.ts";
import { meanLoss, sum } from "../token-lists.ts";
import { echo } from "./echo.ts";
import type { Endpoint } from "./endpoint.ts";
import { ONE_GENERATED } from "./endpoint-prompts.ts";

/** Scores whole texts, one after the other. */
export async function askPerplexity(
  endpoint: Endpoint,
  { texts }: PerplexityRequest,
  signal: AbortSignal | undefined,
): Promise<PerplexityResponse> {
  const losses: number[] = [];
  const fitted = texts.map((text) => endpoint.prompts.fit(text, ONE_GENERATED));
  for (const { text } of fitted) {
    const own = await echo(endpoint, { prompt: "", text }, signal);
    losses.push(meanLoss(sum(own), own.length));
  }
  const truncatedTokens = sum(fitted.map((one) => one.truncatedTokens));
  return { kind: "perplexity", losses, truncatedTokens };
}
