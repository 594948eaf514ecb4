import { f32, i32, type Tensor } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { IGNORED, shiftedLabels, type Batch } from "./batch.ts";
import { floatsOf } from "./floats-of.ts";

/** What a batch gave. */
export interface BatchLoss {
  /** Sum over positions with a label. */
  readonly loss: number;
  /** Sum of `(max logit)²` over shifted positions; 0 where the z-loss has no weight. */
  readonly squares: number;
  /** Positions with a label. */
  readonly labels: number;
}

/** What a batch counts. */
export interface LossWeights {
  /** Factor of the loss of each position with a label. */
  readonly loss: number;
  /** Factor of the z-loss of each shifted position, with a label or not. */
  readonly zLoss: number;
}

/** Rows that count, and what they have to predict. */
export interface CountedRows {
  readonly rows: Int32Array;
  readonly labels: Int32Array;
}

/** Logits of one run, in numbers: 128 MB. */
const MAX_LOGITS = 2 ** 25;

/** Rows of one run of the head. */
export function logitsRows({ vocabSize }: Pick<ModelConfig, "vocabSize">): number {
  return Math.max(1, Math.floor(MAX_LOGITS / vocabSize));
}

/** Rows with a label, or with the z-loss all that are followed by another. */
export function countedRows(batch: Batch, { zLoss }: LossWeights): CountedRows {
  const shifted = shiftedLabels(batch);
  const labelOf = (row: number): number => shifted[row] ?? IGNORED;
  const isCounted = (row: number): boolean =>
    zLoss === 0 ? labelOf(row) >= 0 : (row + 1) % batch.length !== 0;
  const rows = Int32Array.from(shifted.keys()).filter(isCounted);
  return { rows, labels: rows.map(labelOf) };
}

/** What `addHead` takes besides rows and weights. */
export function lossFeeds(
  labels: Int32Array,
  { loss, zLoss }: LossWeights,
  { isTrained, hasZLoss }: { readonly isTrained: boolean; readonly hasZLoss: boolean },
): Record<string, Tensor> {
  const R = labels.length;
  const filled = (value: number): Tensor => f32(new Float32Array(R).fill(value), [R]);
  return {
    labels: i32(labels, [R]),
    ...(isTrained && { dlosses: filled(loss) }),
    ...(isTrained && hasZLoss && { dsquares: filled(2 * zLoss) }),
  };
}

/** Sums over the rows of a run of `addHead`. */
export function lossOf(
  results: Readonly<Record<string, Tensor>>,
  labels: Int32Array,
  { zLoss }: LossWeights,
): BatchLoss {
  const [losses, maxima] = [
    floatsOf(results, "losses"),
    zLoss !== 0 && floatsOf(results, "maxima"),
  ];
  return {
    loss: sumOf(losses),
    squares: maxima ? sumOf(maxima.map((max) => max ** 2)) : 0,
    labels: labels.filter((label) => label >= 0).length,
  };
}

/** Losses of two parts of a batch. */
export function addLosses(a: BatchLoss, b: BatchLoss): BatchLoss {
  return {
    loss: a.loss + b.loss,
    squares: a.squares + b.squares,
    labels: a.labels + b.labels,
  };
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
