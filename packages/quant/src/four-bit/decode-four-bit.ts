import { roundBfloat16 } from "../bfloat16.ts";
import { checkLength } from "../block-layout.ts";
import { roundFloat16 } from "../float16.ts";
import { type RoundFloats, viewOf } from "../float-view.ts";
import { QuantError } from "../quant-error.ts";
import { codebookOf } from "./codebooks.ts";
import { checkBlockSize, type FourBitType } from "./four-bit.ts";

/** What {@link decodeFourBit} must know of the weights beside their numbers. */
export interface FourBitDecoding {
  /** How many weights there are, `O·C`. */
  readonly count: number;
  /** The number format; "nf4" if absent. */
  readonly quantType?: FourBitType;
  /** Weights that share one absmax, G; 64 if absent. */
  readonly blockSize?: number;
  /** What weights are rounded to, which bitsandbytes does with the dtype that it stored; "f16" if absent. */
  readonly roundTo?: "f16" | "bf16" | "f32";
  /** Values by code `[16]`, from a checkpoint; those of `quantType` if absent. */
  readonly codebook?: Float32Array;
}

/**
 * Weights of 4-bit blocks: `codebook[code] · absmax` in float32, then rounded to `roundTo`.
 *
 * A block has 16 different weights at most, so those are multiplied and rounded, and the codes only look them up.
 *
 * @param blocks - Codes `[(O·C + 1)/2]`, even weight in the high half of a byte, and absmax `[ceil(O·C/G)]`.
 * @param out - Where the weights go, `[O·C]`; a new array if absent.
 * @returns `out`.
 * @throws {QuantError} if a length or an option does not fit.
 */
export function decodeFourBit(
  blocks: { readonly packed: Uint8Array; readonly absmax: Float32Array },
  decoding: FourBitDecoding,
  out?: Float32Array,
): Float32Array {
  const { count, quantType = "nf4", blockSize = 64, roundTo = "f16" } = decoding;
  const codebook = decoding.codebook ?? codebookOf("decodeFourBit", quantType);
  const { packed, absmax } = blocks;
  checkBlockSize("decodeFourBit", blockSize);
  if (!Number.isInteger(count) || count < 0)
    throw new QuantError("decodeFourBit", "count that is an integer of at least 0", String(count));
  checkLength("decodeFourBit", "codebook", codebook.length, 16);
  checkLength("decodeFourBit", "packed", packed.length, Math.ceil(count / 2));
  checkLength("decodeFourBit", "absmax", absmax.length, Math.ceil(count / blockSize));
  if (out) checkLength("decodeFourBit", "out", out.length, count);
  const weights = out ?? new Float32Array(count);
  const round = roundingTo(roundTo);
  const products = viewOf(new Float32Array(16));
  for (let block = 0; block < absmax.length; block++) {
    const scale = absmax[block];
    for (let code = 0; code < 16; code++) products.floats[code] = codebook[code] * scale;
    round?.(products, 0, 16, products, 0);
    const start = block * blockSize;
    lookUp(products.floats, packed, weights, start, Math.min(start + blockSize, count));
  }
  return weights;
}

/** Weights `start…end` of one block. */
function lookUp(
  products: Float32Array,
  packed: Uint8Array,
  weights: Float32Array,
  start: number,
  end: number,
): void {
  const pairsEnd = end - (end % 2);
  for (let i = start, byte = start / 2; i < pairsEnd; i += 2, byte++) {
    const codes = packed[byte];
    weights[i] = products[codes >> 4];
    weights[i + 1] = products[codes & 15];
  }
  if (pairsEnd < end) weights[pairsEnd] = products[packed[pairsEnd / 2] >> 4];
}

function roundingTo(roundTo: string): RoundFloats | undefined {
  if (roundTo === "f16") return roundFloat16;
  if (roundTo === "bf16") return roundBfloat16;
  if (roundTo === "f32") return undefined;
  throw new QuantError("decodeFourBit", 'roundTo "f16", "bf16" or "f32"', JSON.stringify(roundTo));
}
