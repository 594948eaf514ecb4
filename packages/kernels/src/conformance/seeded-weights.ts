import {
  encodeFourBit,
  encodeInt16Rows,
  encodeInt4,
  encodeInt8Blocks,
  encodeInt8Rows,
  toBfloat16Bits,
  toFloat16Bits,
} from "@baichuan2/quant";
import type { WeightChunk, WeightReader } from "../backend.ts";
import type { Graph, Weight } from "../graph/graph.ts";
import { elementCount } from "../graph/tensor.ts";
import { seededFloats } from "./seeded.ts";

/** Weights drawn from their place in the graph; float32 ones come in chunks that end in the middle of rows. */
export function seededWeights(graph: Graph): WeightReader {
  return {
    async *read(name) {
      const index = graph.weights.findIndex((weight) => weight.name === name);
      const weight = graph.weights[index];
      const values = seededFloats(100 + index, elementCount(weight.shape));
      if (weight.format.kind !== "f32") return yield* quantizedChunks(weight, values);
      for (let start = 0; start < values.length; start += 37)
        yield { values: values.subarray(start, start + 37) };
    },
  };
}

/** Two chunks: the first three rows, and the others. */
function* quantizedChunks(weight: Weight, values: Float32Array): Generator<WeightChunk> {
  const split = 3 * weight.shape[1];
  for (const rows of [values.subarray(0, split), values.subarray(split)])
    if (rows.length > 0) yield encodeChunk(weight, rows);
}

function encodeChunk({ format, shape: [, cols] }: Weight, values: Float32Array): WeightChunk {
  switch (format.kind) {
    case "f32":
      return { values };
    case "f16":
      return { values: toFloat16Bits(values) };
    case "bf16":
      return { values: toBfloat16Bits(values) };
    case "int16":
      return { ...encodeInt16Rows(values, cols) };
    case "int8":
      return { ...encodeInt8Rows(values, cols) };
    case "int8-blocks":
      return { ...encodeInt8Blocks(values, { cols, blockSize: format.blockSize }) };
    case "int4":
      return { ...encodeInt4(values, { ...format, cols, method: "rtn" }) } as WeightChunk;
    default:
      return { ...encodeFourBit(values, { quantType: format.kind, blockSize: format.blockSize }) };
  }
}
