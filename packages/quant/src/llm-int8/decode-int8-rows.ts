import { checkLength, checkRows } from "../block-layout.ts";
import { INT8_LIMIT } from "./int8-rows.ts";

/**
 * Weights of 8-bit rows: `CB · SCB / 127`, each operation rounded to float32.
 *
 * @param rows - `CB` `[O·C]` and `SCB` `[O]`.
 * @param cols - C.
 * @param out - Where the weights go, `[O·C]`; a new array if absent.
 * @returns `out`.
 * @throws {QuantError} if a length does not fit.
 */
export function decodeInt8Rows(
  { CB, SCB }: { readonly CB: Int8Array; readonly SCB: Float32Array },
  cols: number,
  out: Float32Array = new Float32Array(CB.length),
): Float32Array {
  const rows = checkRows("decodeInt8Rows", CB.length, cols);
  checkLength("decodeInt8Rows", "SCB", SCB.length, rows);
  checkLength("decodeInt8Rows", "out", out.length, CB.length);
  for (let row = 0; row < rows; row++) {
    const scale = SCB[row];
    const end = (row + 1) * cols;
    for (let i = row * cols; i < end; i++) out[i] = Math.fround(CB[i] * scale) / INT8_LIMIT;
  }
  return out;
}
