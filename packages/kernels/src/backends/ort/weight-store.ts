import type { CompileOptions, WeightReader } from "../../backend.ts";
import { UnsupportedError } from "../../graph/errors.ts";
import type { Graph, Weight } from "../../graph/graph.ts";
import type { ByteDType } from "./byte-products.ts";
import { layoutOf, type Initializer, type WeightLayout } from "./initializers.ts";
import { lookupsOf } from "./lookups.ts";
import type { StoredTable } from "./row-reader.ts";

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

/** Where the weights of a graph lie. */
export interface StoredWeights {
  /** What the session maps. */
  readonly initializers: readonly StoredInitializer[];
  /** What is read row by row. */
  readonly tables: readonly StoredTable[];
}

/** A weight of the graph with its layout in the session's files. */
export interface PlannedWeight {
  readonly weight: Weight;
  /** Whether it is the table of a lookup, and no initializer. */
  readonly isTable: boolean;
  readonly layout: WeightLayout;
  /** Bytes of all its regions. */
  readonly sizeBytes: number;
}

/**
 * How every weight of the graph will lie, in the graph's order. A plan serves for one reading: layouts keep what the next
 * chunk continues.
 *
 * @param bytes - How byte matrices lie.
 * @throws {UnsupportedError} for a quantized weight that two kinds of ops take.
 */
export function planLayouts(graph: Graph, bytes: ByteDType): PlannedWeight[] {
  const consumers = consumerOps(graph);
  const tables = new Set(lookupsOf(graph).map(({ table }) => table));
  return graph.weights.map((weight) => {
    const layout = layoutOf(weight, consumers.get(weight.id) ?? "", bytes);
    return { weight, isTable: tables.has(weight), layout, sizeBytes: sizeOf(layout) };
  });
}

/** The initializers of a plan before their bytes have a place: names, types and sizes. */
export function plannedInitializers(plan: readonly PlannedWeight[]): StoredInitializer[] {
  const mapped = plan.filter(({ isTable }) => !isTable);
  return mapped.flatMap(({ layout }) =>
    layout.initializers.map(({ region, ...initializer }) => {
      const sizeBytes = layout.regions.get(region) ?? 0;
      return { ...initializer, location: { file: "", offset: 0, sizeBytes } };
    }),
  );
}

/** Where the bytes of one weight go; the initializers over them. */
export type WeightSink = (planned: PlannedWeight) => Promise<StoredInitializer[]>;

/**
 * Moves every weight of the graph from the reader to the store.
 *
 * @throws if a reader gives more or fewer bytes than the weight's parts have.
 */
export async function storeWeights(
  graph: Graph,
  reader: WeightReader,
  store: WeightStore,
  options: CompileOptions & { readonly bytes: ByteDType },
): Promise<StoredWeights> {
  const { signal, bytes } = options;
  const sink: WeightSink = (planned) => storeWeight(planned, reader, store, signal);
  return sinkWeights(planLayouts(graph, bytes), sink, options);
}

/** Hands one weight after another to the sink and tells the progress. */
export async function sinkWeights(
  plan: readonly PlannedWeight[],
  sink: WeightSink,
  { signal, onProgress }: CompileOptions,
): Promise<StoredWeights> {
  const initializers: StoredInitializer[] = [];
  const tables: StoredTable[] = [];
  const totalBytes = plan.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  for (const planned of plan) {
    signal?.throwIfAborted();
    const stored = await sink(planned);
    const { name } = planned.weight;
    if (planned.isTable) tables.push({ name, locations: stored.map(({ location }) => location) });
    else initializers.push(...stored);
    doneBytes += planned.sizeBytes;
    onProgress?.(doneBytes, totalBytes);
  }
  return { initializers, tables };
}

/** Moves one weight from the reader to the store. */
export async function storeWeight(
  { weight, layout }: PlannedWeight,
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
