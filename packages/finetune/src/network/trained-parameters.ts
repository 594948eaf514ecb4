import { EMBEDDINGS, FINAL_NORM, LM_HEAD } from "./parameters.ts";

/** Weights of a layer, by their keys within it; fine-tuning without adapters trains all. */
export const LAYER_WEIGHTS: readonly string[] = [
  "input_layernorm.weight",
  "self_attn.W_pack.weight",
  "self_attn.o_proj.weight",
  "post_attention_layernorm.weight",
  "mlp.gate_proj.weight",
  "mlp.up_proj.weight",
  "mlp.down_proj.weight",
];

/** Linears of a layer, by what adapters call them. */
export const LAYER_LINEARS: readonly string[] = [
  "self_attn.W_pack",
  "self_attn.o_proj",
  "mlp.gate_proj",
  "mlp.up_proj",
  "mlp.down_proj",
];

/** Parameters outside of the layers. */
export const OUTSIDE_WEIGHTS: readonly string[] = [EMBEDDINGS, FINAL_NORM, LM_HEAD];
