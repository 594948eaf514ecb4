import { checkLength, checkRows } from "../block-layout.ts";
import type { Int16Rows } from "./int16-rows.ts";

/**
 * Weights of 16-bit rows: `(256·high + low) · scale`, rounded to float32 once.
 *
 * @param cols - C.
 * @param out - Where the weights go, `[O·C]`; a new array if absent.
 * @returns `out`.
 * @throws {QuantError} if a length does not fit.
 */
export function decodeInt16Rows(
  { high, low, scales }: Int16Rows,
  cols: number,
  out: Float32Array = new Float32Array(high.length),
): Float32Array {
  const rows = checkRows("decodeInt16Rows", high.length, cols);
  checkLength("decodeInt16Rows", "low", low.length, high.length);
  checkLength("decodeInt16Rows", "scales", scales.length, rows);
  checkLength("decodeInt16Rows", "out", out.length, high.length);
  for (let row = 0; row < rows; row++) {
    const scale = scales[row];
    const end = (row + 1) * cols;
    for (let i = row * cols; i < end; i++) out[i] = (256 * high[i] + low[i]) * scale;
  }
  return out;
}
