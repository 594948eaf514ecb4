/**
 * The LLM.int8() linear: most columns in int8, the few with large activations in floating point.
 *
 * Letters: T rows of x, C in-features, O out-features.
 *
 * ```text
 * x [T, C] ─┬─ columns without outliers ─ CA, SCA ─ int32 product ─ · SCA · SCB / 127² ─ float16 ─┐
 *           └─ outlier columns ──────────────────── · (CB · SCB / 127)ᵀ ──────────────────────────┴─ + ─ y [T, O]
 * ```
 */
import { checkLength, checkRows } from "../block-layout.ts";
import { roundToFloat16 } from "../float16.ts";
import { QuantError } from "../quant-error.ts";
import { INT8_LIMIT } from "./int8-rows.ts";
import { int8Product } from "./int8-product.ts";
import { type Int8Activations, quantizeActivations } from "./quantize-activations.ts";

/** Options of {@link llmInt8Matmul}. */
export interface LlmInt8Options {
  /** In-features, C. */
  readonly cols: number;
  /** Magnitude from which an activation is an outlier; 6 if absent, 0 for none. */
  readonly threshold?: number;
  /** dtype of the activations and of the outliers' product; "f32" if absent. "f16" rounds x, and every result. */
  readonly dtype?: "f32" | "f16";
}

type Weights = { readonly CB: Int8Array; readonly SCB: Float32Array };

/** bitsandbytes' constant for 1/127², which is 6.2000124e-5. */
const DEQUANT = Math.fround(6.200012e-5);

/**
 * `x · Wᵀ` with int8 weights and int8 activations: `y = f16(CA·CBᵀ · SCA · SCB / 127²) + x_outliers · W_outliersᵀ`.
 *
 * @param x - Activations; `[T, C]`, row-major.
 * @param weights - `CB` `[O·C]` and `SCB` `[O]`, as {@link encodeInt8Rows} gives them.
 * @returns y; `[T, O]`.
 * @throws {QuantError} if a length or an option does not fit.
 * @see bitsandbytes 0.41.0 `MatMul8bitLt`; Dettmers et al. 2022, https://arxiv.org/abs/2208.07339
 */
export function llmInt8Matmul(
  x: Float32Array,
  weights: Weights,
  { cols, threshold, dtype = "f32" }: LlmInt8Options,
): Float32Array<ArrayBuffer> {
  checkRows("llmInt8Matmul", x.length, cols);
  const outs = checkRows("llmInt8Matmul", weights.CB.length, cols);
  checkLength("llmInt8Matmul", "SCB", weights.SCB.length, outs);
  if (dtype !== "f32" && dtype !== "f16")
    throw new QuantError("llmInt8Matmul", 'dtype "f32" or "f16"', JSON.stringify(dtype));
  const isHalf = dtype === "f16";
  const activations = quantizeActivations(x, cols, { threshold });
  const y = int8Part(activations, weights, cols);
  const { outlierCols } = activations;
  if (outlierCols.length === 0) return y;
  const outliers = outlierPart(isHalf ? roundToFloat16(x) : x, weights, cols, outlierCols, isHalf);
  for (let i = 0; i < y.length; i++) y[i] += outliers[i];
  if (isHalf) roundToFloat16(y, y);
  return y;
}

/** The int8 product with its scales; `[T, O]`, rounded to float16 whatever the dtype of x. */
function int8Part(
  { CA, SCA }: Int8Activations,
  { CB, SCB }: Weights,
  cols: number,
): Float32Array<ArrayBuffer> {
  const product = int8Product(CA, CB, cols);
  const y = new Float32Array(product.length);
  for (let t = 0, i = 0; t < SCA.length; t++)
    for (let o = 0; o < SCB.length; o++, i++)
      y[i] = Math.fround(Math.fround(Math.fround(product[i]) * DEQUANT) * SCA[t]) * SCB[o];
  roundToFloat16(y, y);
  return y;
}

/** Outlier columns of x times the weights of those columns; `[T, O]`. Sums are taken in double, rounded once. */
function outlierPart(
  x: Float32Array,
  { CB, SCB }: Weights,
  cols: number,
  outlierCols: readonly number[],
  isHalf: boolean,
): Float32Array {
  const rows = x.length / cols;
  const y = new Float32Array(rows * SCB.length);
  const columns = new Float32Array(outlierCols.length);
  for (let o = 0; o < SCB.length; o++) {
    for (let k = 0; k < columns.length; k++)
      columns[k] = Math.fround(CB[o * cols + outlierCols[k]] * SCB[o]) / INT8_LIMIT;
    if (isHalf) roundToFloat16(columns, columns);
    for (let t = 0; t < rows; t++) {
      let sum = 0;
      for (let k = 0; k < columns.length; k++) sum += x[t * cols + outlierCols[k]] * columns[k];
      y[t * SCB.length + o] = sum;
    }
  }
  return isHalf ? roundToFloat16(y, y) : y;
}
