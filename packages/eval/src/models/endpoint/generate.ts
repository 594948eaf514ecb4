import type { GenerateRequest, GenerateResponse } from "../../eval-request.ts";
import { cutAtStop } from "../cut-at-stop.ts";
import { GREEDY, type Endpoint } from "./endpoint.ts";

/** Continues a prompt. */
export async function askGenerate(
  endpoint: Endpoint,
  { prompt, maxNewTokens, stop, sampling }: GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<GenerateResponse> {
  const body = { prompt, ...samplingBody(sampling), ...stopBody(stop), max_tokens: maxNewTokens };
  const choices = await endpoint.complete(body, signal);
  return {
    kind: "generate",
    texts: choices.map(({ text }) => cutAtStop(text, stop)),
    finishReasons: choices.map(({ finish_reason }) => toFinishReason(finish_reason)),
    truncatedTokens: 0,
  };
}

/** Answers a prompt as a message of a user. */
export async function askChat(
  endpoint: Endpoint,
  { prompt, maxNewTokens, stop, sampling }: GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<GenerateResponse> {
  const messages = [{ role: "user" as const, content: prompt }];
  const body = { messages, ...samplingBody(sampling), ...stopBody(stop), max_tokens: maxNewTokens };
  const choices = await endpoint.chat(body, signal);
  return {
    kind: "generate",
    texts: choices.map(({ message }) => cutAtStop(message.content ?? "", stop)),
    finishReasons: choices.map(({ finish_reason }) => toFinishReason(finish_reason)),
    truncatedTokens: 0,
  };
}

function samplingBody(sampling: GenerateRequest["sampling"]) {
  if (!sampling) return GREEDY;
  const { n, temperature, topP, seed } = sampling;
  return { n, temperature, top_p: topP, seed };
}

/** OpenAI's API takes up to four texts, and no empty list; the others are looked for afterwards. */
function stopBody(stop: readonly string[]) {
  return stop.length === 0 ? {} : { stop: stop.slice(0, 4) };
}

function toFinishReason(reason: string | null): "stop" | "length" {
  return reason === "length" ? "length" : "stop";
}
