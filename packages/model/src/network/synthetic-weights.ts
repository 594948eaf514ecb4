import type { Graph, WeightReader } from "@baichuan2/kernels";
import { elementCount } from "@baichuan2/kernels";

/** Values made at a time: 4 MiB of float32. */
const CHUNK_VALUES = 1 << 20;

/**
 * Random weights for measuring speed and memory where the real ones are not at hand.
 *
 * Every weight has its own seed, so no two layers hold the same bytes (ONNX Runtime would keep equal ones once, and
 * the model would look smaller than it is). Values keep activations in a sane range; the text means nothing.
 *
 * @param seed - The same seed gives the same model.
 */
export function syntheticWeights(graph: Graph, seed = 0): WeightReader {
  return {
    async *read(name) {
      const index = graph.weights.findIndex((weight) => weight.name === name);
      const shape = graph.weights[index]?.shape ?? [];
      const isGain = shape.length === 1;
      const spread = isGain ? 0 : 1 / Math.sqrt(shape.at(-1) ?? 1);
      const total = elementCount(shape);
      let state = seed * 4099 + index + 1;
      for (let start = 0; start < total; start += CHUNK_VALUES) {
        const chunk = new Float32Array(Math.min(CHUNK_VALUES, total - start)).fill(1);
        if (!isGain) state = fillRandom(chunk, state, spread);
        yield chunk;
      }
    },
  };
}

/**
 * Fills with values in [-spread, spread); Marsaglia's xorshift32, because billions of values are wanted and their
 * quality is not.
 *
 * @returns the state to go on with.
 */
function fillRandom(values: Float32Array, seed: number, spread: number): number {
  let state = seed;
  for (let i = 0; i < values.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = (state / 2 ** 31) * spread;
  }
  return state;
}
