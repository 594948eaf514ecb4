import { enterRequest } from "../../engine/run-request.ts";
import type { ServerContext } from "../../http/env.ts";
import { started } from "../../http/event-stream.ts";
import { readBody } from "../../http/read-body.ts";
import type { ServerState } from "../../server-state.ts";
import { answerStream, REFUSAL_MS, withResult } from "../answer-stream.ts";
import { answerHead, type AnswerHead } from "../answer-head.ts";
import { chatBody, chatChunk, ChatChoice, roleChunk, usageChunk } from "./chat-body.ts";
import { chatEvents, type ChatEvent, type ChatRun } from "./chat-events.ts";
import { chatSchema } from "./chat-schema.ts";
import { planChat } from "./plan-chat.ts";

/** `POST /v1/chat/completions` */
export async function postChat(state: ServerState, c: ServerContext): Promise<Response> {
  const { served, settings } = state;
  const request = await readBody(c, chatSchema, settings.isStrict);
  const chosen = served.choose(request.model);
  const plan = planChat(request, served);
  const n = request.n ?? served.model.generationConfig.n;
  const running = enterRequest(state, c, n);
  const run = { chosen, plan, signal: running.signal };
  const head = answerHead("chatcmpl", chosen.id, served);
  if (request.stream) {
    const includesUsage = request.stream_options?.include_usage ?? false;
    return answerStream(state, c, running, chatChunks(state, c, run, { head, n, includesUsage }));
  }
  using _running = running;
  const choices = Array.from({ length: n }, (_, index) => new ChatChoice(index));
  for await (const event of withResult(chatEvents(state, c, run))) {
    if ("result" in event) return c.json(chatBody(head, served, choices, event.result));
    choices[event.choice]?.push(event);
  }
  throw new Error("chat: expected a result, got none");
}

interface ChunkOptions {
  readonly head: AnswerHead;
  readonly n: number;
  readonly includesUsage: boolean;
}

async function* chatChunks(
  state: ServerState,
  c: ServerContext,
  run: ChatRun,
  { head, n, includesUsage }: ChunkOptions,
): AsyncGenerator<object> {
  const events = await started(withResult(chatEvents(state, c, run)), REFUSAL_MS);
  const noUsage = includesUsage ? { usage: null } : {};
  for (let index = 0; index < n; index++) yield { ...roleChunk(head, index), ...noUsage };
  for await (const event of events) {
    if ("result" in event) {
      if (includesUsage) yield usageChunk(head, event.result);
    } else if (isTelling(event)) yield { ...chatChunk(head, state.served, event), ...noUsage };
  }
}

/** Tokens that make no text certain yet say nothing, unless their log-probabilities are wanted. */
function isTelling({ text = "", call, logprobs = [], finishReason }: ChatEvent): boolean {
  return text !== "" || call !== undefined || logprobs.length > 0 || finishReason !== undefined;
}
