/**
 * Writes 4-bit codes in the flat layout of transformers and bitsandbytes (0.42 and later):
 *
 *   <weight>                                   u8 [ceil(O·C/2), 1]
 *   <weight>.absmax                            u8 [blocks], or f32 where it is not nested
 *   <weight>.quant_map                         f32 [16]
 *   <weight>.nested_absmax, .nested_quant_map  f32 [ceil(blocks/256)], f32 [256]
 *   <weight>.quant_state.bitsandbytes__nf4     u8: JSON, spaced and ordered as Python writes it
 *
 * The length of the JSON depends on the digits of the offset, which is known last, and a file's header comes first. Files
 * that are streamed therefore pad the JSON with spaces to a fixed length; Python's json allows them.
 */
import {
  DYNAMIC_MAP,
  FP4_CODEBOOK,
  NF4_CODEBOOK,
  quantizeAbsmax,
  type FourBitType,
  type QuantizedAbsmax,
} from "@baichuan2/quant";
import type { TensorDeclaration } from "../safetensors-writer.ts";
import { STATE_KEY } from "./inspect-four-bit.ts";
import type { NestedAbsmax } from "./stored-linear.ts";
import { bytesOf, type TensorValues } from "./tensor-values.ts";

/** What a file says of 4-bit codes. */
export interface BitsandbytesOptions {
  /** `[O, C]`. */
  readonly shape: readonly [number, number];
  readonly quantType: FourBitType;
  readonly blockSize: number;
  /** What dequantized weights are rounded to: the dtype of the weights that were quantized. */
  readonly dtype: "float16" | "bfloat16" | "float32";
  /** Quantize the absmax once more; default true. */
  readonly doubleQuant?: boolean | undefined;
}

/** Blocks of the nested absmax. */
const NESTED_BLOCK_SIZE = 256;
/** Longest text of a float32 as a double, e.g. "-1.1754943508222875e-38". */
const MAX_NUMBER_CHARS = 24;

/**
 * Names, types and shapes of the tensors that `bitsandbytesTensors` gives with `padded`.
 *
 * @param name - Key of the weight, e.g. `model.layers.0.mlp.up_proj.weight`.
 */
export function declareBitsandbytes(
  name: string,
  options: BitsandbytesOptions,
): readonly TensorDeclaration[] {
  const [O, C] = options.shape;
  const blocks = Math.ceil((O * C) / options.blockSize);
  const nestedBlocks = Math.ceil(blocks / NESTED_BLOCK_SIZE);
  const isNested = options.doubleQuant ?? true;
  return [
    { name, dtype: "u8", shape: [Math.ceil((O * C) / 2), 1] },
    { name: `${name}.absmax`, dtype: isNested ? "u8" : "f32", shape: [blocks] },
    { name: `${name}.quant_map`, dtype: "f32", shape: [16] },
    ...(isNested
      ? ([
          { name: `${name}.nested_absmax`, dtype: "f32", shape: [nestedBlocks] },
          { name: `${name}.nested_quant_map`, dtype: "f32", shape: [256] },
        ] as const)
      : []),
    { name: stateKey(name, options), dtype: "u8", shape: [paddedStateBytes(options)] },
  ];
}

/** Absmax in 8 bits, as `quantizeAbsmax` gives it, or as a file held it, with its map `[256]` and block size. */
export type FileAbsmax = QuantizedAbsmax & Partial<Pick<NestedAbsmax, "map" | "blockSize">>;

/** 4-bit codes of one linear. */
export interface EncodedFourBit {
  /** `[ceil(O·C/2)]`. */
  readonly packed: Uint8Array;
  /** `[ceil(O·C/blockSize)]`; or in 8 bits already, as a file held it. */
  readonly absmax: Float32Array | FileAbsmax;
  /** Value of each code, `[16]`; default that of the type. */
  readonly codebook?: Float32Array | undefined;
}

/**
 * The tensors of one linear.
 *
 * @param name - Key of the weight.
 * @param encoded - Of `encodeFourBit`.
 * @param options - `padded` gives the JSON the declared length.
 */
export function bitsandbytesTensors(
  name: string,
  { packed, absmax, codebook }: EncodedFourBit,
  options: BitsandbytesOptions & { readonly padded?: boolean | undefined },
): readonly TensorValues[] {
  const isNested = options.doubleQuant ?? true;
  const nested = nestedOf(absmax, isNested);
  const length = options.padded ? paddedStateBytes(options) : 0;
  const json = stateJson(options, nested).padEnd(length);
  const code = codebook ?? (options.quantType === "nf4" ? NF4_CODEBOOK : FP4_CODEBOOK);
  return [
    { name, dtype: "u8", shape: [packed.length, 1], bytes: packed },
    ...(nested
      ? [
          values(`${name}.absmax`, "u8", nested.codes),
          values(`${name}.nested_absmax`, "f32", nested.nestedAbsmax),
          values(`${name}.nested_quant_map`, "f32", Float32Array.from(nested.map ?? DYNAMIC_MAP)),
        ]
      : [values(`${name}.absmax`, "f32", absmax as Float32Array)]),
    values(`${name}.quant_map`, "f32", Float32Array.from(code)),
    values(stateKey(name, options), "u8", new TextEncoder().encode(json)),
  ];
}

function nestedOf(absmax: Float32Array | FileAbsmax, isWanted: boolean): FileAbsmax | undefined {
  if ("codes" in absmax) return absmax;
  return isWanted ? quantizeAbsmax(absmax) : undefined;
}

function values(name: string, dtype: "u8" | "f32", data: Uint8Array | Float32Array): TensorValues {
  return { name, dtype, shape: [data.length], bytes: bytesOf(data) };
}

function stateKey(name: string, { quantType }: BitsandbytesOptions): string {
  return name + STATE_KEY + quantType;
}

function stateJson(
  { quantType, blockSize, dtype, shape }: BitsandbytesOptions,
  nested: Pick<FileAbsmax, "offset" | "blockSize"> | undefined,
): string {
  const base = `"quant_type": "${quantType}", "blocksize": ${blockSize}, "dtype": "${dtype}", "shape": [${shape.join(", ")}]`;
  if (!nested) return `{${base}}`;
  const nestedBlockSize = nested.blockSize ?? NESTED_BLOCK_SIZE;
  return `{${base}, "nested_blocksize": ${nestedBlockSize}, "nested_dtype": "float32", "nested_offset": ${nested.offset}}`;
}

function paddedStateBytes(options: BitsandbytesOptions): number {
  const isNested = options.doubleQuant ?? true;
  const shortest = stateJson(options, isNested ? { offset: 0 } : undefined);
  return shortest.length + (isNested ? MAX_NUMBER_CHARS : 0);
}
