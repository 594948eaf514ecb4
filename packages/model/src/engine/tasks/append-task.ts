import type { HeldSequences } from "../held-sequences.ts";
import type { HeldPrefix } from "../protocol.ts";
import { TextTask } from "./text-task.ts";
import type { RowResults, TaskContext } from "./task.ts";

/** Runs more tokens of a held sequence; the sequence stays as it was until all of them have run. */
export class AppendTask extends TextTask {
  readonly #held: HeldSequences;
  readonly #sequenceId: number;
  #logits: Float32Array<ArrayBuffer> | undefined;

  constructor(
    id: number,
    context: TaskContext,
    sequences: HeldSequences,
    { held, tokenIds }: { readonly held: HeldPrefix; readonly tokenIds: readonly number[] },
  ) {
    const sequence = sequences.get(held.sequenceId, held.length);
    const whole = [...sequence.tokenIds, ...tokenIds];
    const range = { from: whole.length - 1, end: whole.length };
    super(id, context, whole, range, context.decoder.fork(sequence));
    this.#held = sequences;
    this.#sequenceId = held.sequenceId;
  }

  protected takeRows({ logits }: RowResults): void {
    this.#logits = logits.slice();
  }

  protected finish(): void {
    const logits = this.#logits ?? new Float32Array();
    this.#held.replace(this.#sequenceId, this.context.decoder.fork(this.sequence));
    this.context.emit({ type: "appended", id: this.id, logits }, [logits.buffer]);
  }
}
