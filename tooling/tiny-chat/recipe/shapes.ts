/** Names of the models that the recipe makes. */
export const MODELS = ["rope", "alibi"] as const;
export type ModelName = (typeof MODELS)[number];

/** Tokens of the vocabulary: 197 named ones, 256 bytes, 1,339 pieces of the data. */
export const VOCAB_SIZE = 1792;

/** Longest text of the models, in tokens. */
export const MAX_LENGTH = 512;

/** Markers of the turns: the published ids, see the tokenizer's recipe. */
export const USER_TOKEN_ID = 195;
export const ASSISTANT_TOKEN_ID = 196;

/** Sizes: 3.93 million parameters with the 7B's rotary embeddings, 1.48 million with the 13B's ALiBi. */
const sizes = {
  rope: { hidden_size: 256, intermediate_size: 640, num_hidden_layers: 4, num_attention_heads: 4 },
  alibi: { hidden_size: 160, intermediate_size: 416, num_hidden_layers: 3, num_attention_heads: 5 },
} as const;

/** Content of config.json; only the 7B's has `max_position_embeddings`. */
export function configOf(model: ModelName): Record<string, unknown> {
  return {
    architectures: ["BaichuanForCausalLM"],
    auto_map: {
      AutoConfig: "configuration_baichuan.BaichuanConfig",
      AutoModelForCausalLM: "modeling_baichuan.BaichuanForCausalLM",
    },
    tokenizer_class: "BaichuanTokenizer",
    bos_token_id: 1,
    eos_token_id: 2,
    pad_token_id: 0,
    hidden_act: "silu",
    ...sizes[model],
    initializer_range: 0.02,
    ...(model === "rope" ? { max_position_embeddings: MAX_LENGTH } : {}),
    model_max_length: MAX_LENGTH,
    model_type: "baichuan",
    rms_norm_eps: 1e-6,
    tie_word_embeddings: false,
    torch_dtype: "bfloat16",
    use_cache: true,
    vocab_size: VOCAB_SIZE,
  };
}

/**
 * Content of generation_config.json: the likeliest token each time, so that the same question has the same answer. Half of the context
 * is kept for answers, as in the published models; what is left for the prompt is as long as the training's rows.
 */
export const generationConfig = {
  pad_token_id: 0,
  bos_token_id: 1,
  eos_token_id: 2,
  user_token_id: USER_TOKEN_ID,
  assistant_token_id: ASSISTANT_TOKEN_ID,
  max_new_tokens: MAX_LENGTH / 2,
  repetition_penalty: 1,
  do_sample: false,
} as const;
