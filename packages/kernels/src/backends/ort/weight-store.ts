import type { CompileOptions, WeightReader } from "../../backend.ts";
import type { Graph, Weight } from "../../graph/graph.ts";
import { elementCount } from "../../graph/tensor.ts";
import type { WeightLocation } from "./to-onnx.ts";

/**
 * Where weights lie between the checkpoint and the session. One weight after another: `begin`, `write`…, `begin`, …
 */
export interface WeightStore {
  begin(weight: Weight, sizeBytes: number): Promise<WeightLocation>;
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Moves every weight of the graph from the reader to the store.
 *
 * @returns where each weight lies.
 * @throws if a reader gives more or fewer values than the weight's shape has.
 */
export async function storeWeights(
  graph: Graph,
  reader: WeightReader,
  store: WeightStore,
  { signal, onProgress }: CompileOptions,
): Promise<ReadonlyMap<Weight, WeightLocation>> {
  const locations = new Map<Weight, WeightLocation>();
  const totalBytes = graph.weights.reduce((sum, { shape }) => sum + elementCount(shape) * 4, 0);
  let doneBytes = 0;
  for (const weight of graph.weights) {
    const sizeBytes = elementCount(weight.shape) * 4;
    locations.set(weight, await store.begin(weight, sizeBytes));
    let written = 0;
    for await (const chunk of reader.read(weight.name, signal)) {
      signal?.throwIfAborted();
      written += chunk.byteLength;
      if (written > sizeBytes) break;
      await store.write(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
    if (written !== sizeBytes) {
      throw new Error(
        `weight "${weight.name}": expected ${sizeBytes} bytes of f32, got ${written}`,
      );
    }
    doneBytes += sizeBytes;
    onProgress?.(doneBytes, totalBytes);
  }
  return locations;
}
