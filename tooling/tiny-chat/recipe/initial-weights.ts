import { uniform, type ModelConfig, expectedTensors } from "@baichuan2/model";

/** Standard deviation of the first weights: the configuration's `initializer_range`. */
const DEVIATION = 0.02;

/**
 * Weights that a training from nothing begins with: normal numbers, norms at 1. They depend on the seed alone.
 *
 * @returns by key of the state dict.
 */
export function initialWeights(config: ModelConfig, seed: number): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const [index, [name, shape]] of [...expectedTensors(config)].entries()) {
    const size = shape.reduce((product, length) => product * length, 1);
    const isNorm = shape.length === 1;
    weights.set(
      name,
      Float32Array.from({ length: size }, (_, i) =>
        isNorm ? 1 : DEVIATION * normal(seed, index, i),
      ),
    );
  }
  return weights;
}

/** A standard normal number by Box and Muller: `sqrt(−2 ln u) · cos(2π v)`. */
function normal(seed: number, stream: number, index: number): number {
  const u = 1 - uniform(seed, 2 * stream, index);
  const v = uniform(seed, 2 * stream + 1, index);
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}
