import {
  toBfloat16Bits,
  toFloat16Bits,
  type BlockSize,
  type Int4Blocks,
  type ScaleDtype,
} from "@baichuan2/quant";
import type { TensorDeclaration } from "../safetensors-writer.ts";
import { toPackedRows } from "./int4-zero-points.ts";
import { bytesOf, type TensorValues } from "./tensor-values.ts";

/** What a file says of int4 blocks. */
export interface CompressedTensorsOptions {
  /** `[O, C]`. */
  readonly shape: readonly [number, number];
  readonly blockSize: BlockSize;
  readonly scaleDtype: ScaleDtype;
  readonly symmetric: boolean;
}

/**
 * Names, types and shapes of the tensors that `compressedTensors` gives.
 *
 * @param name - Key of the weight, e.g. `model.layers.0.mlp.up_proj.weight`.
 */
export function declareCompressedTensors(
  name: string,
  { shape: [O, C], blockSize, scaleDtype, symmetric }: CompressedTensorsOptions,
): readonly TensorDeclaration[] {
  const linear = name.replace(/\.weight$/, "");
  const blocks = C / blockSize;
  return [
    { name: `${linear}.weight_packed`, dtype: "i32", shape: [O, C / 8] },
    { name: `${linear}.weight_scale`, dtype: scaleDtype, shape: [O, blocks] },
    { name: `${linear}.weight_shape`, dtype: "i64", shape: [2] },
    ...(symmetric
      ? []
      : ([
          { name: `${linear}.weight_zero_point`, dtype: "i32", shape: [Math.ceil(O / 8), blocks] },
        ] as const)),
  ];
}

/**
 * The tensors of one linear in compressed-tensors' "pack-quantized" layout; `int4.ts` draws it.
 *
 * @param blocks - Of `encodeInt4` with the same options.
 */
export function compressedTensors(
  name: string,
  { packed, scales, zeroPoints }: Int4Blocks,
  options: CompressedTensorsOptions,
): readonly TensorValues[] {
  const { shape, blockSize, scaleDtype } = options;
  const bytes = [
    packed,
    scaleBytes(scales, scaleDtype),
    bytesOf(BigInt64Array.from(shape, BigInt)),
    zeroPoints
      ? bytesOf(toPackedRows(zeroPoints, shape[0], shape[1] / blockSize))
      : new Uint8Array(),
  ];
  return declareCompressedTensors(name, options).map((tensor, i) => ({
    ...tensor,
    bytes: bytes[i] ?? new Uint8Array(),
  }));
}

function scaleBytes(scales: Float32Array<ArrayBuffer>, dtype: ScaleDtype): Uint8Array {
  if (dtype === "f32") return bytesOf(scales);
  return bytesOf(dtype === "f16" ? toFloat16Bits(scales) : toBfloat16Bits(scales));
}
