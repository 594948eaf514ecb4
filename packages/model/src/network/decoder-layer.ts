import { add, rmsNorm, rotary, splitHeads, swiglu } from "@baichuan2/kernels";
import type { Graph, Value } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";

/** What a layer is made with: inference and training differ only here. */
export interface LayerContext {
  /** Declares a weight, named within the layer. */
  readonly weight: (key: string, shape: readonly number[]) => Value;
  /** Multiplies rows with a linear's weight, `[O, C]`. */
  readonly project: (x: Value, key: string, shape: readonly [number, number]) => Value;
  /** The 7B's angles; `[T, D/2]` each. */
  readonly rope?: { readonly cos: Value; readonly sin: Value } | undefined;
  /** What each row sees: `[T, H, D]` each to `[T, H·D]`. Scores are to be scaled by `1 / √D`. */
  readonly attend: (query: Value, key: Value, value: Value) => Value;
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
 * @param x - Hidden states; `[T, C]`.
 */
export function decoderLayer(
  g: Graph,
  config: ModelConfig,
  x: Value,
  { weight, project, rope, attend }: LayerContext,
): LayerResult {
  const { hiddenSize: C, intermediateSize: F, numAttentionHeads, headDim, rmsNormEps } = config;
  const inputNorm = rmsNorm(g, x, weight("input_layernorm.weight", [C]), rmsNormEps);
  const packed = project(inputNorm, "self_attn.W_pack", [3 * C, C]);
  const heads = splitHeads(g, packed, { parts: 3, numHeads: numAttentionHeads, headDim });
  const [plainQuery, plainKey, value] = heads as [Value, Value, Value];
  const turn = (rows: Value): Value => (rope ? rotary(g, rows, rope.cos, rope.sin) : rows);
  const [query, key] = [turn(plainQuery), turn(plainKey)];
  const attnOut = project(attend(query, key, value), "self_attn.o_proj", [C, C]);
  const h = add(g, x, attnOut);

  const postNorm = rmsNorm(g, h, weight("post_attention_layernorm.weight", [C]), rmsNormEps);
  const gate = project(postNorm, "mlp.gate_proj", [F, C]);
  const up = project(postNorm, "mlp.up_proj", [F, C]);
  const mlpOut = project(swiglu(g, gate, up), "mlp.down_proj", [C, F]);
  return {
    hiddenStates: add(g, h, mlpOut),
    keys: key,
    values: value,
    trace: { input_norm: inputNorm, W_pack: packed, attn_out: attnOut, mlp_out: mlpOut },
  };
}
