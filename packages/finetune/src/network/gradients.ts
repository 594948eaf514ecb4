/** Gradients of a step, by parameter: the sum over all batches that came in. */
export class Gradients {
  readonly #sums = new Map<string, Float32Array>();

  /** @param gradient - Taken over if it is the first; not to be used by the caller any more. */
  add(name: string, gradient: Float32Array): void {
    const sum = this.#sums.get(name);
    if (!sum) this.#sums.set(name, gradient);
    else for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (gradient[i] as number);
  }

  /**
   * Adds rows of a matrix to those with the given numbers.
   *
   * @param except - A row that stays as it is.
   */
  addRows(
    name: string,
    shape: readonly [number, number],
    rows: Int32Array,
    gradient: Float32Array,
    except?: number,
  ): void {
    const [V, C] = shape;
    const sum = this.#sums.get(name) ?? new Float32Array(V * C);
    this.#sums.set(name, sum);
    for (const [t, row] of rows.entries()) {
      if (row === except) continue;
      const [from, to] = [t * C, row * C];
      for (let c = 0; c < C; c++)
        sum[to + c] = (sum[to + c] as number) + (gradient[from + c] as number);
    }
  }

  /** Puts another gradient in the place of one. */
  replace(name: string, gradient: Float32Array): void {
    this.#sums.set(name, gradient);
  }

  get(name: string): Float32Array | undefined {
    return this.#sums.get(name);
  }

  entries(): IterableIterator<[string, Float32Array]> {
    return this.#sums.entries();
  }

  clear(): void {
    this.#sums.clear();
  }
}
