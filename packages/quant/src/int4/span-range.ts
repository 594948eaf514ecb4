import { roundHalfEven } from "../round-half-even.ts";
import type { RoundScale } from "./round-scale.ts";
import type { BlockChoice, WeightBlock } from "./weight-block.ts";

/** Round to nearest, symmetric: `scale = absmax/7`; code 0 stays unused. */
export function spanSymmetric(
  { low, high }: WeightBlock,
  round: RoundScale,
  out: BlockChoice,
): void {
  out.scale = round(Math.max(-low, high) / 7);
  out.zeroPoint = 8;
}

/** Round to nearest, asymmetric: `scale = (high − low)/15`, `zeroPoint = round(−low/scale)`. */
export function spanAsymmetric(
  { low, high }: WeightBlock,
  round: RoundScale,
  out: BlockChoice,
): void {
  out.scale = round((high - low) / 15);
  out.zeroPoint = out.scale === 0 ? 8 : Math.min(15, roundHalfEven(-low / out.scale));
}
