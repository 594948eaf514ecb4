import { tokenLogprob, type TokenLogprob } from "../../sampling/token-logprobs.ts";

/** Collects how likely the tokens of a prompt are, chunk by chunk; the first has nothing before it. */
export class PromptScores {
  readonly #tokenIds: readonly number[];
  readonly #top: number;
  readonly #scores: TokenLogprob[] = [];

  /** @param top - Most likely tokens to tell at each place. */
  constructor(tokenIds: readonly number[], top: number) {
    this.#tokenIds = tokenIds;
    this.#top = top;
  }

  /** One per token but the first, when all have come. */
  get scores(): readonly TokenLogprob[] {
    return this.#scores;
  }

  restart(): void {
    this.#scores.length = 0;
  }

  /**
   * Takes rows that predict the tokens after `first`; the prompt's last row predicts no token of it.
   *
   * @param logits - `[R, V]`.
   */
  take(logits: Float32Array, first: number, vocabSize: number): void {
    for (let row = 0; row * vocabSize < logits.length; row++) {
      const tokenId = this.#tokenIds[first + row + 1];
      if (tokenId === undefined) return;
      const scores = logits.subarray(row * vocabSize, (row + 1) * vocabSize);
      this.#scores.push(tokenLogprob(scores, tokenId, this.#top));
    }
  }
}
