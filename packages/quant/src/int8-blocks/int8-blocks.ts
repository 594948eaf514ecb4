/** A matrix `[O, C]` of 8-bit integers in blocks of G along its rows: weight = (code − 128) · scale. */
export interface Int8Blocks {
  /** One code a byte, 1 to 255, row after row; `[O·C]`. These are the bytes of input B of an 8-bit `MatMulNBits`. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** `[O·C/G]`. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/** The code of weight 0, which is also what `MatMulNBits` takes when it is given no zero points. */
export const INT8_ZERO_POINT = 128;
