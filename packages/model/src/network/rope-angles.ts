/** Base of the angle sequence; a constant of the published code. */
const BASE = 10_000;

/** Cosine and sine of every angle of some tokens; each `[T, D/2]`, row-major. */
export interface RopeAngles {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/** `1 / BASE^(2k/D)`, `k < D/2`, by head size. */
const frequencies = new Map<number, Float32Array>();

/**
 * Rotary angles: `angle(p, k) = p / BASE^(2k/D)`, `k < D/2`.
 *
 * Power, frequency and angle are each rounded to float32, as in the original's table: at position 4000 an angle off by
 * one rounding of its frequency is off by 2e-4. Computed per token, so there is no table to outgrow.
 *
 * @param positions - Token positions; `T` values.
 * @param headDim - `D`, even.
 * @param into - Where to write; default: new arrays.
 */
export function ropeAngles(
  positions: ArrayLike<number>,
  headDim: number,
  into: RopeAngles = {
    cos: new Float32Array((positions.length * headDim) / 2),
    sin: new Float32Array((positions.length * headDim) / 2),
  },
): RopeAngles {
  const half = headDim / 2;
  const steps = frequenciesOf(headDim);
  for (let t = 0; t < positions.length; t++) {
    for (let k = 0; k < half; k++) {
      const angle = Math.fround((positions[t] ?? 0) * (steps[k] ?? 0));
      into.cos[t * half + k] = Math.cos(angle);
      into.sin[t * half + k] = Math.sin(angle);
    }
  }
  return into;
}

function frequenciesOf(headDim: number): Float32Array {
  const known = frequencies.get(headDim);
  if (known) return known;
  const steps = Float32Array.from(
    { length: headDim / 2 },
    (_, k) => 1 / Math.fround(BASE ** ((2 * k) / headDim)),
  );
  frequencies.set(headDim, steps);
  return steps;
}
