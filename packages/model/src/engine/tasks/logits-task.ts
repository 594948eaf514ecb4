import { TextTask } from "./text-task.ts";
import type { RowResults, TaskContext } from "./task.ts";

/** Gives the logits of a text: of every token, or of the last. */
export class LogitsTask extends TextTask {
  readonly #data: Float32Array<ArrayBuffer>;
  readonly #from: number;

  constructor(id: number, context: TaskContext, tokenIds: readonly number[], last: boolean) {
    const from = last ? tokenIds.length - 1 : 0;
    super(id, context, tokenIds, { from, end: tokenIds.length });
    this.#from = from;
    this.#data = new Float32Array((tokenIds.length - from) * context.decoder.config.vocabSize);
  }

  /** Questions about one text are asked of its last row, again and again; all rows are asked for once. */
  override get isRemembered(): boolean {
    return this.#from > 0;
  }

  protected takeRows({ logits }: RowResults, first: number): void {
    this.#data.set(logits, (first - this.#from) * this.context.decoder.config.vocabSize);
  }

  protected finish(): void {
    const { vocabSize } = this.context.decoder.config;
    const event = { type: "logits", id: this.id, data: this.#data, vocabSize } as const;
    this.context.emit(event, [this.#data.buffer]);
  }
}
