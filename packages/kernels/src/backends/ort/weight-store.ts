import type { CompileOptions, WeightReader } from "../../backend.ts";
import { UnsupportedError } from "../../graph/errors.ts";
import type { Graph, Weight } from "../../graph/graph.ts";
import { layoutOf, type Initializer, type WeightLayout } from "./initializers.ts";

/** Where bytes lie: a file name beside the model, byte offset and length. */
export interface WeightLocation {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Where weights lie between the checkpoint and the session. */
export interface WeightStore {
  /** Sets room aside. */
  reserve(sizeBytes: number): Promise<WeightLocation>;
  /** Writes into a reserved room, at an offset from its start. */
  write(location: WeightLocation, offset: number, bytes: Uint8Array): Promise<void>;
}

/** An initializer of the model to be written, with the place of its bytes. */
export interface StoredInitializer extends Omit<Initializer, "region"> {
  readonly location: WeightLocation;
}

/**
 * Moves every weight of the graph from the reader to the store.
 *
 * @returns the initializers over them.
 * @throws if a reader gives more or fewer bytes than the weight's parts have.
 */
export async function storeWeights(
  graph: Graph,
  reader: WeightReader,
  store: WeightStore,
  { signal, onProgress }: CompileOptions,
): Promise<StoredInitializer[]> {
  const initializers: StoredInitializer[] = [];
  const consumers = consumerOps(graph);
  const layouts = graph.weights.map((weight) => layoutOf(weight, consumers.get(weight.id) ?? ""));
  const totalBytes = layouts.reduce((sum, layout) => sum + sizeOf(layout), 0);
  let doneBytes = 0;
  for (const [index, weight] of graph.weights.entries()) {
    const layout = layouts[index];
    initializers.push(...(await storeWeight(weight, layout, reader, store, signal)));
    doneBytes += sizeOf(layout);
    onProgress?.(doneBytes, totalBytes);
  }
  return initializers;
}

async function storeWeight(
  weight: Weight,
  layout: WeightLayout,
  reader: WeightReader,
  store: WeightStore,
  signal: AbortSignal | undefined,
): Promise<StoredInitializer[]> {
  const regions = new Map<string, { location: WeightLocation; written: number }>();
  for (const [name, sizeBytes] of layout.regions)
    regions.set(name, { location: await store.reserve(sizeBytes), written: 0 });
  for await (const chunk of reader.read(weight.name, signal)) {
    signal?.throwIfAborted();
    for (const { region: name, offset, bytes } of layout.convert(chunk)) {
      const region = regions.get(name);
      if (!region) throw new Error(`weight "${weight.name}": expected no part "${name}", got one`);
      if (region.written + bytes.length <= region.location.sizeBytes)
        await store.write(region.location, offset ?? region.written, bytes);
      region.written += bytes.length;
    }
  }
  return layout.initializers.map(({ region: name, ...initializer }) => {
    const region = regions.get(name);
    const { sizeBytes = 0 } = region?.location ?? {};
    if (!region || region.written !== sizeBytes) {
      throw new Error(
        `weight "${weight.name}": expected ${sizeBytes} bytes of ${name}, got ${region?.written}`,
      );
    }
    return { ...initializer, location: region.location };
  });
}

/**
 * The op that takes each weight, by the weight's id; it decides the layout.
 *
 * @throws {UnsupportedError} for a quantized weight that two kinds of ops take.
 */
function consumerOps(graph: Graph): Map<number, string> {
  const consumers = new Map<number, string>();
  for (const { op, inputs } of graph.nodes) {
    for (const { id } of inputs) {
      const other = consumers.get(id) ?? op;
      const weight = graph.weights.find((candidate) => candidate.id === id);
      if (other !== op && weight && weight.format.kind !== "f32")
        throw new UnsupportedError(
          "ort",
          `weight "${weight.name}" of format ${weight.format.kind} in ${other} and in ${op}`,
          "declare it once for each",
        );
      consumers.set(id, op);
    }
  }
  return consumers;
}

function sizeOf({ regions }: WeightLayout): number {
  return [...regions.values()].reduce((sum, bytes) => sum + bytes, 0);
}
