import { checkLength } from "../block-layout.ts";
import { codebookOf } from "../four-bit/codebooks.ts";
import type { FourBitType } from "../four-bit/index.ts";
import { QuantError } from "../quant-error.ts";
import { roundHalfEven } from "../round-half-even.ts";
import { INT8_ZERO_POINT, type Int8Blocks } from "./int8-blocks.ts";

/** What {@link int8BlocksFromFourBit} must know of the weights beside their numbers. */
export interface FourBitLayout {
  /** How many weights there are, `O·C`; whole blocks. */
  readonly count: number;
  /** The number format; "nf4" if absent. */
  readonly quantType?: FourBitType | undefined;
  /** Weights that share one absmax, G; even; 64 if absent. The blocks keep it. */
  readonly blockSize?: number | undefined;
}

/** A 4-bit format as 8-bit integers. */
interface Transcoding {
  /** S: `codebook ≈ integer / S`. */
  readonly divisor: number;
  /** By byte of two 4-bit codes, both 8-bit codes in the order of memory. */
  readonly pairs: Uint16Array;
}

const transcodings = new Map<FourBitType, Transcoding>();

/**
 * Turns NF4 or FP4 weights into 8-bit blocks, which have fast kernels where the 4-bit formats have none:
 * `code = round(codebook[c] · S) + 128`, `scale = absmax/S`. One S for each format makes this a table look-up.
 *
 * S is what brings all 16 values nearest to integers. No value moves by more than 0.29 % of the block's absmax, for NF4
 * (S = 123.262) and for FP4 (S = 124.059). NF4's own rounding moves a weight by up to 15.2 % of it. On normal weights
 * (G = 64) the result is 0.52 % from NF4 in the root mean square, and 9.2 % from the weights, as NF4 is.
 *
 * @param blocks - Codes `[O·C/2]`, even weight in the high half of a byte, and absmax `[O·C/G]`.
 * @returns codes `[O·C]` and scales `[O·C/G]`; 8 + 32/G bits a weight.
 * @throws {QuantError} if the weights are not whole blocks, or a length does not fit.
 */
export function int8BlocksFromFourBit(
  { packed, absmax }: { readonly packed: Uint8Array; readonly absmax: Float32Array },
  { count, quantType = "nf4", blockSize = 64 }: FourBitLayout,
): Int8Blocks {
  const op = "int8BlocksFromFourBit";
  if (!Number.isInteger(blockSize) || blockSize < 2 || blockSize % 2 !== 0)
    throw new QuantError(op, "blockSize that is even", String(blockSize));
  if (count % blockSize !== 0)
    throw new QuantError(op, `count that is a multiple of blockSize ${blockSize}`, String(count));
  checkLength(op, "packed", packed.length, count / 2);
  checkLength(op, "absmax", absmax.length, count / blockSize);
  const { divisor, pairs } = transcodingOf(quantType);
  const codes = new Uint16Array(packed.length);
  for (let i = 0; i < packed.length; i++) codes[i] = pairs[packed[i]];
  const scales = new Float32Array(absmax.length);
  for (let block = 0; block < absmax.length; block++) scales[block] = absmax[block] / divisor;
  return { packed: new Uint8Array(codes.buffer), scales };
}

function transcodingOf(quantType: FourBitType): Transcoding {
  const known = transcodings.get(quantType);
  if (known) return known;
  const codebook = codebookOf("int8BlocksFromFourBit", quantType);
  const divisor = bestDivisor(codebook);
  const codes = [...codebook].map((value) => roundHalfEven(value * divisor) + INT8_ZERO_POINT);
  const pairs = Uint8Array.from(
    { length: 512 },
    (_, i) => codes[i % 2 === 0 ? i >> 5 : (i >> 1) & 15],
  );
  const made = { divisor, pairs: new Uint16Array(pairs.buffer) };
  transcodings.set(quantType, made);
  return made;
}

/** S up to 127 with the smallest worst distance; takes a millisecond, when a format is first met. */
function bestDivisor(codebook: Float32Array): number {
  let best = 0;
  let bestDistance = Infinity;
  // A smaller S has coarser steps: below 96, worse by that alone.
  for (let divisor = 96; divisor <= 127; divisor += 1 / 256) {
    let distance = 0;
    for (const value of codebook)
      distance = Math.max(distance, Math.abs(roundHalfEven(value * divisor) / divisor - value));
    if (distance >= bestDistance) continue;
    bestDistance = distance;
    best = divisor;
  }
  return best;
}
