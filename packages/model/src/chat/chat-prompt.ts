import type { GenerationConfig } from "../generation-config.ts";
import { ChatMessageError, ContextLengthError } from "./chat-errors.ts";
import { type ChatMessage, type Round, splitRounds } from "./chat-message.ts";
import type { ChatTokenizer } from "./chat-tokenizer.ts";
import { buildOriginalChatPrompt } from "./original-chat-prompt.ts";

/** What a chat prompt is built with. */
export interface ChatPromptOptions {
  /** Ids of the markers, and the `maxNewTokens` that holds if the caller gives none. */
  readonly generationConfig: Pick<
    GenerationConfig,
    "userTokenId" | "assistantTokenId" | "maxNewTokens"
  >;
  /** Tokens the caller wants reserved for the answer; 0, null and undefined: the config's. */
  readonly maxNewTokens?: number | null | undefined;
  /** Tokens of the context: prompt and answer together. */
  readonly modelMaxLength: number;
  /**
   * "original": exactly the ids of the published `build_chat_input`, see DIFFERENCES.md.
   * "original-hf-slow": the same through the `BaichuanTokenizer` class of transformers <= 4.33, which also
   * turns `<s>`, `</s>` and `<unk>` in a message into their ids.
   */
  readonly compat?: "original" | "original-hf-slow" | undefined;
}

/**
 * Ids of a conversation, ready for the assistant to continue:
 *
 *     system text | 195 user text 196 assistant text | 195 user text … 196
 *
 * The text of a message never becomes a special or reserved token. If the last message is the
 * assistant's, no marker follows and the answer continues its text.
 *
 * A conversation too long for `modelMaxLength - maxNewTokens` loses its oldest rounds, whole ones, never
 * the system message or the last round. If these two alone are too long, it depends: reserved tokens the
 * caller asked for are kept and the call fails; reserved tokens that are only a default give way, down
 * to one token, and the answer ends earlier.
 *
 * DIFFERENCES.md beside this file lists how the original differs.
 *
 * @throws {ChatMessageError} for an empty list, an unknown role, a system message that is not first, …
 * @throws {ContextLengthError} if system message and last round do not fit.
 */
export function buildChatPrompt(
  tokenizer: Pick<ChatTokenizer, "encode">,
  messages: readonly ChatMessage[],
  options: ChatPromptOptions,
): number[] {
  if (options.compat !== undefined) return buildOriginalChatPrompt(tokenizer, messages, options);
  checkMessages(messages);
  const { userTokenId, assistantTokenId } = options.generationConfig;
  const encode = (text: string): number[] => tokenizer.encode(text, { specialTokens: "text" });
  const encodeRound = (round: Round): number[] =>
    round.flatMap(({ role, content }) => [
      role === "user" ? userTokenId : assistantTokenId,
      ...encode(content),
    ]);

  const [first] = messages;
  const system = first?.role === "system" ? encode(first.content) : [];
  const rounds = splitRounds(first?.role === "system" ? messages.slice(1) : messages);
  const trailer = messages.at(-1)?.role === "assistant" ? [] : [assistantTokenId];
  const last = encodeRound(rounds.pop() ?? []);

  const kept = [last];
  let room = roomBesides(system.length + last.length + trailer.length, options);
  for (const round of rounds.toReversed()) {
    const ids = encodeRound(round);
    if (ids.length > room) break;
    room -= ids.length;
    kept.unshift(ids);
  }
  return [system, ...kept, trailer].flat();
}

/**
 * Tokens left for older rounds (below 0 where the default reserve gave way).
 *
 * @param needed - Tokens of what must stay.
 */
function roomBesides(needed: number, options: ChatPromptOptions): number {
  const { modelMaxLength, generationConfig } = options;
  const asked = options.maxNewTokens || undefined;
  const room = modelMaxLength - (asked ?? generationConfig.maxNewTokens) - needed;
  const limit = modelMaxLength - (asked ?? 1);
  if (limit < 1) {
    const hint = "prompt and answer share the context: lower maxNewTokens";
    throw new ContextLengthError("maxNewTokens", asked ?? 1, modelMaxLength - 1, hint);
  }
  if (needed > limit) {
    const hint = asked
      ? `the context holds ${modelMaxLength} tokens and ${asked} are reserved for the answer: shorten the message or lower maxNewTokens`
      : `the context holds ${modelMaxLength} tokens: shorten the message`;
    throw new ContextLengthError("chat prompt", needed, limit, hint);
  }
  return room;
}

function checkMessages(messages: readonly ChatMessage[]): void {
  if (!Array.isArray(messages) || messages.length === 0) {
    const actual = Array.isArray(messages) ? "an empty list" : typeof messages;
    throw new ChatMessageError("ERR_CHAT_EMPTY", -1, "a list of at least one message", actual);
  }
  for (const [index, message] of messages.entries()) checkMessage(message, index);
}

/** Messages come from JSON: nothing about them is sure. */
function checkMessage(message: unknown, index: number): void {
  if (typeof message !== "object" || message === null) {
    throw new ChatMessageError("ERR_CHAT_MESSAGE", index, "an object", JSON.stringify(message));
  }
  for (const field of ["role", "content"]) {
    if (field in message) continue;
    throw new ChatMessageError("ERR_CHAT_MISSING_FIELD", index, `a ${field}`, "none");
  }
  const { role, content } = message as { role: unknown; content: unknown };
  if (role !== "system" && role !== "user" && role !== "assistant") {
    const expected = 'the role "system", "user" or "assistant"';
    throw new ChatMessageError("ERR_CHAT_ROLE", index, expected, JSON.stringify(role));
  }
  if (role === "system" && index > 0) {
    const expected = "the system message to be the first";
    throw new ChatMessageError("ERR_CHAT_SYSTEM_POSITION", index, expected, "another one");
  }
  if (typeof content !== "string") {
    throw new ChatMessageError("ERR_CHAT_MESSAGE", index, "content of text", typeof content);
  }
}
