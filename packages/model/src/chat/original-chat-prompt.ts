import { ChatMessageError } from "./chat-errors.ts";
import { type ChatMessage, splitRounds } from "./chat-message.ts";
import type { ChatPromptOptions } from "./chat-prompt.ts";
import type { ChatTokenizer } from "./chat-tokenizer.ts";

/**
 * The published `build_chat_input`, quirks included; DIFFERENCES.md lists them.
 *
 * Content is looked at only when a message is encoded, as in the original: a message without content in a
 * round that was dropped raises nothing.
 *
 * @throws {ChatMessageError} where the original raises; `pythonError` names the class it raises.
 * @see generation_utils.py `build_chat_input` of Baichuan2-13B-Chat, revision d022d72
 */
export function buildOriginalChatPrompt(
  tokenizer: Pick<ChatTokenizer, "encode">,
  messages: readonly ChatMessage[],
  options: ChatPromptOptions,
): number[] {
  const { userTokenId, assistantTokenId, maxNewTokens } = options.generationConfig;
  const budget = options.modelMaxLength - (options.maxNewTokens || maxNewTokens);
  const encode = (message: ChatMessage): number[] =>
    tokenizer.encode(contentOf(message, messages), {
      specialTokens: "parse",
      compat: options.compat === "original-hf-slow" ? "hf-slow" : "sentencepiece",
    });

  const [systemMessage, others] = splitSystem(messages);
  const system = systemMessage ? encode(systemMessage) : [];
  const historyBudget = budget - system.length;
  let history: number[] = [];
  for (const round of splitRounds(others).toReversed()) {
    const ids = round.flatMap((message) => [
      message.role === "user" ? userTokenId : assistantTokenId,
      ...encode(message),
    ]);
    if (history.length > 0 && history.length + ids.length > historyBudget) break;
    history = [...ids, ...history];
    if (history.length >= historyBudget) break;
  }
  const last = messages.at(-1);
  if (!last) {
    throw new ChatMessageError("ERR_CHAT_EMPTY", -1, "at least one message", "an empty list");
  }
  const trailer = last.role === "assistant" ? [] : [assistantTokenId];
  return lastInPython([...system, ...history, ...trailer], budget);
}

function splitSystem(
  messages: readonly ChatMessage[],
): [ChatMessage | undefined, readonly ChatMessage[]] {
  for (const [index, message] of messages.entries()) {
    if (typeof (message as unknown) !== "object" || (message as unknown) === null) {
      throw new ChatMessageError("ERR_CHAT_MESSAGE", index, "an object", JSON.stringify(message));
    }
    if (message.role === undefined) {
      throw new ChatMessageError("ERR_CHAT_MISSING_FIELD", index, "a role", "none");
    }
    if (message.role === "system" && index > 0) {
      const expected = "the system message to be the first";
      throw new ChatMessageError("ERR_CHAT_SYSTEM_POSITION", index, expected, "another one");
    }
  }
  const [first] = messages;
  return first?.role === "system" ? [first, messages.slice(1)] : [undefined, messages];
}

function contentOf(message: ChatMessage, messages: readonly ChatMessage[]): string {
  const index = messages.indexOf(message);
  const content: unknown = message.content;
  if (content === undefined) {
    throw new ChatMessageError("ERR_CHAT_MISSING_FIELD", index, "content", "none");
  }
  if (typeof content !== "string") {
    throw new ChatMessageError("ERR_CHAT_MESSAGE", index, "content of text", typeof content);
  }
  return content;
}

/** `ids[-budget:]`: 0 keeps all, a negative budget drops that many from the front. */
function lastInPython(ids: number[], budget: number): number[] {
  return budget === 0 ? ids : ids.slice(-budget);
}
