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
 * @param name - Key of the weight.
 * @param before - The weights.
 * @param after - The same as quantized; as many values.
 */
export async function weightError(
  name: string,
  before: AsyncIterable<Float32Array>,
  after: AsyncIterable<Float32Array>,
): Promise<LinearError> {
  let [squares, errors, maxError] = [0, 0, 0];
  for await (const [weights, others] of inStep(before, after)) {
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      const error = Math.abs(weight - (others[i] as number));
      squares += weight * weight;
      errors += error * error;
      if (error > maxError) maxError = error;
    }
  }
  return { name, relativeError: squares === 0 ? 0 : Math.sqrt(errors / squares), maxError };
}

/** Pieces of equal lengths, from the same places of both. */
async function* inStep(
  a: AsyncIterable<Float32Array>,
  b: AsyncIterable<Float32Array>,
): AsyncGenerator<[Float32Array, Float32Array]> {
  const others = b[Symbol.asyncIterator]();
  let other = new Float32Array() as Float32Array;
  try {
    for await (const piece of a) {
      for (let start = 0; start < piece.length;) {
        if (other.length === 0) other = await nextOf(others);
        const count = Math.min(piece.length - start, other.length);
        yield [piece.subarray(start, start + count), other.subarray(0, count)];
        other = other.subarray(count);
        start += count;
      }
    }
    for (let end; other.length === 0 && !(end = await others.next()).done;) other = end.value;
    if (other.length > 0) throw unequal("more");
  } finally {
    await others.return?.();
  }
}

async function nextOf(pieces: AsyncIterator<Float32Array>): Promise<Float32Array> {
  const { done, value } = await pieces.next();
  if (done) throw unequal("fewer");
  return value;
}

function unequal(count: string): Error {
  return new Error(
    `weightError: expected two matrices of one size, got ${count} values afterwards`,
  );
}
