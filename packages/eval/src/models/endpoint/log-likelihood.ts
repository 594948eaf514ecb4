import type { LogLikelihoodRequest, LogLikelihoodResponse } from "../../eval-request.ts";
import { sum } from "../token-lists.ts";
import { echo } from "./echo.ts";
import type { Endpoint } from "./endpoint.ts";
import { ONE_GENERATED } from "./endpoint-prompts.ts";

/** Scores continuations, one after the other. */
export async function askLogLikelihood(
  endpoint: Endpoint,
  { prompt: wanted, continuations }: LogLikelihoodRequest,
  signal: AbortSignal | undefined,
): Promise<LogLikelihoodResponse> {
  const { prompts } = endpoint;
  const more = prompts.longest(wanted, continuations) + ONE_GENERATED;
  const { text: prompt, truncatedTokens } = prompts.fit(wanted, more);
  const logLikelihoods: number[] = [];
  for (const text of continuations)
    logLikelihoods.push(sum(await echo(endpoint, { prompt, text }, signal)));
  return { kind: "logLikelihood", logLikelihoods, truncatedTokens };
}
