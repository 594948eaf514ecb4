import { roundHalfEven } from "../round-half-even.ts";
import type { BlockChoice, WeightBlock } from "./weight-block.ts";

/** `Σwq` and `Σqq` of a block's weights w and their integers q = code − zeroPoint. */
export interface CodeSums {
  weightCode: number;
  codeCode: number;
}

/**
 * Sums over a block for one scale. With these codes kept, `Σwq/Σqq` is the scale of least squared error, and that error is
 * `Σw² − (Σwq)²/Σqq`: one pass rates a scale and improves it.
 *
 * Two weights a turn: additions of one sum wait for each other, and that is what the time is spent on.
 *
 * @param inverse - 1/scale.
 * @param zeroPoint - q lies in −zeroPoint to 15 − zeroPoint.
 */
export function sumCodes(
  weights: Float64Array,
  inverse: number,
  zeroPoint: number,
  sums: CodeSums,
): void {
  const lowest = -zeroPoint;
  const highest = 15 - zeroPoint;
  let weightCode = 0;
  let weightCode2 = 0;
  let codeCode = 0;
  let codeCode2 = 0;
  for (let i = 0; i < weights.length; i += 2) {
    const weight = weights[i];
    const weight2 = weights[i + 1];
    const rounded = roundHalfEven(weight * inverse);
    const rounded2 = roundHalfEven(weight2 * inverse);
    const q = rounded < lowest ? lowest : rounded > highest ? highest : rounded;
    const q2 = rounded2 < lowest ? lowest : rounded2 > highest ? highest : rounded2;
    weightCode += weight * q;
    weightCode2 += weight2 * q2;
    codeCode += q * q;
    codeCode2 += q2 * q2;
  }
  sums.weightCode = weightCode + weightCode2;
  sums.codeCode = codeCode + codeCode2;
}

/** Squared error of a block under a choice: `Σ(w − q·scale)²`. */
export function squaredError({ weights }: WeightBlock, { scale, zeroPoint }: BlockChoice): number {
  const lowest = -zeroPoint;
  const highest = 15 - zeroPoint;
  const inverse = scale === 0 ? 0 : 1 / scale;
  let sum = 0;
  let sum2 = 0;
  for (let i = 0; i < weights.length; i += 2) {
    const weight = weights[i];
    const weight2 = weights[i + 1];
    const rounded = roundHalfEven(weight * inverse);
    const rounded2 = roundHalfEven(weight2 * inverse);
    const q = rounded < lowest ? lowest : rounded > highest ? highest : rounded;
    const q2 = rounded2 < lowest ? lowest : rounded2 > highest ? highest : rounded2;
    const error = weight - q * scale;
    const error2 = weight2 - q2 * scale;
    sum += error * error;
    sum2 += error2 * error2;
  }
  return sum + sum2;
}
