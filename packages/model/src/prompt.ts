import type { ChatMessage } from "./chat/chat-message.ts";

/** What to continue: ids as they are, a text, or a conversation. */
export type Prompt =
  | { readonly tokenIds: ArrayLike<number> }
  | { readonly text: string }
  | { readonly messages: readonly ChatMessage[] };

/** What the errors of a prompt of none of the forms say. */
export const PROMPT_FORMS = "an object with tokenIds, text or messages";

/** A text was asked of a model that has no tokenizer. */
export class NoTokenizerError extends Error {
  override readonly name = "NoTokenizerError";
  readonly code = "ERR_NO_TOKENIZER";

  constructor(path: string) {
    super(
      `${path}: expected a tokenizer.model for text, got none (put one beside the weights, name one, or use ids)`,
    );
  }
}

/** A prompt that is empty or none of the forms of `Prompt`. */
export class PromptError extends Error {
  override readonly name = "PromptError";
  readonly code = "ERR_PROMPT";
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string) {
    super(`prompt: expected ${expected}, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * Ids as a plain array, whatever kind of array they came in; their values are checked by the engine.
 *
 * @throws {PromptError} if they are no array.
 */
export function toIds(tokenIds: ArrayLike<number>): number[] {
  if (typeof tokenIds !== "object" || tokenIds === null || typeof tokenIds.length !== "number") {
    throw new PromptError("tokenIds to be an array of numbers", typeof tokenIds);
  }
  return Array.from(tokenIds);
}
