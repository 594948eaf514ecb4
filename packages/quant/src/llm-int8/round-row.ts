import { roundHalfEven } from "../round-half-even.ts";
import { INT8_LIMIT } from "./int8-rows.ts";

/**
 * Codes of one row: `rint(value · (127/absmax))`, with both operations in float32, ties to the even code.
 *
 * A row whose 127/absmax overflows is zeros: absmax is 0 or below 4e-37, where bitsandbytes divides by zero.
 *
 * @param codes - Where they go, from `start` on, at the place of the values.
 */
export function roundRow(
  values: Float32Array,
  start: number,
  end: number,
  absmax: number,
  codes: Int8Array,
): void {
  const reciprocal = Math.fround(INT8_LIMIT / absmax);
  const scale = reciprocal === Infinity ? 0 : reciprocal;
  for (let i = start; i < end; i++) codes[i] = roundHalfEven(Math.fround(values[i] * scale));
}
