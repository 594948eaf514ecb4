/**
 * Numbers for tests: the same seed gives the same values on every machine, roughly uniform in [-1, 1), with no
 * subnormals (GPUs flush those).
 */
export function seededFloats(seed: number, length: number): Float32Array {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}
