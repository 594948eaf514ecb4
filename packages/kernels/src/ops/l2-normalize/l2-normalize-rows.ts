import { L2_NORMALIZE_EPS } from "./op.ts";

/**
 * Normalises rows in place: the op's meaning, and what folds NormHead into a weight at load.
 *
 * @param rows - Row-major values; whole rows only.
 * @param C - Length of a row.
 */
export function l2NormalizeRows(rows: Float32Array, C: number): void {
  for (let start = 0; start < rows.length; start += C) {
    let squares = 0;
    for (let c = start; c < start + C; c++) squares += rows[c] * rows[c];
    const norm = Math.max(Math.sqrt(squares), L2_NORMALIZE_EPS);
    for (let c = start; c < start + C; c++) rows[c] /= norm;
  }
}
