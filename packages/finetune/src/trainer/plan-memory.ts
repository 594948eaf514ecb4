import { elementCount, type Graph, type Value } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { logitsRows } from "../network/batch-loss.ts";
import { KEPT_LENGTHS } from "../network/sessions-by-length.ts";
import { buildLayerGraphs } from "../network/layer-graphs.ts";
import { buildNetworkGraph } from "../network/network-graph.ts";
import { fitsSession } from "../network/network-runner.ts";
import type { TrainingNetworkOptions } from "../network/training-network.ts";

/** Memory of a run, in bytes. */
export interface PlanMemory {
  /** Parameters; frozen ones as they are held. */
  readonly weightsBytes: number;
  readonly gradientsBytes: number;
  /** Two moments of each trained parameter. */
  readonly optimizerBytes: number;
  /** States between layers; without checkpointing what each layer keeps. */
  readonly activationsBytes: number;
  /** The layer or the piece of the head that is computed. */
  readonly workBytes: number;
  /** Ids and labels of all rows. */
  readonly dataBytes: number;
  /** Node and onnxruntime. */
  readonly processBytes: number;
}

/** What the memory of a run depends on. */
export interface PlanMemoryOptions {
  readonly network: TrainingNetworkOptions & {
    /** Tokens of the longest text, N. */
    readonly length: number;
  };
  /** Rows of the largest batch, T. */
  readonly rows: number;
  readonly trainedParameters: number;
  readonly weightsBytes: number;
  /** Largest layer in float32, where its weights are decoded for it. */
  readonly decodedBytes: number;
  /** Lengths that batches have. */
  readonly lengths: number;
  /** Tokens of all data. */
  readonly dataTokens: number;
}

const FLOAT = 4;

/** An id and its label, as numbers in arrays of JavaScript. */
const TOKEN_BYTES = 16;

/** Node with the trainer's code and onnxruntime. */
const PROCESS_BYTES = 300e6;

/**
 * What onnxruntime takes for the tensors of a run: its arenas grow in powers of two and keep what they have. With it batches of 8
 * texts of 320 to 448 tokens (C 64) are planned with 1.05 GB and took 0.95.
 */
const ARENA = 2.5;

/** Arrays of the logits' size that loss and gradient need at a time. */
const LOGITS_ARRAYS = 4;

/** Memory of a run; weights, gradients and moments exactly, the rest as an upper bound. */
export function planMemory(config: ModelConfig, options: PlanMemoryOptions): PlanMemory {
  const { network, rows, trainedParameters, weightsBytes, decodedBytes, dataTokens } = options;
  const isOneSession =
    !network.recompute && fitsSession(config, { rows, areDecoded: decodedBytes > 0 });
  return {
    weightsBytes,
    gradientsBytes: FLOAT * trainedParameters,
    optimizerBytes: 2 * FLOAT * trainedParameters,
    ...(isOneSession ? sessionBytes(config, options) : layerBytes(config, options)),
    dataBytes: TOKEN_BYTES * dataTokens,
    processBytes: PROCESS_BYTES,
  };
}

/** What a batch takes while it runs. */
type RunBytes = Pick<PlanMemory, "activationsBytes" | "workBytes">;

/** One session for all layers, which also holds the activations. */
function sessionBytes(
  config: ModelConfig,
  { network, rows, lengths }: PlanMemoryOptions,
): RunBytes {
  const graph = buildNetworkGraph(config, { ...network, hasZLoss: network.hasZLoss ?? false });
  const alive = aliveBytes(graph, sizesOf(rows, network));
  const kept = alive[graph.nodes.findIndex(({ op }) => op === "crossEntropy")] ?? 0;
  const sessions = Math.min(KEPT_LENGTHS, lengths);
  return { activationsBytes: kept, workBytes: ARENA * sessions * Math.max(...alive) - kept };
}

/** Layers and pieces of the head, one after another. */
function layerBytes(
  config: ModelConfig,
  { network, rows, lengths, decodedBytes }: PlanMemoryOptions,
): RunBytes {
  const { hiddenSize: C, numHiddenLayers: L } = config;
  const { forward, backward, carried } = buildLayerGraphs(config, network);
  const sizes = sizesOf(rows, network);
  const kept = carried.reduce(
    (sum, name) => sum + valueBytes(forward.outputs.get(name) as Value, sizes),
    0,
  );
  const [there, back] = [aliveBytes(forward, sizes), aliveBytes(backward, sizes)];
  const sessions = Math.min(KEPT_LENGTHS, lengths);
  const headRows = Math.min(rows, logitsRows(config));
  const headBytes = LOGITS_ARRAYS * headRows * config.vocabSize * FLOAT;
  return {
    activationsBytes: (L + 1) * rows * C * FLOAT + L * kept,
    workBytes:
      decodedBytes + ARENA * (sessions * (Math.max(...there) + Math.max(...back)) + headBytes),
  };
}

type Sizes = Readonly<Record<string, number>>;

function valueBytes({ shape }: Value, sizes: Sizes): number {
  return (
    FLOAT * elementCount(shape.map((dim) => (typeof dim === "number" ? dim : (sizes[dim] ?? 0))))
  );
}

function sizesOf(rows: number, { length }: { readonly length: number }): Sizes {
  return { T: rows, B: Math.ceil(rows / length), R: rows };
}

/** What results of nodes take while each node runs; a result is there from its node to the last that takes it. */
function aliveBytes(graph: Graph, sizes: Sizes): number[] {
  const lastUse = new Map<number, number>();
  for (const [index, { inputs }] of graph.nodes.entries())
    for (const { id } of inputs) lastUse.set(id, index);
  for (const { id } of graph.outputs.values()) lastUse.set(id, Infinity);
  const alive = new Map<number, number>();
  return graph.nodes.map(({ outputs }, index) => {
    for (const value of outputs) alive.set(value.id, valueBytes(value, sizes));
    const bytes = [...alive.values()].reduce((sum, each) => sum + each, 0);
    for (const id of alive.keys()) if ((lastUse.get(id) ?? 0) <= index) alive.delete(id);
    return bytes;
  });
}
