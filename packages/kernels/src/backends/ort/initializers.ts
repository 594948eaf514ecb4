import { int8BlocksFromFourBit } from "@baichuan2/quant";
import type { WeightChunk } from "../../backend.ts";
import { elementCount } from "../../graph/tensor.ts";
import type { Weight } from "../../graph/graph.ts";
import {
  PART_ITEM_BYTES,
  weightParts,
  type PartDType,
  type WeightPart,
} from "../../graph/weight-format.ts";
import { partName } from "../../ops/onnx-lowering.ts";
import { transposeBytes } from "./transpose-bytes.ts";

/** An ONNX initializer over one of a weight's regions. */
export interface Initializer {
  readonly name: string;
  readonly dtype: PartDType;
  readonly dims: readonly number[];
  readonly region: string;
}

/** How a weight lies in the session's files: byte regions, the initializers over them, and what fills them. */
export interface WeightLayout {
  /** Size of each region, by name. */
  readonly regions: ReadonlyMap<string, number>;
  readonly initializers: readonly Initializer[];
  /** The next bytes of each region, from the next chunk of parts; consumed before the next call. */
  convert(chunk: WeightChunk): Readonly<Record<string, Uint8Array>>;
}

/** The layout that the lowering of `op` expects of a weight in its format. */
export function layoutOf(weight: Weight, op: string): WeightLayout {
  const { format, shape, name } = weight;
  const parts = weightParts(format, shape, name);
  if (format.kind === "f32") return plainLayout(parts, () => name);
  if (format.kind === "nf4" || format.kind === "fp4") return codebookLayout(weight);
  const layout = plainLayout(parts, (part) => partName(name, part));
  return format.kind === "int8" && op === "linear" ? transposedLayout(weight, layout) : layout;
}

/** One region and one initializer per part. */
function plainLayout(
  parts: readonly WeightPart[],
  initializerName: (part: string) => string,
): WeightLayout {
  return {
    regions: new Map(parts.map((part) => [part.name, partBytes(part)])),
    initializers: parts.map(({ name, dtype, shape }) => {
      return { name: initializerName(name), dtype, dims: shape, region: name };
    }),
    convert: (chunk) =>
      Object.fromEntries(Object.entries(chunk).map(([name, values]) => [name, bytesOf(values)])),
  };
}

/**
 * Codebook formats as int8 blocks: 16 levels fit 255 with an error far below the codebook's own (the numbers stand
 * at `int8BlocksFromFourBit`), and the CPU multiplies int8 blocks 20 times faster than MatMulBnb4 looks codes up.
 */
function codebookLayout({ name, format, shape }: Weight): WeightLayout {
  if (format.kind !== "nf4" && format.kind !== "fp4") throw new Error(`${name}: not a codebook`);
  const { blockSize, kind: quantType } = format;
  const parts = weightParts({ kind: "int8-blocks", blockSize }, shape, name);
  const layout = plainLayout(parts, (part) => partName(name, part));
  return {
    ...layout,
    convert({ packed, absmax }) {
      if (!(packed instanceof Uint8Array && absmax instanceof Float32Array))
        throw new Error(`weight "${name}": expected chunks of packed and absmax`);
      const count = packed.length * 2;
      const blocks = int8BlocksFromFourBit({ packed, absmax }, { count, quantType, blockSize });
      return { packed: blocks.packed, scales: bytesOf(blocks.scales) };
    },
  };
}

/**
 * LLM.int8() weights for MatMulInteger: `CB` as `[C, O]`, and once more under a second name for the outlier columns
 * (see `llmInt8LinearOnnx`). The matrix is held whole to be turned: 70 MB for the largest linear of the 13B.
 */
function transposedLayout({ name, shape }: Weight, layout: WeightLayout): WeightLayout {
  const [O, C] = shape as readonly [number, number];
  const dims = [C, O];
  let matrix = new Uint8Array(); // made with the first chunk: layouts of all weights are known before any is read
  let filled = 0;
  return {
    ...layout,
    initializers: [
      { name: partName(name, "CB"), dtype: "i8", dims, region: "CB" },
      { name: partName(name, "CB.mapped"), dtype: "i8", dims, region: "CB" },
      { name: partName(name, "SCB"), dtype: "f32", dims: [O], region: "SCB" },
    ],
    convert({ CB, SCB }) {
      const written: Record<string, Uint8Array> = {};
      if (SCB) written["SCB"] = bytesOf(SCB);
      if (!CB) return written;
      if (filled === 0) matrix = new Uint8Array(O * C);
      matrix.set(bytesOf(CB), filled);
      filled += CB.length;
      if (filled < matrix.length) return written;
      const turned = transposeBytes(matrix, O, C);
      matrix = new Uint8Array();
      return { ...written, CB: turned };
    },
  };
}

function partBytes({ dtype, shape }: WeightPart): number {
  return elementCount(shape) * PART_ITEM_BYTES[dtype];
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
