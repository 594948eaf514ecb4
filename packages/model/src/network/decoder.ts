import {
  f32,
  i32,
  type Backend,
  type CompileOptions,
  type Executable,
  type Tensor,
  type WeightReader,
} from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";
import { buildInferenceGraph, type InferenceGraphOptions } from "./inference-graph.ts";
import { KvPool } from "./kv-pool.ts";
import { releaseArray } from "./release-array.ts";
import { ropeAngles } from "./rope-angles.ts";

/** Added to the score of a key that a row may not see: float32's lowest finite number, so that no NaN can arise. */
const MASKED = -3.4028234663852886e38;

/** The tokens of one text that the cache holds: token p lies in `slots[p]`. */
export interface Sequence {
  readonly slots: readonly number[];
}

/** What one sequence brings to a run. */
export interface BatchItem {
  readonly sequence: Sequence;
  /** New tokens; at least one. */
  readonly tokenIds: readonly number[];
  /** Rows that get logits. */
  readonly logits: "none" | "last" | "all";
}

/** A token id that the network has no embedding for. */
export class TokenIdError extends Error {
  override readonly name = "TokenIdError";
  readonly code = "ERR_TOKEN_ID";
  readonly tokenId: number;
  readonly vocabSize: number;

  constructor(tokenId: number, vocabSize: number) {
    super(
      `tokenIds: expected integers from 0 to ${vocabSize - 1}, got ${tokenId} (is it the model's own tokenizer?)`,
    );
    this.tokenId = tokenId;
    this.vocabSize = vocabSize;
  }
}

/**
 * Runs the inference graph over sequences: bookkeeping of slots, masks and positions around one `Executable`.
 *
 * Calls must not overlap: a run reads the pool that the one before has written.
 */
export class Decoder {
  readonly config: ModelConfig;
  /** Whether its graph has the outputs of `trace`. */
  readonly isTraced: boolean;
  readonly #pool: KvPool;
  readonly #executable: Executable;
  /** Outputs of the last run besides logits and cache rows; only with `trace`. */
  traced: Readonly<Record<string, Tensor>> = {};

  private constructor(config: ModelConfig, executable: Executable, isTraced: boolean) {
    this.config = config;
    this.#executable = executable;
    this.#pool = new KvPool(config);
    this.isTraced = isTraced;
  }

  /** Compiles the graph of `config` on a backend, reading every weight once. */
  static async create(
    config: ModelConfig,
    backend: Backend,
    weights: WeightReader,
    options: CompileOptions & InferenceGraphOptions = {},
  ): Promise<Decoder> {
    const graph = buildInferenceGraph(config, options);
    return new Decoder(
      config,
      await backend.compile(graph, weights, options),
      Boolean(options.trace),
    );
  }

  /** Bytes reserved for keys and values. */
  get cacheBytes(): number {
    return this.#pool.sizeBytes;
  }

  /** An empty sequence. */
  createSequence(): Sequence {
    return { slots: [] };
  }

  /** Gives a sequence's slots back; it is empty afterwards. */
  free(sequence: Sequence): void {
    const slots = sequence.slots as number[];
    this.#pool.free(slots);
    slots.length = 0;
  }

  /** @throws {TokenIdError} for the first id that has no embedding. */
  checkTokenIds(tokenIds: readonly number[]): void {
    const { vocabSize } = this.config;
    const bad = tokenIds.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (bad !== undefined) throw new TokenIdError(bad, vocabSize);
  }

  /**
   * Runs new tokens of one or more sequences at once and appends them to their sequences.
   *
   * @param batch - Each sequence at most once.
   * @returns logits `[R, V]` per item, row-major; empty for "none".
   * @throws {TokenIdError} before anything has run; sequences are then unchanged, as after any other error.
   */
  async forward(batch: readonly BatchItem[]): Promise<Float32Array[]> {
    for (const { tokenIds } of batch) this.checkTokenIds(tokenIds);
    const S = this.#pool.highWater;
    const feeds = this.#feeds(batch, S);
    const results = await this.#executable.run(feeds);
    this.#storeRows(batch, results);
    if (this.isTraced) this.traced = results;
    return this.#splitLogits(batch, floats(results, "logits"));
  }

