/** How far a quantized linear is from what it was. */
export interface LinearError {
  /** Key of the weight. */
  readonly name: string;
  /** `‖w − w'‖ / ‖w‖`, Euclidean. */
  readonly relativeError: number;
  /** Largest `|w − w'|`. */
  readonly maxError: number;
}

/**
 * Compares two matrices that come in pieces of any sizes.
 *
 * @param before - The weights.
 * @param after - The same as quantized; as many values.
 */
export async function weightError(
  name: string,
  before: AsyncIterable<Float32Array>,
  after: AsyncIterable<Float32Array>,
): Promise<LinearError> {
  let [squares, errors, maxError] = [0, 0, 0];
  const others = after[Symbol.asyncIterator]();
  let other = new Float32Array();
  let at = 0;
  for await (const piece of before) {
    for (let i = 0; i < piece.length; i++, at++) {
      while (at === other.length) {
        const next = await others.next();
        if (next.done) throw new Error(`weightError: expected more values of ${name}, got none`);
        [other, at] = [next.value as Float32Array<ArrayBuffer>, 0];
      }
      const weight = piece[i] as number;
      const error = Math.abs(weight - (other[at] as number));
      squares += weight * weight;
      errors += error * error;
      if (error > maxError) maxError = error;
    }
  }
  return { name, relativeError: squares === 0 ? 0 : Math.sqrt(errors / squares), maxError };
}
