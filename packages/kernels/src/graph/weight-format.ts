import type { BlockSize } from "@baichuan2/quant";
import { ShapeError } from "./errors.ts";

/**
 * How the numbers of a weight are stored. The format decides the lowering of the op that takes it.
 *
 * - `f32`: as they are.
 * - `f16`, `bf16`: tables that are only gathered from (an embedding), which may have every other format too.
 * - `int16`: rows of 16-bit integers in two planes of bytes, one scale a row; a head with the resolution of 16-bit floats.
 * - `int8`: LLM.int8(): rows of int8 with the row's absolute maximum; `linear` multiplies as bitsandbytes does.
 * - `int8-blocks`: bytes with zero point 128, one scale per block.
 * - `int4`: 4-bit integers, one scale and zero point (8 if symmetric) per block.
 * - `nf4`, `fp4`: codes of a 16-entry codebook, one absolute maximum per block; `roundTo` is the type whose
 *   resolution a dequantized weight has (bitsandbytes: that of the weight before, float16).
 *
 * `@baichuan2/quant` has the codecs; `weightParts` the arrays of each.
 */
export type WeightFormat =
  | { readonly kind: "f32" }
  | { readonly kind: "f16" }
  | { readonly kind: "bf16" }
  | { readonly kind: "int16" }
  | { readonly kind: "int8" }
  | { readonly kind: "int8-blocks"; readonly blockSize: BlockSize }
  | { readonly kind: "int4"; readonly blockSize: BlockSize; readonly symmetric: boolean }
  | (CodebookBlocks & { readonly kind: "nf4" })
  | (CodebookBlocks & { readonly kind: "fp4" });

interface CodebookBlocks {
  readonly blockSize: BlockSize;
  readonly roundTo: "f16" | "bf16" | "f32";
}

/** Elements of a part; 16-bit floats travel as their bits. */
export type PartDType = "f32" | "f16" | "bf16" | "i8" | "u8";

/** One of the arrays that make up a weight. */
export interface WeightPart {
  readonly name: string;
  readonly dtype: PartDType;
  readonly shape: readonly number[];
}

/** Arrays that hold a part. */
export const PART_ARRAYS = {
  f32: Float32Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
} satisfies Record<PartDType, unknown>;

/**
 * The arrays of a weight, named as the codecs of `@baichuan2/quant` name them. Blocks lie along the last axis.
 *
 * @param shape - Of the weight; formats other than `f32` take `[O, C]` only.
 * @throws {ShapeError} if the format cannot hold the shape, e.g. rows that are no multiple of the block.
 */
export function weightParts(
  format: WeightFormat,
  shape: readonly number[],
  name = "weight",
): WeightPart[] {
  const part = (partName: string, dtype: PartDType, ...dims: number[]): WeightPart => {
    return { name: partName, dtype, shape: dims };
  };
  if (format.kind === "f32") return [part("values", "f32", ...shape)];
  const [O = 0, C = 0] = shape;
  if (shape.length !== 2) throw new ShapeError(name, `[O, C] for ${format.kind}`, [shape]);
  switch (format.kind) {
    case "f16":
    case "bf16":
      return [part("values", format.kind, O, C)];
    case "int16":
      return [part("high", "i8", O, C), part("low", "i8", O, C), part("scales", "f32", O)];
    case "int8":
      return [part("CB", "i8", O, C), part("SCB", "f32", O)];
    default:
      return blockParts(format, O, C, name, part);
  }
}

function blockParts(
  format: Extract<WeightFormat, { blockSize: BlockSize }>,
  O: number,
  C: number,
  name: string,
  part: (name: string, dtype: PartDType, ...dims: number[]) => WeightPart,
): WeightPart[] {
  const { blockSize: G, kind } = format;
  if (C % G !== 0) {
    const hint = "use another block size, or f32 for this weight";
    throw new ShapeError(name, `rows of a multiple of ${G} for ${kind}`, [[O, C]], hint);
  }
  const B = C / G;
  if (kind === "int8-blocks") return [part("packed", "u8", O, B, G), part("scales", "f32", O, B)];
  if (kind !== "int4") return [part("packed", "u8", O, B, G / 2), part("absmax", "f32", O, B)];
  const parts = [part("packed", "u8", O, B, G / 2), part("scales", "f32", O, B)];
  return format.symmetric ? parts : [...parts, part("zeroPoints", "u8", O, Math.ceil(B / 2))];
}
