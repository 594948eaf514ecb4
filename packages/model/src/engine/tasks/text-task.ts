import type { Sequence } from "../../network/decoder.ts";
import { Task, type RowResults, type Stage, type TaskContext, type TaskRows } from "./task.ts";

/** Which tokens of a text run, and which of them give rows. */
export interface TextRange {
  /** First token whose row is wanted. */
  readonly from: number;
  /** Tokens that run. */
  readonly end: number;
}

/** A given text that runs once, chunk by chunk, for the numbers of some of its rows. */
export abstract class TextTask extends Task {
  readonly tokenIds: readonly number[];
  readonly stage: Stage = "prompt";
  readonly #from: number;

  constructor(
    id: number,
    context: TaskContext,
    tokenIds: readonly number[],
    { from, end }: TextRange,
    sequence?: Sequence,
  ) {
    super(id, context, sequence);
    this.tokenIds = tokenIds.slice(0, end);
    this.#from = from;
  }

  override get reusable(): readonly number[] {
    return this.tokenIds.slice(0, this.#from + 1);
  }

  rows(limit: number): TaskRows {
    const start = this.sequence.tokenIds.length;
    const tokenIds = this.tokenIds.slice(start, start + limit);
    const skipped = Math.min(tokenIds.length, Math.max(0, this.#from - start));
    return { tokenIds, logits: tokenIds.length - skipped };
  }

  take(results: RowResults): void {
    const { vocabSize } = this.context.decoder.config;
    const end = this.sequence.tokenIds.length;
    const count = results.logits.length / vocabSize;
    if (count > 0) this.takeRows(results, end - count, count);
    if (end < this.tokenIds.length) return;
    if (this.isRemembered) this.context.decoder.remember(this.sequence);
    this.finish();
    this.end();
  }

  /**
   * Takes rows of the text, in order; after a restart again from the first.
   *
   * @param first - Token that the first row belongs to.
   */
  protected abstract takeRows(results: RowResults, first: number, count: number): void;

  /** Tells the result. */
  protected abstract finish(): void;
}
