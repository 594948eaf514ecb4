/** Base of the angle sequence; a constant of the published code. */
const BASE = 10_000;

/** Cosine and sine of every angle of some tokens; each `[T, D/2]`, row-major. */
export interface RopeAngles {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/**
 * Rotary angles: `angle(p, k) = p / BASE^(2k/D)`, `k < D/2`.
 *
 * Power, frequency and angle are each rounded to float32, as in the original's table: at position 4000 an angle off by
 * one rounding of its frequency is off by 2e-4. Computed per token, so there is no table to outgrow.
 *
 * @param positions - Token positions; `T` values.
 * @param headDim - `D`, even.
 */
export function ropeAngles(positions: ArrayLike<number>, headDim: number): RopeAngles {
  const half = headDim / 2;
  const frequencies = Float32Array.from(
    { length: half },
    (_, k) => 1 / Math.fround(BASE ** ((2 * k) / headDim)),
  );
  const cos = new Float32Array(positions.length * half);
  const sin = new Float32Array(positions.length * half);
  for (let t = 0; t < positions.length; t++) {
    for (const [k, frequency] of frequencies.entries()) {
      const angle = Math.fround((positions[t] ?? 0) * frequency);
      cos[t * half + k] = Math.cos(angle);
      sin[t * half + k] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
