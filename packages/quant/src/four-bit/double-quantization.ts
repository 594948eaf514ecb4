/**
 * Double quantization: the absmax of 4-bit blocks, a float32 each, are quantized again to a byte each, so that they cost 8.1
 * and not 32 bits a block of weights.
 */
import { checkLength } from "../block-layout.ts";
import { QuantError } from "../quant-error.ts";
import { DYNAMIC_MAP } from "./dynamic-map.ts";
import { checkBlockSize } from "./four-bit.ts";

/** The absmax of blocks in 8 bits: `absmax = map[code] · nestedAbsmax + offset`. */
export interface QuantizedAbsmax {
  /** `[N]`, one for each block of weights. */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** Mean of all absmax; a float32. */
  readonly offset: number;
  /** Largest deviation from the mean in each nested block; `[ceil(N/256)]`. */
  readonly nestedAbsmax: Float32Array<ArrayBuffer>;
}

/** Absmax that share one nested absmax; fixed in bitsandbytes. */
const NESTED_BLOCK = 256;

/**
 * Where codes of the dynamic map change: a value above threshold `i` has a code above `i`.
 *
 * Codes are nearest values. bitsandbytes searches from an even code, and moves off it only beyond a midpoint, so that a
 * midpoint belongs to its even neighbour: above an odd code, the threshold is the float32 before the midpoint.
 */
const THRESHOLDS = Float32Array.from({ length: 255 }, (_, i) => {
  const midpoint = Math.fround(DYNAMIC_MAP[i] + DYNAMIC_MAP[i + 1]) / 2;
  return i % 2 === 0 ? midpoint : floatBelow(midpoint);
});

/**
 * Quantizes the absmax of blocks to 8 bits: `offset = mean(absmax)`, then `absmax − offset` in nested blocks of 256 to the
 * nearest value of {@link DYNAMIC_MAP}.
 *
 * Equal to bitsandbytes 0.41 bit by bit, given its offset; the mean itself may differ in the last bits, as it does between
 * torch's devices, which add in different orders.
 *
 * @param absmax - `[N]`, finite.
 * @param options - `offset`: one to take instead of the mean.
 * @throws {QuantError} if a number is not finite.
 */
export function quantizeAbsmax(
  absmax: Float32Array,
  { offset: givenOffset }: { readonly offset?: number } = {},
): QuantizedAbsmax {
  const notFinite = absmax.find((value) => !Number.isFinite(value));
  if (notFinite !== undefined)
    throw new QuantError("quantizeAbsmax", "finite absmax", String(notFinite));
  const offset = Math.fround(givenOffset ?? mean(absmax));
  if (!Number.isFinite(offset))
    throw new QuantError("quantizeAbsmax", "offset that is finite", String(offset));
  const deviations = absmax.map((value) => value - offset);
  const codes = new Uint8Array(absmax.length);
  const nestedAbsmax = new Float32Array(Math.ceil(absmax.length / NESTED_BLOCK));
  for (let block = 0; block < nestedAbsmax.length; block++) {
    const start = block * NESTED_BLOCK;
    const end = Math.min(start + NESTED_BLOCK, absmax.length);
    let largest = 0;
    for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(deviations[i]));
    nestedAbsmax[block] = largest;
    const scale = Math.fround(1 / largest);
    // Equal absmax make 0 · Infinity: NaN, which is above no threshold. Code 0 times 0 is the offset all the same.
    for (let i = start; i < end; i++) codes[i] = codeOf(Math.fround(deviations[i] * scale));
  }
  return { codes, offset, nestedAbsmax };
}

/**
 * The absmax of blocks from their 8 bits: `map[code] · nestedAbsmax + offset`, each step rounded to float32.
 *
 * @param quantized - Codes `[N]` and nested absmax `[ceil(N/nestedBlockSize)]`.
 * @param options - `nestedBlockSize` 256 and the dynamic map if absent; a checkpoint has its own `[256]`.
 * @returns `[N]`.
 * @throws {QuantError} if a length does not fit.
 */
export function restoreAbsmax(
  {
    codes,
    offset,
    nestedAbsmax,
  }: { readonly codes: Uint8Array; readonly offset: number; readonly nestedAbsmax: Float32Array },
  {
    nestedBlockSize = NESTED_BLOCK,
    map = DYNAMIC_MAP,
  }: { readonly nestedBlockSize?: number; readonly map?: Float32Array } = {},
): Float32Array<ArrayBuffer> {
  checkBlockSize("restoreAbsmax", nestedBlockSize);
  checkLength("restoreAbsmax", "map", map.length, 256);
  const blocks = Math.ceil(codes.length / nestedBlockSize);
  checkLength("restoreAbsmax", "nestedAbsmax", nestedAbsmax.length, blocks);
  const absmax = new Float32Array(codes.length);
  for (let block = 0; block < blocks; block++) {
    const scale = nestedAbsmax[block];
    const end = Math.min((block + 1) * nestedBlockSize, codes.length);
    for (let i = block * nestedBlockSize; i < end; i++)
      absmax[i] = Math.fround(map[codes[i]] * scale) + offset;
  }
  return absmax;
}

/** How many thresholds are below x, by bisection; 0 for NaN. */
function codeOf(x: number): number {
  let code = 0;
  for (let step = 128; step > 0; step >>= 1) if (x > THRESHOLDS[code + step - 1]) code += step;
  return code;
}

function mean(values: Float32Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The next float32 below a number other than 0. */
function floatBelow(value: number): number {
  const float = Float32Array.of(value);
  new Int32Array(float.buffer)[0] += value > 0 ? -1 : 1;
  return float[0];
}
