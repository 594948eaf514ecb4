/** How far the hidden states of two models are apart after one layer. */
export interface StateError {
  /** `embed`, `layer{i}` (after layer i, from 0), `final_norm`. */
  readonly name: string;
  /** Largest `|b − a|`. */
  readonly maxAbsError: number;
  /** `sqrt(Σ(b − a)² / Σa²)`: 0.01 is an error of a hundredth of the state's own size. 0 where both are 0. */
  readonly relativeRmsError: number;
}

/** Sums of the errors of one state over all positions; in float64. */
export interface StateErrorSum {
  /** Adds states of some positions; `a` and `b` of the same length. */
  add(a: Float32Array, b: Float32Array): void;
  /** The errors so far. A NaN in a state makes them NaN. */
  result(): StateError;
}

/** Starts the sums of one state. */
export function createStateErrorSum(name: string): StateErrorSum {
  let maxAbsError = 0;
  let squaredError = 0;
  let squaredState = 0;
  return {
    add(a, b) {
      for (let i = 0; i < a.length; i++) {
        const value = a[i] as number;
        const error = Math.abs((b[i] as number) - value);
        maxAbsError = Math.max(maxAbsError, error);
        squaredError += error * error;
        squaredState += value * value;
      }
    },
    result: () => ({
      name,
      maxAbsError,
      relativeRmsError: squaredError === 0 ? 0 : Math.sqrt(squaredError / squaredState),
    }),
  };
}
