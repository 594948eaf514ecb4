import { CheckpointError } from "../checkpoint-error.ts";
import type { TensorInfo } from "../checkpoint.ts";

/** Smallest magnitudes that a type rounds to infinity: half a step above its largest number. */
export const OVERFLOW = {
  f16: 65_520,
  bf16: (2 - 2 ** -8) * 2 ** 127,
  f32: (2 - 2 ** -24) * 2 ** 127,
} as const;

/** What values may be, besides finite. */
export interface ValueBounds {
  readonly min?: number | undefined;
  /** No magnitude reaches it. */
  readonly below?: number | undefined;
  /** Position of the first value in the tensor; default 0. */
  readonly start?: number | undefined;
}

/**
 * Scales that are not numbers, or make weights that are not, would make every logit NaN without a word.
 *
 * @throws {CheckpointError} if a value is NaN, infinite or out of bounds.
 */
export function refuseNotFinite(
  info: Pick<TensorInfo, "name" | "file">,
  values: Float32Array<ArrayBuffer>,
  { min = -Infinity, below = Infinity, start = 0 }: ValueBounds = {},
): Float32Array<ArrayBuffer> {
  const wrong = values.findIndex((value) => !(Math.abs(value) < below && value >= min));
  if (wrong < 0) return values;
  const actual = values[wrong] ?? NaN;
  const bounds = [
    ...(min === 0 ? ["of at least 0"] : []),
    ...(Number.isFinite(actual) && Math.abs(actual) >= below ? [`below ${below}`] : []),
  ];
  throw notFinite(info, ["finite values", bounds.join(" and ")], actual, start + wrong);
}

/** The bits of a number's exponent; all of them are set in infinities and NaN. */
const EXPONENT = { bf16: 0x7f80, f16: 0x7c00 } as const;

/**
 * The same for 16-bit floats given as their bits.
 *
 * @throws {CheckpointError} if a value is NaN or infinite.
 */
export function refuseNotFiniteBits(
  info: TensorInfo,
  bits: Uint16Array,
  dtype: "bf16" | "f16",
  { start = 0 }: Pick<ValueBounds, "start"> = {},
): void {
  const exponent = EXPONENT[dtype];
  const mantissa = 0x7fff & ~exponent;
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i] as number;
    if ((value & exponent) !== exponent) continue;
    const sign = value & 0x8000 ? -1 : 1;
    throw notFinite(info, ["finite values"], value & mantissa ? NaN : sign * Infinity, start + i);
  }
}

function notFinite(
  { name, file }: Pick<TensorInfo, "name" | "file">,
  expected: readonly string[],
  actual: number,
  index: number,
): CheckpointError {
  return new CheckpointError(
    file,
    `expected ${expected.filter(Boolean).join(" ")}, got ${actual} at index ${index} (the file is damaged, or was saved wrongly)`,
    { tensor: name },
  );
}
