import type {
  FinishReason,
  GenerationDelta,
  GenerationResult,
  TokenLogprob,
} from "@baichuan2/model";
import { generate, type GenerationRequest } from "../../engine/generate.ts";
import type { ServerContext } from "../../http/env.ts";
import type { ServerState } from "../../server-state.ts";
import type { ChatPlan } from "./plan-chat.ts";
import { callFormat, type ToolChoice } from "./tool-choice.ts";
import { ToolCallText, type CallDelta } from "./tool-call-text.ts";

/** A piece of an answer: text, or a call. */
export interface ChatEvent {
  readonly choice: number;
  readonly text?: string | undefined;
  readonly call?: CallDelta | undefined;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  /** In the last piece of a text. */
  readonly finishReason?: FinishReason | "tool_calls" | undefined;
}

/** What a chat runs with. */
export type ChatRun = Omit<GenerationRequest, "prompt" | "options"> & { readonly plan: ChatPlan };

/** Answers a conversation piece by piece. */
export async function* chatEvents(
  state: ServerState,
  c: ServerContext,
  { plan, ...run }: ChatRun,
): AsyncGenerator<ChatEvent, GenerationResult> {
  const { messages, options, formatField, tools } = plan;
  const request = { ...run, prompt: { messages }, options, formatField };
  const start = (
    more: Partial<GenerationRequest> = {},
  ): AsyncGenerator<GenerationDelta, GenerationResult> =>
    generate(state, c, { ...request, ...more });
  if (!tools) return yield* textEvents(start());
  if (tools.mode !== "auto") return yield* callEvents(start(), tools.mode);
  // Text, until it begins as a call: then it begins anew, held to the calls that there are. The prompt is in the cache.
  const text = yield* untilCall(start(), options.responseFormat !== undefined);
  if (text) return text;
  const format = callFormat(tools.functions);
  return yield* callEvents(
    start({ options: { ...options, stop: [], responseFormat: format }, formatField: "tools" }),
    "required",
  );
}

async function* textEvents(
  deltas: AsyncGenerator<GenerationDelta, GenerationResult>,
): AsyncGenerator<ChatEvent, GenerationResult> {
  for (;;) {
    const { done, value } = await deltas.next();
    if (done) return value;
    yield value;
  }
}

async function* callEvents(
  deltas: AsyncGenerator<GenerationDelta, GenerationResult>,
  mode: Exclude<ToolChoice["mode"], "auto">,
): AsyncGenerator<ChatEvent, GenerationResult> {
  const calls = new Map<number, ToolCallText>();
  for (;;) {
    const { done, value } = await deltas.next();
    if (done) return value;
    const { choice, text, logprobs, finishReason } = value;
    const call = calls.get(choice) ?? new ToolCallText();
    calls.set(choice, call);
    const delta = call.push(text);
    yield { choice, call: delta, logprobs, finishReason: endOf(finishReason, mode) };
  }
}

/** OpenAI's API says "stop" where the function was named by the request. */
function endOf(
  reason: FinishReason | undefined,
  mode: Exclude<ToolChoice["mode"], "auto">,
): ChatEvent["finishReason"] {
  return reason === "stop" && mode === "required" ? "tool_calls" : reason;
}

/** What a call begins with, without white space. */
const CALL = '{"name"';

/**
 * Text events; what could be the beginning of a call is held back.
 *
 * @param isHeld - The text must be of another format: it is none of ours.
 * @returns undefined if it is one.
 */
async function* untilCall(
  deltas: AsyncGenerator<GenerationDelta, GenerationResult>,
  isHeld: boolean,
): AsyncGenerator<ChatEvent, GenerationResult | undefined> {
  let held: GenerationDelta[] = [];
  let isText = isHeld;
  try {
    for (;;) {
      const { done, value } = await deltas.next();
      if (done) return value;
      held.push(value);
      const text = held
        .map((delta) => delta.text)
        .join("")
        .replaceAll(/\s/g, "");
      if (!isText && text.startsWith(CALL)) return undefined;
      isText ||= !CALL.startsWith(text) || value.finishReason !== undefined;
      if (!isText) continue;
      yield* held;
      held = [];
    }
  } finally {
    await deltas.return(undefined as never);
  }
}
