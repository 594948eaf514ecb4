import type { Weight } from "../../graph/graph.ts";
import type { WeightLocation } from "./to-onnx.ts";
import type { WeightStore } from "./weight-store.ts";

/** Keeps weights as one array each, for runtimes without a file system. The session copies them: peak is twice the model. */
export class MemoryStore implements WeightStore {
  /** As the session option `externalData` wants them. */
  readonly externalData: { path: string; data: Uint8Array }[] = [];
  #current = new Uint8Array();
  #filled = 0;

  async begin(_weight: Weight, sizeBytes: number): Promise<WeightLocation> {
    const file = `weight_${this.externalData.length}`;
    this.#current = new Uint8Array(sizeBytes);
    this.#filled = 0;
    this.externalData.push({ path: file, data: this.#current });
    return { file, offset: 0, sizeBytes };
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#current.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }
}
