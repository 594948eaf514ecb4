import { f32, i32, type Tensor } from "@baichuan2/kernels";
import type { SlotWindow } from "../cache/compaction.ts";
import type { KvPool } from "../cache/kv-pool.ts";
import { slotRuns } from "../cache/slot-runs.ts";
import type { ModelConfig } from "../config.ts";
import { ropeAngles } from "./rope-angles.ts";
import { Scratch } from "./scratch.ts";

/** Added to the score of a key that a row may not see: float32's lowest finite number, so that no NaN can arise. */
const MASKED = -3.4028234663852886e38;

/** What one sequence brings to a run. */
export interface RunItem {
  readonly slots: readonly number[];
  readonly tokenIds: readonly number[];
  /** How many of its last rows give outputs. */
  readonly outputRows: number;
}

/**
 * Inputs of a run. Letters: T new rows, S slots in the window, D head size.
 *
 * Arrays are used again in the next run, because a run reads its feeds and keeps none.
 */
export class RunFeeds {
  readonly #config: ModelConfig;
  readonly #ids = new Scratch((length) => new Int32Array(length));
  readonly #rows = new Scratch((length) => new Int32Array(length));
  readonly #positions = floats();
  readonly #mask = floats();
  readonly #cos = floats();
  readonly #sin = floats();
  readonly #keyPositions = floats();

  constructor(config: ModelConfig) {
    this.#config = config;
  }

  /**
   * @param window - Slots to read; all slots of the items lie in it.
   * @returns one tensor per input of the graph; valid until the next call.
   */
  write(items: readonly RunItem[], window: SlotWindow, pool: KvPool): Record<string, Tensor> {
    const { headDim, numAttentionHeads, numHiddenLayers, positionScheme } = this.#config;
    const S = window.end - window.start;
    const T = items.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    const positions = this.#writeRows(items, T);
    const feeds: Record<string, Tensor> = {
      input_ids: i32(this.#ids.take(T), [T]),
      output_rows: this.#outputRows(items),
      mask: f32(this.#visibility(items, window, T), [T, S + T]),
    };
    if (positionScheme === "rope") {
      const half = headDim / 2;
      const into = { cos: this.#cos.take(T * half), sin: this.#sin.take(T * half) };
      const { cos, sin } = ropeAngles(positions, headDim, into);
      feeds["cos"] = f32(cos, [T, half]);
      feeds["sin"] = f32(sin, [T, half]);
    } else {
      feeds["query_positions"] = f32(positions, [T]);
      feeds["key_positions"] = f32(this.#placesOfKeys(items, window, positions), [S + T]);
    }
    for (let layer = 0; layer < numHiddenLayers; layer++) {
      const { keys, values } = pool.window(layer, window.start, window.end);
      feeds[`keys.${layer}`] = f32(keys, [S, numAttentionHeads, headDim]);
      feeds[`values.${layer}`] = f32(values, [S, numAttentionHeads, headDim]);
    }
    return feeds;
  }

  /** Ids and positions of the new rows. */
  #writeRows(items: readonly RunItem[], T: number): Float32Array {
    const [ids, positions] = [this.#ids.take(T), this.#positions.take(T)];
    let row = 0;
    for (const { slots, tokenIds } of items) {
      ids.set(tokenIds, row);
      for (let t = 0; t < tokenIds.length; t++) positions[row + t] = slots.length + t;
      row += tokenIds.length;
    }
    return positions;
  }

  /** Rows that give outputs; a run without any still computes one, a graph cannot have empty outputs. */
  #outputRows(items: readonly RunItem[]): Tensor {
    const count = items.reduce((sum, { outputRows }) => sum + outputRows, 0);
    const rows = this.#rows.take(Math.max(1, count)).fill(0);
    let [index, end] = [0, 0];
    for (const { tokenIds, outputRows } of items) {
      end += tokenIds.length;
      for (let row = end - outputRows; row < end; row++) rows[index++] = row;
    }
    return i32(rows, [rows.length]);
  }

  /**
   * `[T, S+T]`: a row sees its own sequence's slots, and of the new rows its own sequence's up to itself. Within a sequence
   * each row is the one before with one more column.
   */
  #visibility(items: readonly RunItem[], { start, end }: SlotWindow, T: number): Float32Array {
    const S = end - start;
    const K = S + T;
    const mask = this.#mask.take(T * K);
    let row = 0;
    for (const { slots, tokenIds } of items) {
      mask.fill(MASKED, row * K, (row + 1) * K);
      const runs = slotRuns(slots);
      for (let run = 0; run < runs.length; run += 2) {
        const first = row * K + (runs[run] ?? 0) - start;
        mask.fill(0, first, first + (runs[run + 1] ?? 0));
      }
      mask[row * K + S + row] = 0;
      for (let next = row + 1; next < row + tokenIds.length; next++) {
        mask.copyWithin(next * K, (next - 1) * K, next * K);
        mask[next * K + S + next] = 0;
      }
      row += tokenIds.length;
    }
    return mask;
  }

  /** `[S+T]`; slots of no sequence in the run are masked, their position does not matter. */
  #placesOfKeys(
    items: readonly RunItem[],
    { start, end }: SlotWindow,
    positions: Float32Array,
  ): Float32Array {
    const keys = this.#keyPositions.take(end - start + positions.length).fill(0);
    for (const { slots } of items) {
      for (let position = 0; position < slots.length; position++)
        keys[(slots[position] ?? 0) - start] = position;
    }
    keys.set(positions, end - start);
    return keys;
  }
}

function floats(): Scratch<Float32Array> {
  return new Scratch((length) => new Float32Array(length));
}
