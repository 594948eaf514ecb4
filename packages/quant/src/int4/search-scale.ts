/*
 * Choosing a block's scale for the least squared error, where rounding to nearest merely spans the block's range.
 *
 * A few clipped scales are tried; each is rated by what its codes can reach with the best scale for them (code-sums.ts),
 * the winner is refined by that closed form once more, rounded to the scale's dtype, and kept only if its error, measured
 * with the rounded scale, is below that of rounding to nearest. So no block is ever worse than by "rtn".
 *
 * - Symmetric: codes reach from −8 to 7, so the largest magnitude takes the −8 side; if it is positive, the scale is
 *   negative. Both orientations or 200 candidates gain no more than 0.2 % of the error over these 8.
 * - Asymmetric: scales share the range's centre; then the zero points beside the winner's are tried. An alternation as in
 *   HQQ would never move an integer zero point: nearest codes leave a mean error below half a step.
 *
 * Root-mean-square error relative to that of the weights, normal weights, float32 scales ("rtn" -> "search"):
 *
 *     G     symmetric                 asymmetric
 *     32    0.0971 -> 0.0811 (-16 %)  0.0808 -> 0.0768 (-5 %)
 *     64    0.1077 -> 0.0899 (-17 %)  0.0910 -> 0.0870 (-4 %)
 *     128   0.1173 -> 0.0967 (-18 %)  0.1005 -> 0.0950 (-6 %)
 *
 * Tried and left: 16 to 20 candidates, a second refinement (each under 0.1 % of the error for its time), tables of codes
 * over a quantized weight (three times as fast a pass, not worth a second meaning of every number).
 * Speed, `pnpm bench quant int4`: 31 to 48 M weights/s on a core of an AMD EPYC, 38 to 66 if a process has met one set of
 * options only; "rtn" 200 to 345.
 */
import { roundHalfEven } from "../round-half-even.ts";
import { squaredError, sumCodes, type CodeSums } from "./code-sums.ts";
import type { RoundScale } from "./round-scale.ts";
import { spanAsymmetric, spanSymmetric } from "./span-range.ts";
import type { BlockChoice, WeightBlock } from "./weight-block.ts";

/** Scales to try, as the code (not clamped) of the largest magnitude: from all codes but one, to clipping a quarter. */
const SYMMETRIC_LEVELS = Float64Array.of(7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5);
/** Scales to try, as the steps (not clamped) from the smallest to the largest weight. */
const ASYMMETRIC_LEVELS = Float64Array.of(14, 14.8, 15.6, 16.4, 17.2, 18, 19, 20);

/** Best so far; one object, as a block allocates nothing. */
interface Search extends BlockChoice, CodeSums {
  /** `(Σwq)²/Σqq`: how much of Σw² the codes explain. */
  gain: number;
  /** The tried scale that gave it, inverted. */
  inverse: number;
}

const best: Search = {
  scale: 0,
  zeroPoint: 8,
  weightCode: 0,
  codeCode: 0,
  gain: 0,
  inverse: 0,
};

/** Chooses a block's scale, zero point 8. */
export function searchSymmetric(block: WeightBlock, round: RoundScale, out: BlockChoice): void {
  spanSymmetric(block, round, out);
  const { weights, low, high } = block;
  const extreme = -low > high ? low : high;
  if (extreme === 0) return;
  best.gain = 0;
  for (let i = 0; i < SYMMETRIC_LEVELS.length; i++)
    tryScale(weights, -SYMMETRIC_LEVELS[i] / extreme, 8);
  keepBetter(block, round, out);
}

/** Chooses a block's scale and zero point. */
export function searchAsymmetric(block: WeightBlock, round: RoundScale, out: BlockChoice): void {
  spanAsymmetric(block, round, out);
  const { weights, low, high } = block;
  if (low === high) return;
  best.gain = 0;
  for (let i = 0; i < ASYMMETRIC_LEVELS.length; i++) {
    const inverse = ASYMMETRIC_LEVELS[i] / (high - low);
    const centred = roundHalfEven(7.5 - ((low + high) / 2) * inverse);
    tryScale(weights, inverse, centred < 0 ? 0 : centred > 15 ? 15 : centred);
  }
  const { inverse, zeroPoint } = best;
  if (zeroPoint > 0) tryScale(weights, inverse, zeroPoint - 1);
  if (zeroPoint < 15) tryScale(weights, inverse, zeroPoint + 1);
  keepBetter(block, round, out);
}

function tryScale(weights: Float64Array, inverse: number, zeroPoint: number): void {
  sumCodes(weights, inverse, zeroPoint, best);
  const gain = (best.weightCode * best.weightCode) / best.codeCode;
  if (!(gain > best.gain)) return;
  best.gain = gain;
  best.inverse = inverse;
  best.scale = best.weightCode / best.codeCode;
  best.zeroPoint = zeroPoint;
}

/** Refines and rounds the best scale; `out` comes in with the choice by range, and stays if that is as good. */
function keepBetter(block: WeightBlock, round: RoundScale, out: BlockChoice): void {
  if (best.gain === 0) return;
  sumCodes(block.weights, 1 / best.scale, best.zeroPoint, best);
  best.scale = round(best.weightCode / best.codeCode);
  if (!(squaredError(block, best) < squaredError(block, out))) return;
  out.scale = best.scale;
  out.zeroPoint = best.zeroPoint;
}
