/** A matrix `[O, C]` in 8 bits, one scale a row, under the names of the checkpoints: weight = CB · SCB / 127. */
export interface Int8Rows {
  /** −127 to 127; `[O·C]`. */
  readonly CB: Int8Array<ArrayBuffer>;
  /** Largest magnitude of each row; `[O]`, 0 for a row of zeros. */
  readonly SCB: Float32Array<ArrayBuffer>;
}

/** The code of the largest magnitude of a row. */
export const INT8_LIMIT = 127;
