import {
  decodeFourBit,
  decodeInt16Rows,
  decodeInt4,
  decodeInt8Blocks,
  decodeInt8Rows,
  fromBfloat16Bits,
  fromFloat16Bits,
} from "@baichuan2/quant";
import type { WeightReader } from "../../backend.ts";
import type { Weight } from "../../graph/graph.ts";
import { elementCount, f32, type Tensor } from "../../graph/tensor.ts";
import { weightParts, type PartDType } from "../../graph/weight-format.ts";
import type { StoredWeight } from "../../ops/reference-op.ts";

const arrays = {
  f32: Float32Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
} satisfies Record<PartDType, unknown>;

/**
 * Reads all parts of a weight.
 *
 * @throws if the reader gives more or fewer values than a part has.
 */
export async function readWeight(
  weight: Weight,
  reader: WeightReader,
  signal: AbortSignal | undefined,
): Promise<StoredWeight> {
  const parts = weightParts(weight.format, weight.shape, weight.name).map(
    ({ name, dtype, shape }) => {
      return { name, data: new arrays[dtype](elementCount(shape)), filled: 0 };
    },
  );
  for await (const chunk of reader.read(weight.name, signal)) {
    signal?.throwIfAborted();
    for (const part of parts) {
      const values = chunk[part.name];
      if (!values) continue;
      if (part.filled + values.length <= part.data.length) part.data.set(values, part.filled);
      part.filled += values.length;
    }
  }
  for (const { name, data, filled } of parts) {
    if (filled === data.length) continue;
    throw new Error(
      `weight "${weight.name}": expected ${data.length} values of ${name}, got ${filled}`,
    );
  }
  const { format } = weight;
  return { format, parts: Object.fromEntries(parts.map(({ name, data }) => [name, data])) };
}

/** The float32 numbers that a stored weight stands for. */
export function decodeWeight({ shape }: Weight, { format, parts }: StoredWeight): Tensor {
  const cols = shape[1];
  const of = <Part>(name: string): Part => parts[name] as Part;
  switch (format.kind) {
    case "f32":
      return f32(of("values"), shape);
    case "f16":
      return f32(fromFloat16Bits(of("values")), shape);
    case "bf16":
      return f32(fromBfloat16Bits(of("values")), shape);
    case "int16": {
      const rows = {
        high: of<Int8Array<ArrayBuffer>>("high"),
        low: of<Int8Array<ArrayBuffer>>("low"),
      };
      return f32(decodeInt16Rows({ ...rows, scales: of("scales") }, cols), shape);
    }
    case "int8":
      return f32(decodeInt8Rows({ CB: of("CB"), SCB: of("SCB") }, cols), shape);
    case "int8-blocks": {
      const blocks = {
        packed: of<Uint8Array<ArrayBuffer>>("packed"),
        scales: of<Float32Array<ArrayBuffer>>("scales"),
      };
      return f32(decodeInt8Blocks(blocks, { cols, blockSize: format.blockSize }), shape);
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
      return f32(decodeInt4({ ...blocks, ...zeroPoints }, options), shape);
    }
    default: {
      const { kind: quantType, blockSize, roundTo } = format;
      const blocks = {
        packed: of<Uint8Array<ArrayBuffer>>("packed"),
        absmax: of<Float32Array<ArrayBuffer>>("absmax"),
      };
      const options = { count: elementCount(shape), quantType, blockSize, roundTo };
      return f32(decodeFourBit(blocks, options), shape);
    }
  }
}
