import type { GenerationResult, TokenLogprob } from "@baichuan2/model";
import type { ServedModel } from "../../engine/served-model.ts";
import type { AnswerHead } from "../answer-head.ts";
import { chatLogprob } from "../logprobs.ts";
import { timingsBody, usageBody } from "../usage.ts";
import type { ChatEvent } from "./chat-events.ts";

/** One of the texts of an answer, as it grows. */
export class ChatChoice {
  readonly index: number;
  #text = "";
  #call: { readonly id: string; readonly name: string; arguments: string } | undefined;
  #logprobs: TokenLogprob[] | undefined;
  #finishReason: ChatEvent["finishReason"];

  constructor(index: number) {
    this.index = index;
  }

  push({ text = "", call, logprobs, finishReason }: ChatEvent): void {
    this.#text += text;
    if (call?.start) this.#call = { ...call.start, arguments: "" };
    if (call && this.#call) this.#call.arguments += call.arguments;
    if (logprobs) (this.#logprobs ??= []).push(...logprobs);
    this.#finishReason = finishReason ?? this.#finishReason;
  }

  toBody({ nameToken }: ServedModel) {
    return {
      index: this.index,
      message: {
        role: "assistant" as const,
        content: this.#call ? null : this.#text,
        refusal: null,
        ...(this.#call && { tool_calls: [callBody(this.#call)] }),
      },
      logprobs: this.#logprobs
        ? { content: this.#logprobs.map((one) => chatLogprob(one, nameToken)), refusal: null }
        : null,
      finish_reason: this.#finishReason ?? "length",
    };
  }
}

/** An answer as a whole. */
export function chatBody(
  head: AnswerHead,
  served: ServedModel,
  choices: readonly ChatChoice[],
  result: GenerationResult,
) {
  return {
    ...head,
    object: "chat.completion" as const,
    choices: choices.map((choice) => choice.toBody(served)),
    usage: usageBody(result.usage),
    service_tier: "default" as const,
    x_timings: timingsBody(result),
    x_seed: result.seed,
  };
}

/** A piece of an answer. */
export function chatChunk(head: AnswerHead, { nameToken }: ServedModel, event: ChatEvent) {
  const { choice, text, call, logprobs, finishReason } = event;
  const delta = {
    ...(text !== undefined && text !== "" && { content: text }),
    ...(call && { tool_calls: [callChunk(call)] }),
  };
  const told = logprobs && {
    content: logprobs.map((one) => chatLogprob(one, nameToken)),
    refusal: null,
  };
  return chunkOf(head, [
    { index: choice, delta, logprobs: told ?? null, finish_reason: finishReason ?? null },
  ]);
}

/** The first piece of each text: who speaks. */
export function roleChunk(head: AnswerHead, index: number) {
  const delta = { role: "assistant" as const, content: "", refusal: null };
  return chunkOf(head, [{ index, delta, logprobs: null, finish_reason: null }]);
}

/** The last piece: what was used. */
export function usageChunk(head: AnswerHead, result: GenerationResult) {
  return { ...chunkOf(head, []), usage: usageBody(result.usage), x_timings: timingsBody(result) };
}

function chunkOf<Choice>(head: AnswerHead, choices: readonly Choice[]) {
  return { ...head, object: "chat.completion.chunk" as const, choices };
}

function callBody({ id, name, arguments: text }: { id: string; name: string; arguments: string }) {
  return { id, type: "function" as const, function: { name, arguments: text } };
}

function callChunk({ start, arguments: text }: NonNullable<ChatEvent["call"]>) {
  if (!start) return { index: 0, function: { arguments: text } };
  const { id, name } = start;
  return { index: 0, id, type: "function" as const, function: { name, arguments: text } };
}
