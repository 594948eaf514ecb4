import { checkLength } from "./block-layout.ts";
import { type FloatView, INFINITY_BITS, MAGNITUDE_BITS, roundWhole, viewOf } from "./float-view.ts";

/** The bit that makes a NaN a quiet one: float32's highest of the fraction. */
const QUIET_BIT = 0x0040_0000;

/**
 * Rounds values to the nearest bfloat16 (the upper half of a float32), ties to even; what lies half a step above the
 * largest number becomes infinity, as with torch's `.bfloat16()`.
 *
 * @param values - Any length.
 * @param out - Where the rounded values go; may be `values` itself; a new array if absent.
 * @returns `out`.
 * @throws {QuantError} if `out` has another length.
 */
export function roundToBfloat16(
  values: Float32Array,
  out: Float32Array = new Float32Array(values.length),
): Float32Array {
  checkLength("roundToBfloat16", "out", out.length, values.length);
  roundWhole(roundBfloat16, values, out);
  return out;
}

/** {@link roundToBfloat16} of `source[start…end)` to `target` from `at` on, on views that a caller keeps. */
export function roundBfloat16(
  source: FloatView,
  start: number,
  end: number,
  target: FloatView,
  at: number,
): void {
  // Engines read a constant of the module anew for each value, at a third of the speed.
  const [magnitudeBits, infinityBits] = [MAGNITUDE_BITS, INFINITY_BITS];
  const { bits } = source;
  const { bits: outBits } = target;
  const shift = at - start;
  for (let i = start; i < end; i++) {
    const pattern = bits[i];
    // Subnormal numbers and the step to infinity need no care: exponent and fraction are one integer.
    if ((pattern & magnitudeBits) <= infinityBits)
      outBits[i + shift] = (pattern + 0x7fff + ((pattern >>> 16) & 1)) & ~0xffff;
    // A NaN whose payload lies in the dropped half would become infinity.
    else outBits[i + shift] = (pattern | QUIET_BIT) & ~0xffff;
  }
}

/**
 * Bit patterns of the nearest bfloat16 numbers: what a bfloat16 tensor of a file holds.
 *
 * @param values - Any length; rounded as {@link roundToBfloat16} does.
 */
export function toBfloat16Bits(values: Float32Array): Uint16Array<ArrayBuffer> {
  const { bits } = viewOf(values);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const pattern = bits[i];
    if ((pattern & MAGNITUDE_BITS) <= INFINITY_BITS)
      halves[i] = (pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16;
    else halves[i] = (pattern | QUIET_BIT) >>> 16;
  }
  return halves;
}

/**
 * Values of bfloat16 bit patterns; exact.
 *
 * @param out - Where they go; a new array if absent.
 * @throws {QuantError} if `out` has another length.
 */
export function fromBfloat16Bits(
  halves: Uint16Array,
  out: Float32Array<ArrayBuffer> = new Float32Array(halves.length),
): Float32Array<ArrayBuffer> {
  checkLength("fromBfloat16Bits", "out", out.length, halves.length);
  const { bits } = viewOf(out);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return out;
}
