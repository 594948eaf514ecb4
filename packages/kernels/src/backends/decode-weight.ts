import {
  decodeFourBit,
  decodeInt16Rows,
  decodeInt4,
  decodeInt8Blocks,
  decodeInt8Rows,
  fromBfloat16Bits,
  fromFloat16Bits,
} from "@baichuan2/quant";
import type { Weight } from "../graph/graph.ts";
import { elementCount, f32, type Tensor } from "../graph/tensor.ts";
import type { StoredWeight } from "../ops/reference-op.ts";

/**
 * The float32 numbers that a stored weight, or some rows of it, stands for.
 *
 * @param out - Where they go; a new array if absent. Numbers that are stored in float32 are given as they lie.
 */
export function decodeWeight(
  { shape }: Pick<Weight, "shape">,
  { format, parts }: StoredWeight,
  out: Float32Array<ArrayBuffer> = new Float32Array(
    format.kind === "f32" ? 0 : elementCount(shape),
  ),
): Tensor {
  const cols = shape[1];
  const of = <Part>(name: string): Part => parts[name] as Part;
  switch (format.kind) {
    case "f32":
      return f32(of("values"), shape);
    case "f16":
      return f32(fromFloat16Bits(of("values"), out), shape);
    case "bf16":
      return f32(fromBfloat16Bits(of("values"), out), shape);
    case "int16": {
      const rows = {
        high: of<Int8Array<ArrayBuffer>>("high"),
        low: of<Int8Array<ArrayBuffer>>("low"),
      };
      return f32(decodeInt16Rows({ ...rows, scales: of("scales") }, cols, out), shape);
    }
    case "int8":
      return f32(decodeInt8Rows({ CB: of("CB"), SCB: of("SCB") }, cols, out), shape);
    case "int8-blocks": {
      const blocks = {
        packed: of<Uint8Array<ArrayBuffer>>("packed"),
        scales: of<Float32Array<ArrayBuffer>>("scales"),
      };
      return f32(decodeInt8Blocks(blocks, { cols, blockSize: format.blockSize }, out), shape);
    }
    case "int4": {
      const blocks = {
        packed: of<Uint8Array<ArrayBuffer>>("packed"),
        scales: of<Float32Array<ArrayBuffer>>("scales"),
      };
      const zeroPoints = format.symmetric
        ? {}
        : { zeroPoints: of<Uint8Array<ArrayBuffer>>("zeroPoints") };
      const options = { cols, blockSize: format.blockSize };
      return f32(decodeInt4({ ...blocks, ...zeroPoints }, options, out), shape);
    }
    default: {
      const { kind: quantType, blockSize, roundTo } = format;
      const blocks = {
        packed: of<Uint8Array<ArrayBuffer>>("packed"),
        absmax: of<Float32Array<ArrayBuffer>>("absmax"),
      };
      const options = { count: elementCount(shape), quantType, blockSize, roundTo };
      return f32(decodeFourBit(blocks, options, out), shape);
    }
  }
}
