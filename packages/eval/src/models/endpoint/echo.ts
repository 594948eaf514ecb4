import { echoLogprobs } from "./echo-logprobs.ts";
import { GREEDY, type Endpoint } from "./endpoint.ts";

/** Log-probabilities of a text's tokens behind a prompt: the server tells those of what it is given. */
export async function echo(
  endpoint: Endpoint,
  asked: { readonly prompt: string; readonly text: string },
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const prompt = asked.prompt + asked.text;
  const body = { prompt, ...GREEDY, max_tokens: 1, echo: true, logprobs: 1 };
  const [choice] = await endpoint.complete(body, signal);
  if (!choice?.logprobs) throw endpoint.noLogprobs();
  return echoLogprobs(asked, choice.logprobs, endpoint.facts.baseURL).own;
}
