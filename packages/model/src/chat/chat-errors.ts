/** What is wrong with a list of messages. */
export type ChatFault =
  /** There is no message. */
  | "ERR_CHAT_EMPTY"
  /** A system message stands elsewhere than first. */
  | "ERR_CHAT_SYSTEM_POSITION"
  /** A message has no role or no content. */
  | "ERR_CHAT_MISSING_FIELD"
  /** A message is no object or its content is no string. */
  | "ERR_CHAT_MESSAGE"
  /** A role is unknown. */
  | "ERR_CHAT_ROLE";

/** Class of the Python exception that the original raises for a fault; it accepts unknown roles. */
const pythonErrors = {
  ERR_CHAT_EMPTY: "IndexError",
  ERR_CHAT_SYSTEM_POSITION: "AssertionError",
  ERR_CHAT_MISSING_FIELD: "KeyError",
  ERR_CHAT_MESSAGE: "TypeError",
  ERR_CHAT_ROLE: undefined,
} as const satisfies Record<ChatFault, string | undefined>;

/** Messages that are no conversation. */
export class ChatMessageError extends Error {
  override readonly name = "ChatMessageError";
  readonly code: ChatFault;
  /** Index of the offending message; -1 if the list itself offends. */
  readonly index: number;
  /** What the original raises here; undefined for an unknown role, which it accepts. */
  readonly pythonError: (typeof pythonErrors)[ChatFault];

  constructor(code: ChatFault, index: number, expected: string, actual: string) {
    const where = index < 0 ? "messages" : `messages[${index}]`;
    super(`${where}: expected ${expected}, got ${actual}`);
    this.code = code;
    this.index = index;
    this.pythonError = pythonErrors[code];
  }
}

/** A prompt does not fit into the context even after everything that may be dropped was dropped. */
export class ContextLengthError extends Error {
  override readonly name = "ContextLengthError";
  readonly code = "ERR_CONTEXT_LENGTH";
  /** Tokens needed. */
  readonly used: number;
  /** Tokens there is room for. */
  readonly limit: number;

  /** @param hint - What the caller can do. */
  constructor(where: string, used: number, limit: number, hint: string) {
    super(`${where}: expected at most ${limit} tokens, got ${used} (${hint})`);
    this.used = used;
    this.limit = limit;
  }
}
