import { elementCount, weightParts, type Graph, type Weight } from "@baichuan2/kernels";
import type { WeightChunk, WeightPart, WeightReader } from "@baichuan2/kernels";
import { toBfloat16Bits, toFloat16Bits } from "@baichuan2/quant";

/** Values made at a time: 4 MiB of float32. */
const CHUNK_VALUES = 1 << 20;

/** To be raised whenever the same seed gives other numbers. */
const GENERATOR_VERSION = 1;

/**
 * Random weights for measuring speed and memory where the real ones are not at hand, directly in their formats.
 *
 * Every weight has its own seed, so no two layers hold the same bytes (ONNX Runtime would keep equal ones once, and
 * the model would look smaller than it is). Values keep activations in a sane range; the text means nothing.
 *
 * @param seed - The same seed gives the same model.
 */
export function syntheticWeights(graph: Graph, seed = 0): WeightReader {
  return {
    identity: `synthetic:${GENERATOR_VERSION}:${seed}`,
    async *read(name) {
      const index = graph.weights.findIndex((weight) => weight.name === name);
      const weight = graph.weights[index];
      if (!weight) throw new Error(`syntheticWeights: expected a weight of the graph, got ${name}`);
      const random = createRandom(seed * 4099 + index + 1);
      const parts = weightParts(weight.format, weight.shape, name);
      const [rows = 0, ...rowShape] = weight.shape;
      const step = Math.max(1, Math.floor(CHUNK_VALUES / elementCount(rowShape)));
      for (let first = 0; first < rows; first += step) {
        const share = Math.min(step, rows - first) / rows;
        const chunk = parts.map((part) => [part.name, randomPart(weight, part, share, random)]);
        yield Object.fromEntries(chunk) as WeightChunk;
      }
    },
  };
}

/** Numbers of a share of a part's rows. */
function randomPart(
  { shape, format }: Weight,
  { name, dtype, shape: partShape }: WeightPart,
  share: number,
  random: Random,
): WeightChunk[string] {
  const spread = 1 / Math.sqrt(shape.at(-1) ?? 1);
  const length = Math.round(elementCount(partShape) * share);
  if (dtype === "u8") return random.bytes(length);
  if (dtype === "i8") return new Int8Array(random.bytes(length).buffer, 0, length);
  if (dtype !== "f32") return random.halves(length, spread, dtype);
  if (name !== "values") return new Float32Array(length).fill(spread / LARGEST[format.kind]);
  return shape.length === 1 ? new Float32Array(length).fill(1) : random.floats(length, spread);
}

/** The largest code of each format: its scale times this is the spread of the weights. */
const LARGEST: Readonly<Record<Weight["format"]["kind"], number>> = {
  f32: 1,
  f16: 1,
  bf16: 1,
  int16: 32_639,
  int8: 1,
  "int8-blocks": 127,
  int4: 8,
  nf4: 1,
  fp4: 1,
};

interface Random {
  bytes(length: number): Uint8Array<ArrayBuffer>;
  floats(length: number, spread: number): Float32Array;
  halves(length: number, spread: number, dtype: "f16" | "bf16"): Uint16Array;
}

/** Marsaglia's xorshift32, because billions of values are wanted and their quality is not. */
function createRandom(seed: number): Random {
  let state = seed;
  const words = (length: number): Int32Array<ArrayBuffer> => {
    const values = new Int32Array(length);
    let word = state;
    for (let i = 0; i < length; i++) {
      word ^= word << 13;
      word ^= word >>> 17;
      word ^= word << 5;
      values[i] = word;
    }
    state = word;
    return values;
  };
  const floats = (length: number, spread: number): Float32Array => {
    const integers = words(length);
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) values[i] = ((integers[i] as number) / 2 ** 31) * spread;
    return values;
  };
  return {
    bytes: (length) => new Uint8Array(words(Math.ceil(length / 4)).buffer, 0, length),
    floats,
    halves: (length, spread, dtype) =>
      (dtype === "bf16" ? toBfloat16Bits : toFloat16Bits)(floats(length, spread)),
  };
}
