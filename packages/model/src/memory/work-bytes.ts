import type { ModelConfig } from "../config.ts";
import { chunkRows, PREFILL_ROWS } from "../network/prefill.ts";

/** How many sequences there are, and how long each is. */
export interface SequenceSizes {
  /** Tokens of one sequence: prompt and answer. */
  readonly context: number;
  /** Sequences at a time. */
  readonly batch: number;
  /** Prompt tokens of one run. Default: what `chunkRows` allows. */
  readonly prefillRows?: number | undefined;
  /** Whether a run may have LoRA adapters. */
  readonly hasAdapters?: boolean | undefined;
}

/** One run: T new rows, S keys seen with the new ones, R rows of logits. */
interface RunSizes {
  readonly T: number;
  readonly S: number;
  readonly R: number;
}

/**
 * Arrays of each size that exist at a time, counted in the graph that onnxruntime runs and confirmed by measuring. Scores
 * are joined, normalised and cut; ALiBi adds its bias and what it is made from.
 */
const SCORE_ARRAYS = { rope: 3, alibi: 5 };

/** `[T, C]`: the residual, its norm, `W_pack` (3), query, key and value (3), rotated (2), scaled, mixed. */
const HIDDEN_ARRAYS = 12;

/** `[T, F]`: gate, up, and their product. */
const MLP_ARRAYS = 3;

/** New keys and values of all layers: onnxruntime's, and the copy that is stored. */
const NEW_ROW_ARRAYS = 2;

/** `[T, 3C]` or `[T, F]`: what an adapter adds, and the sum. */
const ADAPTER_ARRAYS = 2;

/** `[R, V]`: products of two planes of bytes by two, their sums, and the copy for the sampler. */
const LOGIT_ARRAYS = 8;

/** The mask: a scratch array has up to twice its size. */
const MASK_ARRAYS = 2;

/** Prompt tokens that run together with the next tokens of other sequences. */
const INTERLEAVED_ROWS = 16;

/**
 * An upper bound of what runs take besides weights and cache, in bytes; onnxruntime keeps it for the next run. The
 * largest of two: chunks of prompts, which are taken to be equally far, and a step of all sequences with a small chunk
 * among them. Logits of a whole text (`logits`, `score`) are not in it: 4 MB for each of its tokens.
 */
export function workBytes(config: ModelConfig, sizes: SequenceSizes): number {
  const { context, batch } = sizes;
  const prefill = promptRun(config, sizes);
  const T = batch + (batch > 1 ? INTERLEAVED_ROWS : 0);
  const step = runBytes(config, { T, S: context * batch + T, R: batch }, sizes.hasAdapters);
  return Math.max(prefill, step);
}

/** The largest run of prompts: chunks get smaller as the prompts grow, so that the scores keep their size. */
function promptRun(config: ModelConfig, sizes: SequenceSizes): number {
  const { context, prefillRows = PREFILL_ROWS, hasAdapters } = sizes;
  let largest = 0;
  for (let past = 0; past < context; past += Math.min(prefillRows, chunkRows(config, past)))
    largest = Math.max(largest, runBytes(config, chunksAt(config, past, sizes), hasAdapters));
  return largest;
}

/** The prompts that run together when each has `past` tokens behind it: as many as find room. */
function chunksAt(
  config: ModelConfig,
  past: number,
  { context, batch, prefillRows = PREFILL_ROWS }: SequenceSizes,
): RunSizes {
  const room = Math.min(prefillRows, PREFILL_ROWS, batch * context);
  let T = 0;
  let S = 0;
  for (let prompts = 1; prompts <= batch && T < room; prompts++) {
    S = prompts * past;
    T += Math.min(room - T, chunkRows(config, S));
  }
  return { T, S: Math.min(S + T, batch * context), R: Math.min(batch, T) };
}

function runBytes(config: ModelConfig, { T, S, R }: RunSizes, hasAdapters = false): number {
  const { hiddenSize: C, intermediateSize: F, vocabSize: V, numAttentionHeads: H } = config;
  const { numHiddenLayers: L, positionScheme } = config;
  const adapterFloats = hasAdapters ? ADAPTER_ARRAYS * T * Math.max(3 * C, F) : 0;
  const floats =
    adapterFloats +
    SCORE_ARRAYS[positionScheme] * H * T * S +
    HIDDEN_ARRAYS * T * C +
    MLP_ARRAYS * T * F +
    NEW_ROW_ARRAYS * 2 * L * T * C +
    LOGIT_ARRAYS * R * V +
    MASK_ARRAYS * T * S;
  return floats * Float32Array.BYTES_PER_ELEMENT;
}
