import type { TokenLogprob, TokenName } from "@baichuan2/model";
import { finite } from "../logprobs.ts";

/** Log-probabilities as completions tell them. */
export interface CompletionLogprobs {
  readonly tokens: string[];
  /** Null for the first token of a prompt, of which nothing can be said. */
  readonly token_logprobs: (number | null)[];
  readonly top_logprobs: (Record<string, number> | null)[];
  /** Characters (UTF-16) before each token. */
  readonly text_offset: number[];
}

/** Collects the tokens of a text with their log-probabilities, and where they stand in it. */
export class LogprobsWriter {
  readonly #name: (tokenId: number) => TokenName;
  #offset: number;

  /** @param offset - Characters before the first token. */
  constructor(name: (tokenId: number) => TokenName, offset = 0) {
    this.#name = name;
    this.#offset = offset;
  }

  /**
   * @param firstId - Of a prompt, whose first token has no log-probability.
   * @returns those of some tokens that follow the ones before.
   */
  write(logprobs: readonly TokenLogprob[], firstId?: number): CompletionLogprobs {
    const all: CompletionLogprobs = {
      tokens: [],
      token_logprobs: [],
      top_logprobs: [],
      text_offset: [],
    };
    if (firstId !== undefined) this.#push(all, firstId, null, null);
    for (const { tokenId, logprob, topLogprobs } of logprobs)
      this.#push(all, tokenId, finite(logprob), this.#topOf(topLogprobs));
    return all;
  }

  #push(
    all: CompletionLogprobs,
    tokenId: number,
    logprob: number | null,
    top: Record<string, number> | null,
  ): void {
    const token = this.#textOf(tokenId);
    all.tokens.push(token);
    all.token_logprobs.push(logprob);
    all.top_logprobs.push(top);
    all.text_offset.push(this.#offset);
    this.#offset += token.length;
  }

  /** Of tokens that read alike the likeliest counts: it comes first. */
  #topOf(top: TokenLogprob["topLogprobs"]): Record<string, number> {
    // Without a prototype: "constructor" is a token too.
    const all = Object.create(null) as Record<string, number>;
    for (const { tokenId, logprob } of top) all[this.#textOf(tokenId)] ??= finite(logprob);
    return all;
  }

  #textOf(tokenId: number): string {
    return this.#name(tokenId).token ?? "";
  }
}
