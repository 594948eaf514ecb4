import { elementCount, type Graph, type Value } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { logitsRows } from "../network/head-runner.ts";
import { KEPT_LENGTHS } from "../network/layer-runner.ts";
import { buildLayerGraphs, type LayerGraphOptions } from "../network/layer-graphs.ts";

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
  readonly layer: LayerGraphOptions;
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
  const { layer, rows, trainedParameters, weightsBytes, decodedBytes, dataTokens } = options;
  const sessions = Math.min(KEPT_LENGTHS, options.lengths);
  const { hiddenSize: C, numHiddenLayers: L } = config;
  const { forward, backward, carried } = buildLayerGraphs(config, layer);
  const sizes = { T: rows, B: Math.ceil(rows / layer.length) };
  const kept = carried.reduce(
    (sum, name) => sum + valueBytes(forward.outputs.get(name) as Value, sizes),
    0,
  );
  const layerBytes = peakBytes(forward, sizes) + peakBytes(backward, sizes);
  const headRows = Math.min(rows, logitsRows(config));
  const headBytes = LOGITS_ARRAYS * headRows * config.vocabSize * FLOAT;
  return {
    weightsBytes,
    gradientsBytes: FLOAT * trainedParameters,
    optimizerBytes: 2 * FLOAT * trainedParameters,
    activationsBytes: (L + 1) * rows * C * FLOAT + L * kept,
    workBytes: decodedBytes + ARENA * (sessions * layerBytes + headBytes),
    dataBytes: TOKEN_BYTES * dataTokens,
    processBytes: PROCESS_BYTES,
  };
}

type Sizes = Readonly<Record<string, number>>;

function valueBytes({ shape }: Value, sizes: Sizes): number {
  return (
    FLOAT * elementCount(shape.map((dim) => (typeof dim === "number" ? dim : (sizes[dim] ?? 0))))
  );
}

/** The most that results of nodes take at a time, each from its node to the last that takes it. */
function peakBytes(graph: Graph, sizes: Sizes): number {
  const lastUse = new Map<number, number>();
  for (const [index, { inputs }] of graph.nodes.entries())
    for (const { id } of inputs) lastUse.set(id, index);
  for (const { id } of graph.outputs.values()) lastUse.set(id, Infinity);
  const alive = new Map<number, number>();
  let peak = 0;
  for (const [index, { outputs }] of graph.nodes.entries()) {
    for (const value of outputs) alive.set(value.id, valueBytes(value, sizes));
    peak = Math.max(
      peak,
      [...alive.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
    for (const id of alive.keys()) if ((lastUse.get(id) ?? 0) <= index) alive.delete(id);
  }
  return peak;
}
