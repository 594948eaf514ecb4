import type { ModelConfig } from "../config.ts";
import { slotBytes } from "../engine/engine-defaults.ts";
import { buildInferenceGraph } from "../network/inference-graph.ts";
import {
  planWeights,
  type WeightDtype,
  type WeightOptions,
  type WeightPlan,
} from "../network/weight-plan.ts";
import { publishedConfig, type ShapeName } from "../shapes.ts";
import { sizedAdapterBytes, type AdapterSize } from "./adapter-bytes.ts";
import { weightBytes, type WeightBytes } from "./packed-bytes.ts";
import { workBytes, type SequenceSizes } from "./work-bytes.ts";

/** What is to be estimated. */
export interface EstimateOptions extends WeightOptions {
  /** A published size, or the shape of a network. */
  readonly variant: ShapeName | ModelConfig;
  /** Tokens of one sequence, prompt and answer. Default: `modelMaxLength`, 4096. */
  readonly context?: number | undefined;
  /** Sequences at a time. Default 1. */
  readonly batch?: number | undefined;
  /** Prompt tokens of one run. Default: up to 256, fewer in long contexts. */
  readonly prefillRows?: number | undefined;
  /** LoRA adapters that are loaded with it. Default: none. */
  readonly adapters?: readonly AdapterSize[] | undefined;
}

/** Memory and disk space of a model on the CPU; everything in bytes. */
export interface MemoryEstimate {
  /** Number type of the linears. */
  readonly dtype: WeightDtype;
  /** Matrices as the kernels want them. */
  readonly weightsBytes: number;
  /** Keys and values of all sequences. */
  readonly cacheBytes: number;
  /** Work space of the largest run. */
  readonly workBytes: number;
  /** Node, the engine's thread and onnxruntime. */
  readonly processBytes: number;
  /** Matrices of LoRA adapters. */
  readonly adapterBytes: number;
  /** Sum of these five: memory while the model runs. */
  readonly runningBytes: number;
  /** The embedding table. It stays in a file, rows are read when a token needs them: disk space, no memory. */
  readonly embeddingsBytes: number;
  /** Other mapped parts that the system takes back when it wants to: norms, scales, the columns of int8's outliers. */
  readonly mappedBytes: number;
  /** A load without `packedCacheDir`. */
  readonly load: LoadEstimate & {
    /** The weights in the file, without the gaps between them. */
    readonly storedBytes: number;
  };
  /** The first load with `packedCacheDir`, and later ones; undefined for float32 and `exact`, of which nothing is kept. */
  readonly packedCache: { readonly first: LoadEstimate; readonly later: LoadEstimate } | undefined;
}

/** What one load takes, in bytes. */
export interface LoadEstimate {
  /** Most memory while loading. */
  readonly peakBytes: number;
  /** Most disk space while loading, in the staging folder or the folder of the packed weights. */
  readonly diskBytes: number;
}

/**
 * Node with the model's code, the engine's thread and onnxruntime: 130 to 240 MB of anonymous memory besides the weights were
 * measured, 60 of them before the load, with what reading leaves behind.
 */
const PROCESS_BYTES = 250e6;

/** Files are mapped from multiples of this. */
const MAP_ALIGNMENT = 65_536;

/** What onnxruntime takes to save one packed matrix, in sizes of it: two packed halves, raw copies, what it writes. */
const PACKING_SIZES = 2.5;

/** Files beside the entry while a matrix is packed, in sizes of it: raw, saved raw and packed, and the control. */
const PACKING_FILES = 4;

const EMBEDDINGS = "model.embed_tokens.weight";

/**
 * How much memory and disk space a model takes on the CPU.
 *
 * Exact are `weightsBytes`, from the formats that loading uses and from how onnxruntime 1.30 packs them on x86-64,
 * `cacheBytes`, `batch · context · L · 2 · H · D` floats (what is reserved may be twice of it, but takes no memory before
 * it is used), and the disk space of a load without `packedCacheDir`. Upper bounds are `workBytes`, `processBytes`, the
 * peaks of a load and the disk space of a first load with `packedCacheDir`.
 *
 * Measured with 2 layers on x86-64, anonymous memory of the process in MB; runs are prompts of 2,048 tokens:
 *
 *   model            weights  loaded   at most   cache and work of a run   at most
 *   7B int4          1284     1439     1534      429                       461
 *   7B int8          1436     1584     1686      422                       461
 *   7B nf4           1486     1648     1736      424                       461
 *   7B float32       3678     3876     3928      386                       461
 *   13B int4         1682     1880     1932      599                       743
 *   13B nf4, head 8  1393     1563     1643      630                       743
 *   13B int8         1919     2140     2169      586                       743
 *
 * ```ts
 * estimate({ variant: "7b", dtype: "int4", context: 4096 }).runningBytes;
 * ```
 *
 * @throws {UnsupportedError} for options that contradict each other, as `loadModel` would.
 * @throws {CheckpointError} if the shape does not fit the blocks of int4.
 */
