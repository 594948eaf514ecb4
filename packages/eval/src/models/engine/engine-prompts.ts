import type { Model } from "@baichuan2/model";
import type { Tokenizer } from "@baichuan2/tokenizer";
import type { Truncated } from "../../eval-request.ts";

/** Ids that fit the context. */
export interface FittedIds extends Truncated {
  readonly tokenIds: readonly number[];
}

/** Turns the texts of requests into the ids that a model runs. */
export class EnginePrompts {
  readonly model: Model;
  readonly #asChat: boolean;

  /** @param asChat - Prompts are messages of a user. */
  constructor(model: Model, asChat: boolean) {
    this.model = model;
    this.#asChat = asChat;
  }

  /** @throws {NoTokenizerError} if the model has none. */
  get tokenizer(): Tokenizer {
    this.encode("");
    return this.model.tokenizer as Tokenizer;
  }

  /** Ids of a text as it is. */
  encode(text: string): readonly number[] {
    return this.model.promptIds({ text });
  }

  /** Ids of a prompt. */
  promptIds(prompt: string): readonly number[] {
    if (!this.#asChat) return this.encode(prompt);
    return this.model.promptIds({ messages: [{ role: "user", content: prompt }] });
  }

  /** Ids of what comes behind a prompt: the two are encoded together. @param promptIds - Of the prompt. */
  continuationIds(prompt: string, promptIds: readonly number[], text: string): readonly number[] {
    if (this.#asChat) return this.encode(text);
    return this.encode(prompt + text).slice(promptIds.length);
  }

  /** Takes so much of the beginning away that `more` tokens have room behind. */
  fit(tokenIds: readonly number[], more: number): FittedIds {
    const truncatedTokens = Math.max(0, tokenIds.length + more - this.model.config.modelMaxLength);
    return { tokenIds: tokenIds.slice(truncatedTokens), truncatedTokens };
  }
}
