import { roundHalfEven } from "../round-half-even.ts";
import { INT8_LIMIT } from "./int8-rows.ts";

/**
 * Codes of one row: `rint(value · (127/absmax))`, with both operations in float32, ties to the even code.
 *
 * A row whose 127/absmax overflows is zeros: absmax is 0 or below 4e-37, where bitsandbytes divides by zero.
 *
 * @param row - Values of the row; `[C]`.
 * @param codes - Where they go, from `offset` on.
 */
export function roundRow(
  row: Float32Array,
  absmax: number,
  codes: Int8Array,
  offset: number,
): void {
  const reciprocal = Math.fround(INT8_LIMIT / absmax);
  const scale = reciprocal === Infinity ? 0 : reciprocal;
  for (let col = 0; col < row.length; col++)
    codes[offset + col] = roundHalfEven(Math.fround(row[col] * scale));
}