export function estimate(options: EstimateOptions): MemoryEstimate {
  const { variant } = options;
  const config = typeof variant === "string" ? publishedConfig(variant) : variant;
  const source = { path: "estimate", tensors: new Map(), linears: new Map() };
  return estimatePlan(config, planWeights(source, options), {
    ...options,
    keepsPacked: !options.exact,
    adapterBytes: sizedAdapterBytes(config, options.adapters ?? []),
  });
}

/** Sequences, and whether packed weights of the plan could be kept. */
export interface PlanSizes extends Partial<SequenceSizes> {
  /** False for weights in `exact` float32 and with `trace`. */
  readonly keepsPacked: boolean;
  /** Matrices of adapters; default 0. */
  readonly adapterBytes?: number | undefined;
}

/** The same for weights that are planned already, such as those of a checkpoint. */
export function estimatePlan(
  config: ModelConfig,
  plan: WeightPlan,
  sizes: PlanSizes,
): MemoryEstimate {
  const { context = config.modelMaxLength, batch = 1, prefillRows, keepsPacked } = sizes;
  const { adapterBytes = 0 } = sizes;
  const weights = weightsOf(config, plan);
  const parts = [...weights.values()].flatMap(({ storedParts }) => storedParts);
  const linears = [...weights.values()].filter(({ packedBytes }) => packedBytes > 0);
  const weightsBytes = sum(linears, ({ packedBytes }) => packedBytes);
  const embeddingsBytes = weights.get(EMBEDDINGS)?.mappedBytes ?? 0;
  const cacheBytes = batch * context * slotBytes(config);
  const work = workBytes(config, { context, batch, prefillRows, hasAdapters: adapterBytes > 0 });
  const mappedBytes = sum([...weights.values()], (weight) => weight.mappedBytes) - embeddingsBytes;
  return {
    dtype: plan.dtype,
    weightsBytes,
    cacheBytes,
    workBytes: work,
    processBytes: PROCESS_BYTES,
    adapterBytes,
    runningBytes: weightsBytes + cacheBytes + work + PROCESS_BYTES + adapterBytes,
    embeddingsBytes,
    mappedBytes,
    load: {
      peakBytes: weightsBytes + PROCESS_BYTES,
      diskBytes: sum(parts, alignedBytes),
      storedBytes: sum(parts, (size) => size),
    },
    packedCache:
      keepsPacked && plan.dtype !== "float32"
        ? packedLoads(linears, weightsBytes + mappedBytes + embeddingsBytes)
        : undefined,
  };
}

/** Bytes of each weight of the graph, by its name. */
function weightsOf(config: ModelConfig, plan: WeightPlan): Map<string, WeightBytes> {
  const graph = buildInferenceGraph(config, { formatOf: plan.formatOf });
  const ops = new Map(graph.nodes.flatMap(({ op, inputs }) => inputs.map(({ id }) => [id, op])));
  return new Map(
    graph.weights.map((weight) => [weight.name, weightBytes(weight, ops.get(weight.id) ?? "")]),
  );
}

/** One matrix after another is packed into the entry; later loads map it and pack a stand-in for each matrix. */
function packedLoads(
  linears: readonly WeightBytes[],
  entryBytes: number,
): MemoryEstimate["packedCache"] {
  const largest = Math.max(...linears.map(({ packedBytes }) => packedBytes));
  return {
    first: {
      peakBytes: PROCESS_BYTES + PACKING_SIZES * largest,
      diskBytes: entryBytes + PACKING_FILES * largest,
    },
    later: { peakBytes: PROCESS_BYTES + largest, diskBytes: entryBytes },
  };
}

function alignedBytes(size: number): number {
  return Math.ceil(size / MAP_ALIGNMENT) * MAP_ALIGNMENT;
}

function sum<Item>(items: readonly Item[], bytesOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + bytesOf(item), 0);
}
