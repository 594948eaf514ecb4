import { TextTask } from "./text-task.ts";
import type { RowResults, TaskContext } from "./task.ts";

/** Averages the states after the final norm over all tokens of a text. */
export class EmbedTask extends TextTask {
  /** Float64: a mean of thousands of rows should not depend on how they were cut. */
  readonly #sum: Float64Array;

  constructor(id: number, context: TaskContext, tokenIds: readonly number[]) {
    super(id, context, tokenIds, { from: 0, end: tokenIds.length });
    this.#sum = new Float64Array(context.decoder.config.hiddenSize);
  }

  override get isRemembered(): boolean {
    return false;
  }

  override get wantsHidden(): boolean {
    return true;
  }

  override restart(): void {
    super.restart();
    this.#sum.fill(0);
  }

  protected takeRows({ hidden }: RowResults, _first: number, count: number): void {
    if (!hidden) throw new Error("embed: expected hidden states from the run, got none");
    const width = this.#sum.length;
    for (let at = 0; at < count * width; at++)
      this.#sum[at % width] = (this.#sum[at % width] as number) + (hidden[at] as number);
  }

  protected finish(): void {
    const data = Float32Array.from(this.#sum, (sum) => sum / this.tokenIds.length);
    this.context.emit({ type: "embedding", id: this.id, data }, [data.buffer]);
  }
}
