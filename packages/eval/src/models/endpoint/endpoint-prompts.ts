import type { Truncated } from "../../eval-request.ts";
import { EndpointError } from "../endpoint-error.ts";

/** What an endpoint's prompts are counted and cut with; a `Tokenizer` is one. */
export interface EndpointTokenizer {
  encode(text: string): ArrayLike<number>;
  /** Needed where prompts are cut. */
  decode?(tokenIds: readonly number[]): string;
}

/** A text that fits the context. */
export interface FittedText extends Truncated {
  readonly text: string;
}

/** A server refuses a prompt that leaves no room for a token behind it, also where only the prompt is asked about. */
export const ONE_GENERATED = 1;

/** Cuts prompts to what fits a server's context, as `EnginePrompts` does; without `contextLength` nothing is cut. */
export class EndpointPrompts {
  readonly contextLength: number | undefined;
  readonly #encode: (text: string) => readonly number[];
  readonly #decode: (tokenIds: readonly number[]) => string;

  /** @throws {EndpointError} if prompts are to be cut without a tokenizer that decodes. */
  constructor(
    baseURL: string,
    tokenizer: EndpointTokenizer | undefined,
    contextLength: number | undefined,
  ) {
    if (contextLength !== undefined && !tokenizer?.decode)
      throw new EndpointError(baseURL, "a tokenizer to cut prompts with", "none", "name one");
    this.contextLength = contextLength;
    this.#encode = (text) => Array.from(tokenizer?.encode(text) ?? []);
    this.#decode = (tokenIds) => tokenizer?.decode?.(tokenIds) ?? "";
  }

  /** Takes so much of the beginning away that `more` tokens have room behind. */
  fit(text: string, more: number): FittedText {
    if (this.contextLength === undefined) return { text, truncatedTokens: 0 };
    const room = this.contextLength - more;
    const tokenIds = this.#encode(text);
    if (tokenIds.length <= room) return { text, truncatedTokens: 0 };
    // A text that begins elsewhere may have other tokens, and one that begins within a character another character.
    for (let start = tokenIds.length - Math.max(0, room); start < tokenIds.length; start += 1) {
      const kept = this.#decode(tokenIds.slice(start));
      if (!kept.startsWith("\uFFFD") && this.#encode(kept).length <= room)
        return { text: kept, truncatedTokens: start };
    }
    return { text: "", truncatedTokens: tokenIds.length };
  }

  /** Tokens of the longest text behind a prompt: the two are encoded together. 0 where nothing is cut. */
  longest(prompt: string, texts: readonly string[]): number {
    if (this.contextLength === undefined) return 0;
    const before = this.#encode(prompt).length;
    return Math.max(0, ...texts.map((text) => this.#encode(prompt + text).length - before));
  }

  /** New tokens that leave half of the context to the prompt. */
  limitNewTokens(wanted: number): number {
    if (this.contextLength === undefined) return wanted;
    return Math.max(1, Math.min(wanted, Math.floor(this.contextLength / 2)));
  }
}