  async dispose(): Promise<void> {
    await this.#executable.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #feeds(batch: readonly BatchItem[], S: number): Record<string, Tensor> {
    const { headDim, numAttentionHeads, numHiddenLayers, positionScheme } = this.config;
    const tokenIds = batch.flatMap((item) => item.tokenIds);
    const T = tokenIds.length;
    const positions = batch.flatMap(({ sequence, tokenIds: { length } }) =>
      Array.from({ length }, (_, t) => sequence.slots.length + t),
    );
    const feeds: Record<string, Tensor> = {
      input_ids: i32(Int32Array.from(tokenIds), [T]),
      output_rows: outputRows(batch),
      mask: f32(visibility(batch, S, T), [T, S + T]),
    };
    if (positionScheme === "rope") {
      const { cos, sin } = ropeAngles(positions, headDim);
      feeds["cos"] = f32(cos, [T, headDim / 2]);
      feeds["sin"] = f32(sin, [T, headDim / 2]);
    } else {
      feeds["query_positions"] = f32(Float32Array.from(positions), [T]);
      feeds["key_positions"] = f32(keyPositions(batch, S, positions), [S + T]);
    }
    for (let layer = 0; layer < numHiddenLayers; layer++) {
      const { keys, values } = this.#pool.layer(layer);
      feeds[`keys.${layer}`] = f32(keys, [S, numAttentionHeads, headDim]);
      feeds[`values.${layer}`] = f32(values, [S, numAttentionHeads, headDim]);
    }
    return feeds;
  }

  #storeRows(batch: readonly BatchItem[], results: Readonly<Record<string, Tensor>>): void {
    const slots = this.#pool.allocate(
      batch.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0),
    );
    for (let layer = 0; layer < this.config.numHiddenLayers; layer++) {
      const keys = floats(results, `keys.${layer}.new`);
      const values = floats(results, `values.${layer}.new`);
      this.#pool.store(layer, slots, { keys, values });
      if (this.isTraced) continue;
      releaseArray(keys);
      releaseArray(values);
    }
    let row = 0;
    for (const { sequence, tokenIds } of batch) {
      (sequence.slots as number[]).push(...slots.slice(row, (row += tokenIds.length)));
    }
  }

  #splitLogits(batch: readonly BatchItem[], logits: Float32Array): Float32Array[] {
    let row = 0;
    return batch.map((item) => {
      const start = row;
      row += logitRows(item);
      return logits.subarray(start * this.config.vocabSize, row * this.config.vocabSize);
    });
  }
}

function logitRows({ logits, tokenIds }: BatchItem): number {
  return logits === "all" ? tokenIds.length : Number(logits === "last");
}

/** Rows of the batch that get logits; a run without any still computes one, a graph cannot have empty outputs. */
function outputRows(batch: readonly BatchItem[]): Tensor {
  const rows: number[] = [];
  let end = 0;
  for (const item of batch) {
    end += item.tokenIds.length;
    for (let row = end - logitRows(item); row < end; row++) rows.push(row);
  }
  if (rows.length === 0) rows.push(0);
  return i32(Int32Array.from(rows), [rows.length]);
}

/** `[T, S+T]`: a row sees its own sequence's slots, and of the new rows its own sequence's up to itself. */
function visibility(batch: readonly BatchItem[], S: number, T: number): Float32Array {
  const mask = new Float32Array(T * (S + T)).fill(MASKED);
  let first = 0;
  for (const { sequence, tokenIds } of batch) {
    for (let row = first; row < first + tokenIds.length; row++) {
      const start = row * (S + T);
      for (const slot of sequence.slots) mask[start + slot] = 0;
      mask.fill(0, start + S + first, start + S + row + 1);
    }
    first += tokenIds.length;
  }
  return mask;
}

/** Positions of slots and new rows; slots of no sequence in the batch are masked, their value does not matter. */
function keyPositions(
  batch: readonly BatchItem[],
  S: number,
  positions: readonly number[],
): Float32Array {
  const keys = new Float32Array(S + positions.length);
  for (const { sequence } of batch) {
    for (const [position, slot] of sequence.slots.entries()) keys[slot] = position;
  }
  keys.set(positions, S);
  return keys;
}

function floats(results: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array))
    throw new Error(`decoder: expected float output "${name}", got none`);
  return data;
}
