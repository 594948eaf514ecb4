/** The 4-bit formats in the plainest form, one weight at a time: what the fast encoder is compared with. */
import { NF4_THRESHOLDS } from "./codebooks.ts";
import type { FourBitType } from "./four-bit.ts";

/** Code of a scaled weight; for NaN, the code of 0 in FP4 and of −1 in NF4, as with bitsandbytes. */
export function naiveCode(x: number, quantType: FourBitType): number {
  if (quantType === "nf4") return NF4_THRESHOLDS.filter((threshold) => x > threshold).length;
  return (x < 0 ? 8 : 0) | naiveFp4Magnitude(Math.abs(x));
}

function naiveFp4Magnitude(x: number): number {
  if (x > Math.fround(0.8333333)) return 3;
  if (x > Math.fround(0.583333)) return 2;
  if (x > Math.fround(0.4166667)) return 5;
  if (x > Math.fround(0.29166667)) return 4;
  if (x > Math.fround(0.20833333)) return 7;
  if (x > Math.fround(0.0859375)) return 6;
  if (x > Math.fround(0.00260417)) return 1;
  return 0;
}

/** Codes of all weights, not packed; a block of zeros has the codes of 0. */
export function naiveCodes(
  values: Float32Array,
  blockSize: number,
  quantType: FourBitType,
): number[] {
  return Array.from({ length: Math.ceil(values.length / blockSize) }, (_, block) => {
    const weights = [...values.subarray(block * blockSize, (block + 1) * blockSize)];
    const absmax = Math.max(...weights.map(Math.abs));
    const scaled = weights.map((weight) =>
      absmax === 0 ? 0 : Math.fround(weight * Math.fround(1 / absmax)),
    );
    return scaled.map((x) => naiveCode(x, quantType));
  }).flat();
}
