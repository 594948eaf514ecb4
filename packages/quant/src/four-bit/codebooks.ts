import { QuantError } from "../quant-error.ts";
import type { FourBitType } from "./four-bit.ts";

/**
 * The 16 values of NF4, ascending: quantiles of a normal distribution, scaled to [-1, 1], with an exact 0.
 *
 * @see Dettmers et al. 2023, https://arxiv.org/abs/2305.14314 (appendix E)
 */
export const NF4_CODEBOOK: Float32Array<ArrayBuffer> = Float32Array.of(
  -1,
  -0.6961928009986877,
  -0.5250730514526367,
  -0.39491748809814453,
  -0.28444138169288635,
  -0.18477343022823334,
  -0.09105003625154495,
  0,
  0.07958029955625534,
  0.16093020141124725,
  0.24611230194568634,
  0.33791524171829224,
  0.44070982933044434,
  0.5626170039176941,
  0.7229568362236023,
  1,
);

/**
 * Where NF4 codes change: a scaled weight above threshold `i` has a code above `i`; on it, code `i`.
 *
 * Midpoints of neighbouring values in float32, but for four that bitsandbytes has one unit in the last place off.
 */
export const NF4_THRESHOLDS: Float32Array<ArrayBuffer> = Float32Array.of(
  -0.8480964303016663,
  -0.6106329262256622,
  -0.4599952697753906,
  -0.33967943489551544,
  -0.23460740596055984,
  -0.13791173323988914,
  -0.045525018125772476,
  0.03979014977812767,
  0.1202552542090416,
  0.2035212516784668,
  0.2920137718319893,
  0.3893125355243683,
  0.5016633868217468,
  0.6427869200706482,
  0.8614783883094788,
);

/** Magnitudes of FP4 by the three low bits of the code: 0, 0.0625, 8, 12, 4, 6, 2, 3 in twelfths. */
const FP4_MAGNITUDES = [
  0, 0.005208333333, 0.66666667, 1, 0.33333333, 0.5, 0.16666667, 0.25,
] as const;

/**
 * The 16 values of FP4 by code: sign (bit 3), two bits of exponent, one of fraction; divided by the largest, 12. Code 8 is −0.
 *
 * The smallest magnitude is 0.0625/12: bitsandbytes gives that to the subnormal code.
 */
export const FP4_CODEBOOK: Float32Array<ArrayBuffer> = Float32Array.from(
  { length: 16 },
  (_, code) => (code < 8 ? 1 : -1) * FP4_MAGNITUDES[code % 8],
);

/** Values by code of a format. */
export function codebookOf(op: string, quantType: FourBitType): Float32Array {
  if (quantType === "nf4") return NF4_CODEBOOK;
  if (quantType === "fp4") return FP4_CODEBOOK;
  throw new QuantError(op, 'quantType "nf4" or "fp4"', JSON.stringify(quantType));
}
