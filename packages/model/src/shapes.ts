import { readModelConfig, type ModelConfig } from "./config.ts";

/** Published sizes by their usual names. */
export type ShapeName = "7b" | "13b";

const shapes = {
  "7b": {
    architectures: ["BaichuanForCausalLM"],
    hidden_size: 4096,
    intermediate_size: 11_008,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    max_position_embeddings: 4096,
    vocab_size: 125_696,
  },
  "13b": {
    architectures: ["BaichuanForCausalLM"],
    hidden_size: 5120,
    intermediate_size: 13_696,
    num_attention_heads: 40,
    num_hidden_layers: 40,
    model_max_length: 4096,
    vocab_size: 125_696,
  },
};

/**
 * The config of a published size, for measuring without its weights.
 *
 * @param layers - Fewer layers than published, where memory is short.
 */
export function publishedConfig(shape: ShapeName, layers?: number): ModelConfig {
  const json = shapes[shape];
  return readModelConfig(
    { ...json, num_hidden_layers: layers ?? json.num_hidden_layers },
    `shape ${shape}`,
  );
}
