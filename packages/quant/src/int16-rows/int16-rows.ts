/**
 * A matrix `[O, C]` of 16-bit integers as two of 8 bits, one scale a row: weight = (256 · high + low) · scale.
 *
 * Two int8 matrices are what a fast int8 product takes: `x·W = scale · (256 · x·high + x·low)`.
 */
export interface Int16Rows {
  /** −127 to 127; `[O·C]`. */
  readonly high: Int8Array<ArrayBuffer>;
  /** −128 to 127; `[O·C]`. */
  readonly low: Int8Array<ArrayBuffer>;
  /** `[O]`; 0 for a row of zeros. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/** Largest magnitude whose high part stays within int8: 127 · 256 + 127. */
export const INT16_LIMIT = 32_639;
