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

/** Rounds `source[start…end)` and writes it to `target` from `at` on. */
export type RoundFloats = (
  source: FloatView,
  start: number,
  end: number,
  target: FloatView,
  at: number,
) => void;

/**
 * Rounds whole arrays in many short calls: V8 optimizes a function that is called often better than one long loop that it
 * must replace while it runs (bfloat16: 660 and not 400 M values/s).
 */
export function roundWhole(round: RoundFloats, values: Float32Array, out: Float32Array): void {
  const [source, target] = [viewOf(values), viewOf(out)];
  for (let start = 0; start < values.length; start += VALUES_A_CALL)
    round(source, start, Math.min(start + VALUES_A_CALL, values.length), target, start);
}

const VALUES_A_CALL = 4096;
