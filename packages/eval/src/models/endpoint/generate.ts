import type { GenerateRequest, GenerateResponse } from "../../eval-request.ts";
import { cutAtStop } from "../cut-at-stop.ts";
import { GREEDY, type Endpoint } from "./endpoint.ts";

/** Left to what a server's template puts around a message: 2 tokens for Baichuan2; others have a system message too. */
const CHAT_TOKENS = 32;

/** Continues a prompt. */
export async function askGenerate(
  endpoint: Endpoint,
  request: GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<GenerateResponse> {
  const { stop } = request;
  const max_tokens = endpoint.prompts.limitNewTokens(request.maxNewTokens);
  const { text: prompt, truncatedTokens } = endpoint.prompts.fit(request.prompt, max_tokens);
  const body = { prompt, ...samplingBody(request.sampling), ...stopBody(stop), max_tokens };
  const choices = await endpoint.complete(body, signal);
  return {
    kind: "generate",
    texts: choices.map(({ text }) => cutAtStop(text, stop)),
    finishReasons: choices.map(({ finish_reason }) => toFinishReason(finish_reason)),
    truncatedTokens,
  };
}

/** Answers a prompt as a message of a user. */
export async function askChat(
  endpoint: Endpoint,
  request: GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<GenerateResponse> {
  const { stop } = request;
  const max_tokens = endpoint.prompts.limitNewTokens(request.maxNewTokens);
  const more = max_tokens + CHAT_TOKENS;
  const { text: content, truncatedTokens } = endpoint.prompts.fit(request.prompt, more);
  const messages = [{ role: "user" as const, content }];
  const body = { messages, ...samplingBody(request.sampling), ...stopBody(stop), max_tokens };
  const choices = await endpoint.chat(body, signal);
  return {
    kind: "generate",
    texts: choices.map(({ message }) => cutAtStop(message.content ?? "", stop)),
    finishReasons: choices.map(({ finish_reason }) => toFinishReason(finish_reason)),
    truncatedTokens,
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
