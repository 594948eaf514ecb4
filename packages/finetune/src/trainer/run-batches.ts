import { collate, type BatchRow } from "../data/collate.ts";
import { fillDropout } from "../lora/dropout.ts";
import type { Batch } from "../network/batch.ts";
import type { FillDropout } from "../network/layer-feeds.ts";
import { dataOrder } from "./data-order.ts";
import type { OpenRun } from "./open-run.ts";
import type { RunLength } from "./run-length.ts";

/** What batches follow from. */
export type BatchSource = Pick<OpenRun, "args" | "config" | "data" | "zLossWeight" | "adapter">;

/** The batches of a run, and their dropout: both follow from seed and step. */
export class RunBatches {
  readonly #run: BatchSource;
  readonly #stepsPerEpoch: number;
  /** Order of the epoch that was last asked for. */
  #order: { readonly epoch: number; readonly rows: Uint32Array } | undefined;

  constructor(run: BatchSource, { stepsPerEpoch }: RunLength) {
    this.#run = run;
    this.#stepsPerEpoch = stepsPerEpoch;
  }

  /** Batches of a step, from 1; fewer than others' at the end of an epoch. */
  ofStep(step: number): Batch[] {
    const { args, data } = this.#run;
    const order = this.#orderOf(Math.floor((step - 1) / this.#stepsPerEpoch));
    const size = args.per_device_train_batch_size;
    const accumulation = args.gradient_accumulation_steps;
    const first = ((step - 1) % this.#stepsPerEpoch) * size * accumulation;
    const rows = [...order.subarray(first, first + size * accumulation)];
    return this.#collate(
      rows.map((row) => data.train[row] as BatchRow),
      { size, dropsLast: args.dataloader_drop_last },
    );
  }

  /** Batches of an evaluation, in the order of the data. */
  ofEvaluation(): Batch[] {
    const { args, data } = this.#run;
    const size = args.per_device_eval_batch_size;
    return this.#collate(data.evaluation, { size, dropsLast: false });
  }

  /** Dropout of one of a step's batches; undefined without an adapter. */
  dropout(step: number, index: number): FillDropout | undefined {
    const { args, adapter } = this.#run;
    if (!adapter) return undefined;
    const names = [...adapter.targets.keys()];
    const batch = (step - 1) * args.gradient_accumulation_steps + index;
    return (layer, key, mask) =>
      fillDropout(mask, args.lora_dropout, {
        seed: args.seed,
        batch,
        layer,
        target: names.indexOf(key),
      });
  }

  #orderOf(epoch: number): Uint32Array {
    if (this.#order?.epoch !== epoch) {
      const { args, data } = this.#run;
      this.#order = { epoch, rows: dataOrder(data.train.length, { seed: args.seed, epoch }) };
    }
    return this.#order.rows;
  }

  #collate(
    rows: readonly BatchRow[],
    { size, dropsLast }: { readonly size: number; readonly dropsLast: boolean },
  ): Batch[] {
    const { args, config, zLossWeight } = this.#run;
    const options = {
      maxLength: args.model_max_length,
      padTokenId: config.padTokenId,
      padsToMax: zLossWeight !== 0,
    };
    const batches: Batch[] = [];
    for (let start = 0; start < rows.length; start += size) {
      const some = rows.slice(start, start + size);
      if (!dropsLast || some.length === size) batches.push(collate(some, options));
    }
    return batches;
  }
}
