import type { TokenLogprob, TokenName } from "@baichuan2/model";
import type { StreamingDecoder } from "@baichuan2/tokenizer";
import type { ServedModel } from "../../engine/served-model.ts";
import { finite } from "../logprobs.ts";

/** Log-probabilities as completions tell them. */
export interface CompletionLogprobs {
  /** Texts of tokens; `bytes:\\xe4` where a token is a part of a character. */
  readonly tokens: string[];
  /** Null for the first token of a prompt, of which nothing can be said. */
  readonly token_logprobs: (number | null)[];
  /** The likeliest tokens, and the one that came. */
  readonly top_logprobs: (Record<string, number> | null)[];
  /** Characters (UTF-16) of the text before each token. */
  readonly text_offset: number[];
}

/** Collects the tokens of a text with their log-probabilities, and where they stand in it. */
export class LogprobsWriter {
  readonly #name: ServedModel["nameToken"];
  readonly #decoder: StreamingDecoder;
  #offset = 0;

  constructor({ nameToken, tokenizer }: Pick<ServedModel, "nameToken" | "tokenizer">) {
    this.#name = nameToken;
    this.#decoder = tokenizer.createDecoder({ skipSpecialTokens: true });
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
    for (const one of logprobs) this.#push(all, one.tokenId, finite(one.logprob), this.#topOf(one));
    return all;
  }

  #push(
    all: CompletionLogprobs,
    tokenId: number,
    logprob: number | null,
    top: Record<string, number> | null,
  ): void {
    all.tokens.push(this.#textOf(tokenId));
    all.token_logprobs.push(logprob);
    all.top_logprobs.push(top);
    all.text_offset.push(this.#offset);
    this.#offset += this.#decoder.push(tokenId).length;
  }

  /** Of tokens that read alike the likeliest counts: it comes first. */
  #topOf({ tokenId, logprob, topLogprobs }: TokenLogprob): Record<string, number> {
    const all = new Map<string, number>();
    for (const one of [...topLogprobs, { tokenId, logprob }]) {
      const text = this.#textOf(one.tokenId);
      if (!all.has(text)) all.set(text, finite(one.logprob));
    }
    return Object.fromEntries(all);
  }

  #textOf(tokenId: number): string {
    return plainName(this.#name(tokenId));
  }
}

/** A part of a character has no text of its own: its bytes are told. */
function plainName({ token, bytes }: TokenName): string {
  if (token === null) return "";
  if (!bytes || !token.includes("\uFFFD")) return token;
  return `bytes:${bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}`;
}
