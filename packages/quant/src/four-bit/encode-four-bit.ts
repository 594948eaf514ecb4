import { roundFloat16 } from "../float16.ts";
import { type FloatView, viewOf } from "../float-view.ts";
import { QuantError } from "../quant-error.ts";
import { BINS_PER_UNIT, type CodeBins, createCodeBins } from "./code-bins.ts";
import { ladderOf } from "./code-ladder.ts";
import { codebookOf } from "./codebooks.ts";
import { checkBlockSize, type FourBitBlocks, type FourBitType } from "./four-bit.ts";

/** Options of {@link encodeFourBit}. */
export interface FourBitOptions {
  /** The number format; "nf4" if absent. */
  readonly quantType?: FourBitType;
  /** Weights that share one absmax, G: a power of two of at least 32; 64 if absent. */
  readonly blockSize?: number;
  /** Whether weights are rounded to float16 first, as bitsandbytes does with every checkpoint; true if absent. */
  readonly halfFirst?: boolean;
}

/** Weights rounded to float16 at a time: 16 KiB, so that they are still in the first-level cache when they are read. */
const CHUNK = 4096;

const BINS: Record<FourBitType, CodeBins> = {
  nf4: createCodeBins(ladderOf("nf4")),
  fp4: createCodeBins(ladderOf("fp4")),
};

/**
 * Quantizes weights to 4 bits: `absmax = max|w|` of a block, `code = nearest(w · (1/absmax))`, in float32.
 *
 * Equal to bitsandbytes 0.41 bit by bit, except in a block of zeros: 0 · (1/0) makes its codes −1 for NF4, which here are 0.
 * So are those of a block whose 1/absmax overflows (absmax below 2^-128; GPUs read such weights as 0).
 * Where the number of weights is odd, the last byte's low half is the code of 0.
 *
 * @param values - Weights; `[O, C]`, flattened. Finite; with `halfFirst` magnitudes below 65520.
 * @returns codes `[(O·C + 1)/2]` and absmax `[ceil(O·C/G)]`; 4 + 32/G bits a weight.
 * @throws {QuantError} if an option is not one of those above, or a weight is not finite.
 * @see bitsandbytes 0.41.0 `quantize_4bit`; Dettmers et al. 2023, https://arxiv.org/abs/2305.14314
 */
export function encodeFourBit(
  values: Float32Array,
  { quantType = "nf4", blockSize = 64, halfFirst = true }: FourBitOptions = {},
): FourBitBlocks {
  checkBlockSize("encodeFourBit", blockSize);
  codebookOf("encodeFourBit", quantType);
  const bins = BINS[quantType];
  const source = viewOf(values);
  const chunk = viewOf(new Float32Array(halfFirst ? Math.max(CHUNK, blockSize) : 0));
  const blocks: FourBitBlocks = {
    packed: new Uint8Array(Math.ceil(values.length / 2)),
    absmax: new Float32Array(Math.ceil(values.length / blockSize)),
  };
  const step = halfFirst ? chunk.floats.length : Math.max(values.length, 1);
  for (let start = 0; start < values.length; start += step) {
    const end = Math.min(start + step, values.length);
    if (halfFirst) roundFloat16(source, start, end, chunk, 0);
    encodeBlocks(halfFirst ? chunk : source, end - start, start, blockSize, bins, blocks);
  }
  return blocks;
}

/** Encodes `chunk[0…count)`, which holds the weights from `start` on. */
function encodeBlocks(
  { floats }: FloatView,
  count: number,
  start: number,
  blockSize: number,
  bins: CodeBins,
  { packed, absmax }: FourBitBlocks,
): void {
  for (let from = 0; from < count; from += blockSize) {
    const to = Math.min(from + blockSize, count);
    const block = (start + from) / blockSize;
    const largest = largestMagnitude(floats, from, to);
    if (!Number.isFinite(largest)) throw notFinite(largest, block);
    absmax[block] = largest;
    // 0 for blocks of zeros: all weights scale to 0. NaN is what 0 · Infinity would make of them.
    const reciprocal = Math.fround(1 / largest);
    const scale = reciprocal === Infinity ? 0 : reciprocal;
    encodeBlock(floats, from, to, scale, bins, packed, (start + from) / 2);
  }
}

/** Codes of one block, from byte `offset` on. */
function encodeBlock(
  floats: Float32Array,
  from: number,
  to: number,
  scale: number,
  { below, threshold, above }: CodeBins,
  packed: Uint8Array,
  offset: number,
): void {
  // A constant of another module would be read anew for each weight.
  const perUnit = BINS_PER_UNIT;
  for (let i = from, byte = offset; i < to; i += 2, byte++) {
    const x = Math.fround(floats[i] * scale);
    const y = i + 1 < to ? Math.fround(floats[i + 1] * scale) : 0;
    const xBin = (x * perUnit + perUnit) | 0;
    const yBin = (y * perUnit + perUnit) | 0;
    const high = x > threshold[xBin] ? above[xBin] : below[xBin];
    const low = y > threshold[yBin] ? above[yBin] : below[yBin];
    packed[byte] = (high << 4) | low;
  }
}

/** NaN if there is one. */
function largestMagnitude(floats: Float32Array, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(floats[i]));
  return largest;
}

function notFinite(largest: number, block: number): QuantError {
  return new QuantError(
    "encodeFourBit",
    "finite weights",
    `${largest} in block ${block}`,
    "magnitudes of 65520 and above overflow float16; halfFirst: false keeps them",
  );
}
