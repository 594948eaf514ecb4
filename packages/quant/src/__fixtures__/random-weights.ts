/**
 * Weights as a trained matrix has them: normally distributed, deviation 0.02.
 *
 * @param seed - Same seed, same weights.
 */
export function randomWeights(seed: number, count: number): Float32Array<ArrayBuffer> {
  const next = mulberry32(seed);
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return 0.02 * radius * Math.cos(2 * Math.PI * next());
  });
}

/** Root-mean-square error relative to the root mean square of the weights. */
export function relativeError(weights: Float32Array, decoded: Float32Array): number {
  let error = 0;
  let power = 0;
  for (let i = 0; i < weights.length; i++) {
    error += (weights[i] - decoded[i]) ** 2;
    power += weights[i] ** 2;
  }
  return Math.sqrt(error / power);
}

/** Uniform numbers in [0, 1): a 32-bit counter, mixed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
