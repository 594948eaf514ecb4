import { tokenLogprob } from "../../sampling/token-logprobs.ts";
import { TextTask } from "./text-task.ts";
import type { RowResults, TaskContext } from "./task.ts";

/** How likely a model finds tokens of a text; entry i is of token `from + i`. */
export interface TokenScoring {
  /** Natural logarithm of the probability after all tokens before it. */
  readonly logprobs: Float64Array<ArrayBuffer>;
  /** 1 where the token is the most likely one, else 0. */
  readonly isGreedy: Uint8Array<ArrayBuffer>;
}

/** Scores the tokens of a text from one on; those before it are context, and the last one only has to be predicted. */
export class ScoreTask extends TextTask {
  readonly #text: readonly number[];
  readonly #from: number;
  readonly #scoring: TokenScoring;

  /** @param from - First token to score, at least 1: nothing comes before the first. */
  constructor(id: number, context: TaskContext, tokenIds: readonly number[], from: number) {
    super(id, context, tokenIds, { from: from - 1, end: tokenIds.length - 1 });
    context.decoder.checkTokenIds(tokenIds.slice(-1)); // it never runs, but is looked up in the logits
    const count = tokenIds.length - from;
    this.#text = tokenIds;
    this.#from = from;
    this.#scoring = { logprobs: new Float64Array(count), isGreedy: new Uint8Array(count) };
  }

  protected takeRows({ logits }: RowResults, first: number, count: number): void {
    const { vocabSize } = this.context.decoder.config;
    for (let row = 0; row < count; row++) {
      const tokenId = this.#text[first + row + 1] as number;
      const scores = logits.subarray(row * vocabSize, (row + 1) * vocabSize);
      const { logprob, topLogprobs } = tokenLogprob(scores, tokenId, 1);
      const index = first + row + 1 - this.#from;
      this.#scoring.logprobs[index] = logprob;
      this.#scoring.isGreedy[index] = Number(topLogprobs[0]?.tokenId === tokenId);
    }
  }

  protected finish(): void {
    const scoring = this.#scoring;
    const transfer = [scoring.logprobs.buffer, scoring.isGreedy.buffer];
    this.context.emit({ type: "scores", id: this.id, scoring }, transfer);
  }
}
