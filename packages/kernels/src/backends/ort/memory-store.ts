import type { WeightLocation, WeightStore } from "./weight-store.ts";

/** Keeps weights as one array each, for runtimes without a file system. The session copies them: peak is twice the model. */
export class MemoryStore implements WeightStore {
  /** As the session option `externalData` wants them. */
  readonly externalData: { path: string; data: Uint8Array }[] = [];

  async reserve(sizeBytes: number): Promise<WeightLocation> {
    const file = `weight_${this.externalData.length}`;
    this.externalData.push({ path: file, data: new Uint8Array(sizeBytes) });
    return { file, offset: 0, sizeBytes };
  }

  async write({ file }: WeightLocation, offset: number, bytes: Uint8Array): Promise<void> {
    this.externalData.find(({ path }) => path === file)?.data.set(bytes, offset);
  }
}
