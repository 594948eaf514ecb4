import { int8BlocksFromFourBit } from "@baichuan2/quant";
import type { WeightChunk } from "../../backend.ts";
import { elementCount } from "../../graph/tensor.ts";
import type { Weight } from "../../graph/graph.ts";
import {
  PART_ARRAYS,
  weightParts,
  type PartDType,
  type WeightPart,
} from "../../graph/weight-format.ts";
import { partName } from "../../ops/onnx-lowering.ts";
import type { ByteDType } from "./byte-products.ts";
import { StripeTurner } from "./stripe-turner.ts";

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
  /** What the next chunk of parts becomes; consumed before the next call. */
  convert(chunk: WeightChunk): Iterable<RegionBytes>;
}

/** Bytes for a region. */
export interface RegionBytes {
  readonly region: string;
  /** From the start of the region; where the last bytes ended if absent. */
  readonly offset?: number;
  readonly bytes: Uint8Array;
}

/**
 * The layout that the lowering of `op` expects of a weight in its format; tables lie as they are read.
 *
 * @param bytes - How byte matrices lie.
 */
export function layoutOf(weight: Weight, op: string, bytes: ByteDType): WeightLayout {
  const { format, shape, name } = weight;
  const parts = weightParts(format, shape, name);
  if (format.kind === "f32") return plainLayout(parts, () => name);
  const layout = plainLayout(parts, (part) => partName(name, part));
  if (op !== "linear") return layout;
  if (format.kind === "nf4" || format.kind === "fp4") return codebookLayout(weight);
  const columns = (...turned: string[]): WeightLayout =>
    columnsLayout(weight, layout, { turned, bytes });
  if (format.kind === "int8") return llmInt8Layout(weight, columns("CB"));
  return format.kind === "int16" ? columns("high", "low") : layout;
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
      Object.entries(chunk).map(([region, values]) => ({ region, bytes: bytesOf(values) })),
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
      return [
        { region: "packed", bytes: blocks.packed },
        { region: "scales", bytes: bytesOf(blocks.scales) },
      ];
    },
  };
}

/** Bytes of a part that are turned at a time: every linear of the 13B at once, the head in seven stripes. */
const STRIPE_BYTES = 80 << 20;

/**
 * Byte matrices as `[C, O]`, the way MatMulInteger multiplies with them. (QGemm would turn them itself, and its arena
 * would keep the room for it: half a gigabyte for the head.)
 */
function columnsLayout(
  { shape }: Weight,
  layout: WeightLayout,
  { turned, bytes: dtype }: { readonly turned: readonly string[]; readonly bytes: ByteDType },
): WeightLayout {
  const [O, C] = shape as readonly [number, number];
  const stripes = new Map(
    turned.map((part) => [part, new StripeTurner(part, O, C, Math.floor(STRIPE_BYTES / C))]),
  );
  return {
    ...layout,
    initializers: layout.initializers.map((initializer) =>
      stripes.has(initializer.region) ? { ...initializer, dtype, dims: [C, O] } : initializer,
    ),
    *convert(chunk) {
      for (const [region, values] of Object.entries(chunk)) {
        const stripe = stripes.get(region);
        if (!stripe) yield { region, bytes: bytesOf(values) };
        else yield* stripe.push(dtype === "u8" ? unsigned(bytesOf(values)) : bytesOf(values));
      }
    },
  };
}

/** Once more under a second name, for the outlier columns (see `llmInt8LinearOnnx`). */
function llmInt8Layout({ name }: Weight, layout: WeightLayout): WeightLayout {
  const mapped = layout.initializers.find(({ region }) => region === "CB");
  if (!mapped) return layout;
  const copy = { ...mapped, name: partName(name, "CB.mapped") };
  return { ...layout, initializers: [...layout.initializers, copy] };
}

/** Signed bytes as unsigned ones with the zero point 128: only the upper bit differs. */
function unsigned(bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice();
  const words = new Uint32Array(flipped.buffer, 0, flipped.length >> 2);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ 0x80808080;
  for (let i = 4 * words.length; i < flipped.length; i++)
    flipped[i] = (flipped[i] as number) ^ 0x80;
  return flipped;
}

function partBytes({ dtype, shape }: WeightPart): number {
  return elementCount(shape) * PART_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
