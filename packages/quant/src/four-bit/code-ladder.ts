import { NF4_THRESHOLDS } from "./codebooks.ts";
import type { FourBitType } from "./four-bit.ts";

/** How a scaled weight becomes a code: the code at the index that counts the thresholds below it. */
export interface CodeLadder {
  /** 15, ascending. */
  readonly thresholds: Float32Array;
  /** 16, by ascending value. */
  readonly codes: Uint8Array;
}

/** Where FP4 magnitudes change, ascending; bitsandbytes' constants. */
const FP4_MAGNITUDE_THRESHOLDS = Float32Array.of(
  0.00260417,
  0.0859375,
  0.20833333,
  0.29166667,
  0.4166667,
  0.583333,
  0.8333333,
);

/** FP4 codes by ascending magnitude. */
const FP4_MAGNITUDE_CODES = [0, 1, 6, 7, 4, 5, 2, 3] as const;

const NF4_LADDER: CodeLadder = {
  thresholds: NF4_THRESHOLDS,
  codes: Uint8Array.from({ length: 16 }, (_, code) => code),
};
const FP4_LADDER = signedLadder(FP4_MAGNITUDE_THRESHOLDS, FP4_MAGNITUDE_CODES);

/** The ladder of a format. */
export function ladderOf(quantType: FourBitType): CodeLadder {
  return quantType === "nf4" ? NF4_LADDER : FP4_LADDER;
}

/**
 * A ladder from one of magnitudes: sign is bit 3 of the code, and every weight below 0 has it, also those that become −0.
 *
 * A magnitude must be above its threshold t to climb, so a negative weight must be below −t: it stays above the float32
 * before −t exactly if it must not climb. The same with 0 makes the threshold of the sign.
 */
function signedLadder(thresholds: Float32Array, codes: readonly number[]): CodeLadder {
  const negative = [0, ...thresholds].map((threshold) => floatBelow(-threshold)).toReversed();
  return {
    thresholds: Float32Array.of(...negative, ...thresholds),
    codes: Uint8Array.of(...codes.map((code) => code | 8).toReversed(), ...codes),
  };
}

/** The next float32 below a number ≤ 0: its magnitude's bits, plus 1. */
function floatBelow(value: number): number {
  const magnitude = Float32Array.of(-value);
  new Uint32Array(magnitude.buffer)[0] += 1;
  return -magnitude[0];
}
