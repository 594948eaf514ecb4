import { checkRows } from "../block-layout.ts";
import { roundFloat16 } from "../float16.ts";
import { viewOf } from "../float-view.ts";
import { QuantError } from "../quant-error.ts";
import type { Int8Rows } from "./int8-rows.ts";
import { roundRow } from "./round-row.ts";

/**
 * Quantizes each row to 8 bits: `SCB = max|w|` of the row, `CB = rint(w · (127/SCB))`, ties to even.
 *
 * Equal to bitsandbytes 0.41 but for rows of zeros, where it divides by zero and this gives zeros.
 *
 * @param values - Weights; `[O, C]`, row-major. Finite; with `halfFirst` magnitudes below 65520.
 * @param cols - C.
 * @param options - `halfFirst`: whether weights are rounded to float16 first, as bitsandbytes does; true if absent.
 * @returns `CB` `[O·C]` and `SCB` `[O]`; 8 + 32/C bits a weight.
 * @throws {QuantError} if the values are not whole rows, or one is not finite.
 * @see Dettmers et al. 2022, https://arxiv.org/abs/2208.07339
 */
export function encodeInt8Rows(
  values: Float32Array,
  cols: number,
  { halfFirst = true }: { readonly halfFirst?: boolean } = {},
): Int8Rows {
  const rows = checkRows("encodeInt8Rows", values.length, cols);
  const source = viewOf(values);
  const half = viewOf(new Float32Array(halfFirst ? cols : 0));
  const CB = new Int8Array(values.length);
  const SCB = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * cols;
    if (halfFirst) roundFloat16(source, start, start + cols, half, 0);
    const weights = halfFirst ? half.floats : values.subarray(start, start + cols);
    const absmax = largestMagnitude(weights);
    if (!Number.isFinite(absmax)) throw notFinite(absmax, row);
    SCB[row] = absmax;
    roundRow(weights, absmax, CB, start);
  }
  return { CB, SCB };
}

/** NaN if there is one. */
function largestMagnitude(weights: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i]));
  return largest;
}

function notFinite(absmax: number, row: number): QuantError {
  return new QuantError(
    "encodeInt8Rows",
    "finite weights",
    `${absmax} in row ${row}`,
    "magnitudes of 65520 and above overflow float16; halfFirst: false keeps them",
  );
}
