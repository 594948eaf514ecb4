import { QuantError } from "../quant-error.ts";

/** The block at work: one object for a whole matrix, so that no block allocates. */
export interface WeightBlock {
  /** `[G]`; float64, or every pass of a search would convert each weight again. */
  readonly weights: Float64Array;
  /** Smallest weight, or 0 if all are positive: 0 must stay representable. */
  low: number;
  /** Largest weight, or 0 if all are negative. */
  high: number;
}

/** What is chosen for a block. Codes follow from it: `clamp(round(w/scale) + zeroPoint, 0, 15)`. */
export interface BlockChoice {
  scale: number;
  zeroPoint: number;
}

/**
 * Copies a block and takes its range.
 *
 * @throws {QuantError} if a weight is not finite: one NaN would spoil its whole block silently.
 */
export function loadBlock(block: WeightBlock, values: Float32Array, start: number): void {
  const { weights } = block;
  let low = 0;
  let high = 0;
  let sum = 0; // NaN or infinite as soon as a weight is
  for (let i = 0; i < weights.length; i++) {
    const weight = values[start + i];
    weights[i] = weight;
    if (weight < low) low = weight;
    else if (weight > high) high = weight;
    sum += weight;
  }
  block.low = low;
  block.high = high;
  if (!Number.isFinite(sum))
    throw new QuantError("encodeInt4", "finite weights", describeNonFinite(values, start));
}

function describeNonFinite(values: Float32Array, start: number): string {
  const index = values.findIndex((value, i) => i >= start && !Number.isFinite(value));
  return `${values[index]} at index ${index}`;
}
