import type { StoredInitializer, WeightLocation, WeightStore } from "./weight-store.ts";

/**
 * Keeps weights as one array each, for runtimes without a file system. The session copies what it is given: peak is twice
 * the model.
 */
export class MemoryStore implements WeightStore {
  readonly #arrays = new Map<string, Uint8Array>();

  async reserve(sizeBytes: number): Promise<WeightLocation> {
    const file = `weight_${this.#arrays.size}`;
    this.#arrays.set(file, new Uint8Array(sizeBytes));
    return { file, offset: 0, sizeBytes };
  }

  async write({ file }: WeightLocation, offset: number, bytes: Uint8Array): Promise<void> {
    this.#arrayOf(file).set(bytes, offset);
  }

  /** Gives the arrays of initializers away, as the session option `externalData` wants them. */
  take(initializers: readonly StoredInitializer[]): { path: string; data: Uint8Array }[] {
    const files = new Set(initializers.map(({ location }) => location.file));
    return [...files].map((path) => {
      const data = this.#arrayOf(path);
      this.#arrays.delete(path);
      return { path, data };
    });
  }

  /** See `ReadBytes`. */
  readonly read = ({ file }: WeightLocation, offset: number, into: Uint8Array): void => {
    into.set(this.#arrayOf(file).subarray(offset, offset + into.length));
  };

  #arrayOf(file: string): Uint8Array {
    const array = this.#arrays.get(file);
    if (!array) throw new Error(`weights: expected the array "${file}", got none`);
    return array;
  }
}
