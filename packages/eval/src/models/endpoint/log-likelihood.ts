import type { LogLikelihoodRequest, LogLikelihoodResponse } from "../../eval-request.ts";
import { sum } from "../token-lists.ts";
import { echo } from "./echo.ts";
import type { Endpoint } from "./endpoint.ts";

/** Scores continuations, one after the other. */
export async function askLogLikelihood(
  endpoint: Endpoint,
  { prompt, continuations }: LogLikelihoodRequest,
  signal: AbortSignal | undefined,
): Promise<LogLikelihoodResponse> {
  const logLikelihoods: number[] = [];
  for (const text of continuations)
    logLikelihoods.push(sum(await echo(endpoint, { prompt, text }, signal)));
  return { kind: "logLikelihood", logLikelihoods, truncatedTokens: 0 };
}
