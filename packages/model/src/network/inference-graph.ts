import {
  alibi,
  alibiSlopes,
  gather,
  Graph,
  linear,
  poolAttention,
  rmsNorm,
} from "@baichuan2/kernels";
import type { Value, WeightFormat } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";
import { declareAdapters } from "./adapter-inputs.ts";
import { decoderLayer, type LayerContext } from "./decoder-layer.ts";

/** Key of the head; a `WeightReader` for this graph gives its rows normalised (NormHead, folded at load). */
export const LM_HEAD = "lm_head.weight";

/** Output of the final norm, `[R, C]`: always there, but copied only in runs that ask for it. */
export const FINAL_NORM = "hidden.final_norm";

/** Options of the graph. */
export interface InferenceGraphOptions {
  /**
   * Adds an output for every intermediate state, for comparing with PyTorch layer by layer; "layers": only for the
   * states after embeddings and layers (`hidden.*`). A run then copies all of them.
   */
  readonly trace?: boolean | "layers" | undefined;
  /** Format of each weight; float32 where absent. */
  readonly formatOf?: ((name: string, shape: readonly number[]) => WeightFormat) | undefined;
  /** Adds inputs by which runs are given LoRA adapters (see `declareAdapters`). Default: none, and no work for them. */
  readonly adapters?: boolean | undefined;
}

/**
 * The whole decoder as one graph over T new rows and a pool of S slots.
 *
 *   inputs   input_ids [T] i32 · output_rows [R] i32 · mask [T, S+T]
 *            keys.{l}, values.{l} [S, H, D]
 *            RoPE: cos, sin [T, D/2]      ALiBi: query_positions [T], key_positions [S+T]
 *            with adapters: lora_mask.{linear} [T, r] · {linear}.lora_A [r, C], {linear}.lora_B [r, O]
 *   outputs  logits [R, V] · hidden.final_norm [R, C] · keys.{l}.new, values.{l}.new [T, H, D]
 *
 * Rows may belong to many sequences; only the mask tells which (see `poolAttention`).
 */
export function buildInferenceGraph(
  config: ModelConfig,
  { trace = false, formatOf, adapters = false }: InferenceGraphOptions = {},
): Graph {
  const g = new Graph();
  const { hiddenSize: C, vocabSize: V, numAttentionHeads: H, headDim: D } = config;
  const inputIds = g.input("input_ids", "i32", ["T"]);
  const outputRows = g.input("output_rows", "i32", ["R"]);
  const weight = (name: string, shape: readonly number[]): Value =>
    g.weight(name, shape, formatOf?.(name, shape));
  const { bias, rope } = positions(g, config);
  const adapt = adapters ? declareAdapters(g, config) : undefined;

  let x = gather(g, weight("model.embed_tokens.weight", [V, C]), inputIds);
  if (trace) g.output("hidden.embed", x);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const pool = {
      keyPool: g.input(`keys.${layer}`, "f32", ["S", H, D]),
      valuePool: g.input(`values.${layer}`, "f32", ["S", H, D]),
    };
    const declare = (key: string, shape: readonly number[]): Value =>
      weight(`model.layers.${layer}.${key}`, shape);
    const result = decoderLayer(g, config, x, {
      weight: declare,
      project: (rows, key, shape) => {
        const product = linear(g, rows, declare(`${key}.weight`, shape));
        return adapt ? adapt(rows, product, layer, key) : product;
      },
      rope,
      attend: (query, key, value) =>
        poolAttention(g, { query, key, value, bias, ...pool }, 1 / Math.sqrt(D)),
    });
    x = result.hiddenStates;
    g.output(`keys.${layer}.new`, result.keys);
    g.output(`values.${layer}.new`, result.values);
    if (trace) {
      g.output(`hidden.layer${layer}`, x);
      if (trace === "layers") continue;
      for (const [name, value] of Object.entries(result.trace)) {
        g.output(`layer${layer}.${name}`, value);
      }
    }
  }
  // The head is by far the widest matrix: rows that need no logits stop before the final norm.
  const rows = gather(g, x, outputRows);
  const normed = rmsNorm(g, rows, weight("model.norm.weight", [C]), config.rmsNormEps);
  g.output(FINAL_NORM, normed);
  g.output("logits", linear(g, normed, weight(LM_HEAD, [V, C])));
  return g;
}

/** Mask, with ALiBi added for the 13B, `[T, S+T]` or `[H, T, S+T]`; and the 7B's angles. */
function positions(
  g: Graph,
  config: ModelConfig,
): Pick<LayerContext, "rope"> & { readonly bias: Value } {
  const mask = g.input("mask", "f32", ["T", "S+T"]);
  if (config.positionScheme === "rope") {
    const angles = (name: string): Value => g.input(name, "f32", ["T", config.headDim / 2]);
    return { bias: mask, rope: { cos: angles("cos"), sin: angles("sin") } };
  }
  const queryPositions = g.input("query_positions", "f32", ["T"]);
  const keyPositions = g.input("key_positions", "f32", ["S+T"]);
  const slopes = alibiSlopes(config.numAttentionHeads);
  return { bias: alibi(g, mask, queryPositions, keyPositions, { slopes }) };
}
