import { checkRows } from "../block-layout.ts";
import { roundToFloat16 } from "../float16.ts";
import { roundRow } from "./round-row.ts";

/** Activations in 8 bits, one scale a row, without their outlier columns. */
export interface Int8Activations {
  /** −127 to 127; `[T·C]`, 0 in outlier columns. */
  readonly CA: Int8Array<ArrayBuffer>;
  /** Largest magnitude of each row among the cells that are no outliers; `[T]`. */
  readonly SCA: Float32Array<ArrayBuffer>;
  /** Columns that hold an outlier in any row, ascending. */
  readonly outlierCols: readonly number[];
}

/**
 * Quantizes activations to 8 bits: `SCA = max|x|` of a row, `CA = rint(x · (127/SCA))`, on x rounded to float16.
 *
 * A cell with |x| ≥ threshold is an outlier: it does not count for SCA, and its column is 0 in all rows of CA.
 * Rows with nothing else than zeros and outliers have SCA 0. A NaN makes its row's SCA NaN.
 *
 * @param x - Activations; `[T, C]`, row-major.
 * @param cols - C.
 * @param options - `threshold`: 6 if absent; 0 for no outliers at all, as with bitsandbytes.
 * @throws {QuantError} if x is not whole rows.
 */
export function quantizeActivations(
  x: Float32Array,
  cols: number,
  { threshold = 6 }: { readonly threshold?: number } = {},
): Int8Activations {
  const rows = checkRows("quantizeActivations", x.length, cols);
  const cells = roundToFloat16(x);
  const limit = threshold > 0 ? threshold : Infinity;
  const hasOutlier = new Uint8Array(cols);
  const CA = new Int8Array(x.length);
  const SCA = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * cols;
    const rowCells = cells.subarray(start, start + cols);
    SCA[row] = takeOutliers(rowCells, limit, hasOutlier);
    roundRow(rowCells, SCA[row], CA, start);
  }
  const outlierCols = Array.from(hasOutlier.keys()).filter((col) => hasOutlier[col] === 1);
  for (const col of outlierCols) for (let i = col; i < CA.length; i += cols) CA[i] = 0;
  return { CA, SCA, outlierCols };
}

/** Marks the columns of a row's outliers and sets those cells to 0; gives the largest magnitude of the rest. */
function takeOutliers(row: Float32Array, limit: number, hasOutlier: Uint8Array): number {
  let absmax = 0;
  for (let col = 0; col < row.length; col++) {
    const magnitude = Math.abs(row[col]);
    if (magnitude >= limit) {
      hasOutlier[col] = 1;
      row[col] = 0;
    } else absmax = Math.max(absmax, magnitude);
  }
  return absmax;
}
