import {
  add,
  linear,
  poolAttention,
  rmsNorm,
  rotary,
  splitHeads,
  swiglu,
} from "@baichuan2/kernels";
import type { Graph, Value } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";

/** What all layers share in one run. */
export interface LayerContext {
  /** Mask, with ALiBi added for the 13B; `[T, S+T]` or `[H, T, S+T]`. */
  readonly bias: Value;
  /** The 7B's angles; `[T, D/2]` each. */
  readonly rope?: { readonly cos: Value; readonly sin: Value };
  /** Declares a weight in the format it is held in. */
  readonly weight: (name: string, shape: readonly number[]) => Value;
}

/** A layer's pool of earlier keys and values; `[S, H, D]` each. */
export interface LayerPool {
  readonly keys: Value;
  readonly values: Value;
}

/** What a layer makes; intermediate values are for tracing. */
export interface LayerResult {
  readonly hiddenStates: Value;
  /** New rows of the pool, `[T, H, D]`; keys after rotation, as the 7B caches them. */
  readonly keys: Value;
  readonly values: Value;
  readonly trace: Readonly<Record<"input_norm" | "W_pack" | "attn_out" | "mlp_out", Value>>;
}

/**
 * One decoder layer; the only place where it is written.
 *
 *   x ── inputLayernorm ── W_pack ── q, k, v ── (rotary q, k) ── attention ── o_proj ── + x ── h
 *   h ── postAttentionLayernorm ── swiglu(gate_proj, up_proj) ── down_proj ── + h
 *
 * @param layer - Index, for the weight keys.
 * @param x - Hidden states; `[T, C]`.
 */
export function decoderLayer(
  g: Graph,
  config: ModelConfig,
  layer: number,
  x: Value,
  pool: LayerPool,
  { bias, rope, weight: declare }: LayerContext,
): LayerResult {
  const { hiddenSize: C, intermediateSize: F, numAttentionHeads, headDim, rmsNormEps } = config;
  const weight = (key: string, ...shape: number[]): Value =>
    declare(`model.layers.${layer}.${key}.weight`, shape);

  const inputNorm = rmsNorm(g, x, weight("input_layernorm", C), rmsNormEps);
  const packed = linear(g, inputNorm, weight("self_attn.W_pack", 3 * C, C));
  const heads = splitHeads(g, packed, { parts: 3, numHeads: numAttentionHeads, headDim });
  const [plainQuery, plainKey, value] = heads as [Value, Value, Value];
  const turn = (rows: Value): Value => (rope ? rotary(g, rows, rope.cos, rope.sin) : rows);
  const [query, key] = [turn(plainQuery), turn(plainKey)];
  const attention = poolAttention(
    g,
    { query, key, value, keyPool: pool.keys, valuePool: pool.values, bias },
    1 / Math.sqrt(headDim),
  );
  const attnOut = linear(g, attention, weight("self_attn.o_proj", C, C));
  const h = add(g, x, attnOut);

  const postNorm = rmsNorm(g, h, weight("post_attention_layernorm", C), rmsNormEps);
  const gate = linear(g, postNorm, weight("mlp.gate_proj", F, C));
  const up = linear(g, postNorm, weight("mlp.up_proj", F, C));
  const mlpOut = linear(g, swiglu(g, gate, up), weight("mlp.down_proj", C, F));
  return {
    hiddenStates: add(g, h, mlpOut),
    keys: key,
    values: value,
    trace: { input_norm: inputNorm, W_pack: packed, attn_out: attnOut, mlp_out: mlpOut },
  };
}
