import { toBfloat16Bits, toFloat16Bits } from "@baichuan2/quant";
import type { LinearAdapter } from "../adapter/adapter.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint/checkpoint.ts";
import { refuseNotFinite, refuseNotFiniteBits } from "../checkpoint/quantized/refuse-not-finite.ts";
import { bytesOf } from "../checkpoint/quantized/tensor-values.ts";
import { floatRows } from "../network/weight-rows.ts";

/** Number types that merged weights are written in. */
export type MergeDtype = "f32" | "bf16" | "f16";

/** A tensor of the source, and what becomes of it. */
export interface TensorToMerge {
  readonly info: TensorInfo;
  /** Its adapter; undefined where it has none. */
  readonly linear: LinearAdapter | undefined;
  /** Type that is written; undefined: that of the source. */
  readonly dtype: MergeDtype | undefined;
  readonly scale: number;
}

/**
 * A tensor's bytes as they are to be written, in pieces of rows; bit for bit the source's where nothing changes.
 *
 * @param options.onDone - Called when all of them are given.
 * @throws {CheckpointError} if a number is not finite in the type that is written.
 */
export async function* mergedChunks(
  checkpoint: Checkpoint,
  { info, linear, dtype, scale }: TensorToMerge,
  {
    signal,
    onDone,
  }: { readonly signal?: AbortSignal | undefined; readonly onDone: (info: TensorInfo) => void },
): AsyncGenerator<Uint8Array> {
  const target = dtype ?? info.dtype;
  if (!linear && target === info.dtype) yield* checkpoint.readRowBytes(info.name, { signal });
  else {
    let start = 0;
    for await (const values of floatRows(checkpoint, info.name, { signal })) {
      if (linear) addProduct(values, linear, start / linear.shape[1], scale);
      yield encoded(info, values, target as MergeDtype, start);
      start += values.length;
    }
  }
  onDone(info);
}

/**
 * `W += scale · scaling · B · A`, for some rows of W; the product is summed in float32 before it is added, as PEFT does.
 *
 * @param rows - Whole rows of W, `[n, C]`; changed in place.
 * @param first - Row of W that the first of them is.
 */
export function addProduct(
  rows: Float32Array,
  { a, b, rank, scaling, shape: [, C] }: LinearAdapter,
  first: number,
  scale: number,
): void {
  const product = new Float32Array(C);
  const factor = scaling * scale;
  for (let start = 0, row = first; start < rows.length; start += C, row++) {
    product.fill(0);
    for (let r = 0; r < rank; r++) {
      const weight = b[row * rank + r] as number;
      const from = r * C;
      for (let c = 0; c < C; c++)
        product[c] = (product[c] as number) + weight * (a[from + c] as number);
    }
    for (let c = 0; c < C; c++)
      rows[start + c] = (rows[start + c] as number) + factor * (product[c] as number);
  }
}

function encoded(
  info: TensorInfo,
  values: Float32Array<ArrayBuffer>,
  dtype: MergeDtype,
  start: number,
): Uint8Array {
  if (dtype === "f32") return bytesOf(refuseNotFinite(info, values, { start }));
  const bits = dtype === "bf16" ? toBfloat16Bits(values) : toFloat16Bits(values);
  refuseNotFiniteBits(info, bits, dtype, { start });
  return bytesOf(bits);
}
