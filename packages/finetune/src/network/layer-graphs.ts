import {
  add,
  differentiate,
  Graph,
  joinBatch,
  joinHeads,
  linear,
  matmul,
  multiply,
  scale,
  softmax,
  splitBatch,
  splitGraph,
  type Value,
} from "@baichuan2/kernels";
import { decoderLayer, type LayerContext, type ModelConfig } from "@baichuan2/model";
import type { LoraTarget } from "./lora-target.ts";

/** What layer graphs are built for. */
export interface LayerGraphOptions {
  /** Rows of one text: all are padded to it. */
  readonly length: number;
  /** Weights of a layer that are trained, by their keys within the layer. */
  readonly trained: readonly string[];
  /** Adapters by the linear they belong to. */
  readonly lora?: ReadonlyMap<string, LoraTarget> | undefined;
  /** Whether the backward graph computes the layer anew instead of taking what the forward graph has kept. */
  readonly recompute: boolean;
}

/** Results that take longer to carry from session to session (1 ms a megabyte) than to compute again. */
const COMPUTED_AGAIN: ReadonlySet<string> = new Set(["rmsNorm", "swiglu"]);

/** The graphs of a decoder layer; every layer runs through the same two. */
export interface LayerGraphs {
  /** Inputs `x [T, C]`, weights by key, what `positions` and mask are; output `y [T, C]` and what is carried. */
  readonly forward: Graph;
  /** The same inputs, `dy` and what is carried; outputs `d.x` and `d.{key}` of each trained weight. */
  readonly backward: Graph;
  /** Outputs of `forward` that `backward` takes; none with `recompute`. */
  readonly carried: readonly string[];
}

/**
 * One layer forwards and backwards. Weights are inputs, so that all layers share two sessions, and which bytes are fed for
 * a layer decides whether they are full, frozen, or just dequantized.
 *
 *   T = B·N rows of B texts of N tokens, one text after another
 *   mask [B, 1, N, N]       RoPE: cos, sin [T, D/2]       ALiBi: bias [1, H, N, N]
 */
export function buildLayerGraphs(config: ModelConfig, options: LayerGraphOptions): LayerGraphs {
  const whole = new Graph();
  const { x, y, weights } = buildForward(whole, config, options);
  const end = whole.nodes.length;
  whole.output("y", y);
  const dy = whole.input("dy", "f32", y.shape);
  const names = ["x", ...options.trained];
  const wrt = [x, ...options.trained.map((key) => weightOf(weights, key))];
  for (const [i, gradient] of differentiate(whole, [{ value: y, gradient: dy }], wrt).entries())
    whole.output(`d.${names[i]}`, gradient);
  if (!options.recompute) {
    const { first, second, carried } = splitGraph(whole, end, COMPUTED_AGAIN);
    return { forward: first, backward: second, carried };
  }
  whole.outputs.delete("y");
  const forward = new Graph();
  forward.output("y", buildForward(forward, config, options).y);
  return { forward, backward: whole, carried: [] };
}

interface Forward {
  readonly x: Value;
  readonly y: Value;
  readonly weights: ReadonlyMap<string, Value>;
}

function buildForward(g: Graph, config: ModelConfig, options: LayerGraphOptions): Forward {
  const weights = new Map<string, Value>();
  const weight = (key: string, shape: readonly number[]): Value => {
    const value = g.input(key, "f32", shape);
    weights.set(key, value);
    return value;
  };
  const x = g.input("x", "f32", ["T", config.hiddenSize]);
  const { rope, biases } = positions(g, config, options.length);
  const project: LayerContext["project"] = (rows, key, [O, C]) => {
    const product = linear(g, rows, weight(`${key}.weight`, [O, C]));
    const target = options.lora?.get(key);
    if (!target) return product;
    return add(g, product, adapterProduct(g, rows, { key, target, shape: [O, C], weight }));
  };
  const attend: LayerContext["attend"] = (query, key, value) =>
    attention(g, { query, key, value, biases }, options.length);
  const { hiddenStates } = decoderLayer(g, config, x, { weight, project, rope, attend });
  return { x, y: hiddenStates, weights };
}

/** `(alpha / r) · B · A · dropout(x)`; the dropout is a mask that is fed. */
function adapterProduct(
  g: Graph,
  rows: Value,
  {
    key,
    target: { rank, scaling, dropout },
    shape: [O, C],
    weight,
  }: {
    readonly key: string;
    readonly target: LoraTarget;
    readonly shape: readonly [number, number];
    readonly weight: LayerContext["weight"];
  },
): Value {
  const kept = dropout > 0 ? multiply(g, rows, g.input(`${key}.dropout`, "f32", ["T", C])) : rows;
  const narrow = linear(g, kept, weight(`${key}.lora_A.weight`, [rank, C]));
  return scale(g, linear(g, narrow, weight(`${key}.lora_B.weight`, [O, rank])), scaling);
}

function positions(
  g: Graph,
  { positionScheme, headDim, numAttentionHeads: H }: ModelConfig,
  N: number,
): { readonly rope?: LayerContext["rope"]; readonly biases: readonly Value[] } {
  const mask = g.input("mask", "f32", ["B", 1, N, N]);
  if (positionScheme === "alibi") return { biases: [mask, g.input("bias", "f32", [1, H, N, N])] };
  const angles = (name: string): Value => g.input(name, "f32", ["T", headDim / 2]);
  return { rope: { cos: angles("cos"), sin: angles("sin") }, biases: [mask] };
}

interface Attention {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly biases: readonly Value[];
}

/** Text by text and head by head: `softmax(q · kᵀ / √D + biases) · v`. */
function attention(g: Graph, { query, key, value, biases }: Attention, length: number): Value {
  const split = (rows: Value): Value => splitBatch(g, rows, { length });
  const alpha = 1 / Math.sqrt(query.shape[2] as number);
  const scores = matmul(g, split(query), split(key), { transB: true, alpha });
  const mixed = matmul(g, softmax(g, scores, biases), split(value));
  return joinHeads(g, [joinBatch(g, mixed, { rows: "T" })]);
}

function weightOf(weights: ReadonlyMap<string, Value>, key: string): Value {
  const value = weights.get(key);
  if (value) return value;
  throw new Error(
    `layer graph: expected a weight of a layer, got ${key} (it has ${[...weights.keys()].join(", ")})`,
  );
}
