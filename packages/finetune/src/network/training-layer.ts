import {
  add,
  joinBatch,
  joinHeads,
  linear,
  matmul,
  multiply,
  scale,
  softmax,
  splitBatch,
  type Graph,
  type Value,
} from "@baichuan2/kernels";
import { decoderLayer, type LayerContext, type ModelConfig } from "@baichuan2/model";
import type { LoraTarget } from "./lora-target.ts";

/** What a decoder layer is trained with. */
export interface TrainingLayerOptions {
  /** Rows of one text: all are padded to it. */
  readonly length: number;
  /** Adapters by the linear they belong to. */
  readonly lora?: ReadonlyMap<string, LoraTarget> | undefined;
}

/** Where rows stand, and what they see; all layers share it. */
export interface Positions {
  /** RoPE alone. */
  readonly rope: LayerContext["rope"];
  readonly biases: readonly Value[];
}

/**
 * Declares the inputs that all layers share.
 *
 *   mask [B, 1, N, N]       RoPE: cos, sin [T, D/2]       ALiBi: bias [1, H, N, N]
 */
export function positionInputs(
  g: Graph,
  { positionScheme, headDim, numAttentionHeads: H }: ModelConfig,
  N: number,
): Positions {
  const mask = g.input("mask", "f32", ["B", 1, N, N]);
  if (positionScheme === "alibi")
    return { rope: undefined, biases: [mask, g.input("bias", "f32", [1, H, N, N])] };
  const angles = (name: string): Value => g.input(name, "f32", ["T", headDim / 2]);
  return { rope: { cos: angles("cos"), sin: angles("sin") }, biases: [mask] };
}

/**
 * A decoder layer over rows of texts that are as long as each other, one text after another; every weight, and every dropout
 * mask `{linear}.dropout`, is an input.
 *
 * @param inputs.x - `[T, C]`, T = B·N rows of B texts of N tokens.
 * @param inputs.input - Declares an input of the layer, by its key within it.
 * @returns `[T, C]`.
 */
export function trainingLayer(
  g: Graph,
  config: ModelConfig,
  {
    x,
    positions,
    input,
  }: {
    readonly x: Value;
    readonly positions: Positions;
    readonly input: DeclareInput;
  },
  { length, lora }: TrainingLayerOptions,
): Value {
  const project: LayerContext["project"] = (rows, key, [O, C]) => {
    const product = linear(g, rows, input(`${key}.weight`, [O, C]));
    const target = lora?.get(key);
    if (!target) return product;
    return add(g, product, adapterProduct(g, rows, { key, target, shape: [O, C], input }));
  };
  const { rope, biases } = positions;
  const attend: LayerContext["attend"] = (query, key, value) =>
    attention(g, { query, key, value, biases }, length);
  return decoderLayer(g, config, x, { weight: input, project, rope, attend }).hiddenStates;
}

/** Declares an input, f32, by its key within a layer. */
export type DeclareInput = (key: string, shape: readonly (number | string)[]) => Value;

/** `(alpha / r) · B · A · dropout(x)`; the dropout is a mask that is fed. */
function adapterProduct(
  g: Graph,
  rows: Value,
  {
    key,
    target: { rank, scaling, dropout },
    shape: [O, C],
    input,
  }: {
    readonly key: string;
    readonly target: LoraTarget;
    readonly shape: readonly [number, number];
    readonly input: DeclareInput;
  },
): Value {
  const kept = dropout > 0 ? multiply(g, rows, input(`${key}.dropout`, ["T", C])) : rows;
  const narrow = linear(g, kept, input(`${key}.lora_A.weight`, [rank, C]));
  return scale(g, linear(g, narrow, input(`${key}.lora_B.weight`, [O, rank])), scaling);
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
