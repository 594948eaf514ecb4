/** Float32 values and their bit patterns: two views of the same memory. */
export interface FloatView {
  readonly floats: Float32Array;
  readonly bits: Int32Array;
}

/** Both views of an array. Making them takes as long as rounding a hundred values, so a loop over blocks makes them once. */
export function viewOf(floats: Float32Array): FloatView {
  return { floats, bits: new Int32Array(floats.buffer, floats.byteOffset, floats.length) };
}

export const SIGN_BIT = 0x8000_0000 | 0;
export const MAGNITUDE_BITS = 0x7fff_ffff;
/** Bits of float32 infinity; magnitudes above it are NaN. */
export const INFINITY_BITS = 0x7f80_0000;
