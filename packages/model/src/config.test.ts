import { describe, expect, it } from "vitest";
import { expectedTensors, isDecoderLinear, MAX_HIDDEN_LAYERS, readModelConfig } from "./config.ts";

/** The published 7B values. */
const config7b = {
  architectures: ["BaichuanForCausalLM"],
  model_type: "baichuan",
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  hidden_act: "silu",
  rms_norm_eps: 1e-6,
  vocab_size: 125696,
  max_position_embeddings: 4096,
  model_max_length: 4096,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
  transformers_version: "4.29.2",
};
/** The published 13B values; this class has no max_position_embeddings. */
const { max_position_embeddings: _, ...without } = config7b;
const config13b = {
  ...without,
  hidden_size: 5120,
  intermediate_size: 13696,
  num_hidden_layers: 40,
  num_attention_heads: 40,
  gradient_checkpointing: false,
};

const read = (json: unknown) => readModelConfig(json, "model/config.json");
const parameters = (json: unknown) =>
  [...expectedTensors(read(json)).values()]
    .map((shape) => shape.reduce((product, size) => product * size, 1))
    .reduce((sum, count) => sum + count, 0);

describe("readModelConfig", () => {
  it("reads the 7B as RoPE and the 13B as ALiBi, though both name the same class", () => {
    expect(read(config7b)).toEqual({
      positionScheme: "rope",
      hiddenSize: 4096,
      intermediateSize: 11008,
      numHiddenLayers: 32,
      numAttentionHeads: 32,
      headDim: 128,
      vocabSize: 125696,
      rmsNormEps: 1e-6,
      maxPositionEmbeddings: 4096,
      modelMaxLength: 4096,
      bosTokenId: 1,
      eosTokenId: 2,
      padTokenId: 0,
      zLossWeight: 0,
      initializerRange: 0.02,
      torchDtype: "bfloat16",
      quantizationConfig: undefined,
    });
    expect(read(config13b)).toMatchObject({
      positionScheme: "alibi",
      headDim: 128,
      maxPositionEmbeddings: undefined,
      modelMaxLength: 4096,
    });
  });

  it("reads the longer context of 13B-Chat v2.0", () => {
    expect(read({ ...config13b, model_max_length: 8192 }).modelMaxLength).toBe(8192);
  });

  it("lets a published size decide the position scheme, and the key only for other sizes", () => {
    expect(read({ ...config13b, max_position_embeddings: 4096 }).positionScheme).toBe("alibi");
    expect(read({ ...config7b, max_position_embeddings: undefined }).positionScheme).toBe("rope");
    const tiny = {
      ...config7b,
      hidden_size: 64,
      num_attention_heads: 4,
      max_position_embeddings: 256,
    };
    expect(read(tiny).positionScheme).toBe("rope");
    expect(read({ ...tiny, max_position_embeddings: undefined }).positionScheme).toBe("alibi");
  });

  it("gives missing keys the values of the published classes", () => {
    const minimal = {
      model_type: "baichuan",
      hidden_size: 96,
      intermediate_size: 160,
      num_hidden_layers: 3,
      num_attention_heads: 6,
      vocab_size: 512,
    };
    expect(read(minimal)).toMatchObject({
      positionScheme: "alibi",
      modelMaxLength: 4096,
      rmsNormEps: 1e-6,
      bosTokenId: 1,
      eosTokenId: 2,
      padTokenId: 0,
      zLossWeight: 0,
      initializerRange: 0.02,
      torchDtype: undefined,
    });
    expect(read({ ...minimal, max_position_embeddings: 256 }).modelMaxLength).toBe(256);
  });

  it("keeps a quantization_config as it is, and takes the newer name of torch_dtype", () => {
    const quantization = { load_in_4bit: true, bnb_4bit_quant_type: "nf4" };
    const config = read({
      ...config13b,
      torch_dtype: undefined,
      dtype: "float16",
      quantization_config: quantization,
    });
    expect(config.quantizationConfig).toEqual(quantization);
    expect(config.torchDtype).toBe("float16");
  });

  it.each<[string, object, string]>([
    [
      "Llama",
      { architectures: ["LlamaForCausalLM"], model_type: "llama" },
      'got "LlamaForCausalLM"',
    ],
    [
      "Baichuan M1",
      { architectures: ["BaichuanM1ForCausalLM"], model_type: "baichuan_m1" },
      'got "BaichuanM1ForCausalLM"',
    ],
    [
      "Baichuan-7B version 1",
      { architectures: ["BaiChuanForCausalLM"] },
      "this is Baichuan-7B version 1",
    ],
    ["Baichuan-13B version 1", { ...config13b, vocab_size: 64000 }, "this is Baichuan version 1"],
    ["another model type", { model_type: "qwen2" }, 'expected model_type "baichuan", got "qwen2"'],
    ["no architecture at all", { hidden_size: 4096 }, "neither architectures nor model_type"],
  ])("refuses %s by name", (_name, json, message) => {
    expect(() => read(json)).toThrow(message);
    expect(() => read(json)).toThrow(
      expect.objectContaining({ code: "ERR_CHECKPOINT", path: "model/config.json" }),
    );
  });

  it.each<[string, object, string]>([
    [
      "heads that do not divide the hidden size",
      { num_attention_heads: 33 },
      "multiple of num_attention_heads, got 4096 and 33",
    ],
    [
      "an odd head size with RoPE",
      { hidden_size: 36, num_attention_heads: 4 },
      "an even head size",
    ],
    ["grouped heads", { num_key_value_heads: 8 }, "num_key_value_heads"],
    ["zero layers", { num_hidden_layers: 0 }, "num_hidden_layers"],
    ["too many layers", { num_hidden_layers: MAX_HIDDEN_LAYERS + 1 }, "num_hidden_layers"],
    ["a hidden size above the limit", { hidden_size: 2 ** 31 }, "hidden_size"],
    ["a fraction", { intermediate_size: 1.5 }, "intermediate_size"],
    ["text for a number", { vocab_size: "125696" }, "vocab_size"],
    ["another activation", { hidden_act: "gelu" }, "hidden_act"],
    ["tied embeddings", { tie_word_embeddings: true }, "tie_word_embeddings"],
    ["a scaled RoPE", { rope_scaling: { type: "dynamic", factor: 2 } }, "rope_scaling"],
    [
      "a token id outside the vocabulary",
      { eos_token_id: 125696 },
      "eos_token_id below vocab_size 125696",
    ],
    ["an epsilon of zero", { rms_norm_eps: 0 }, "rms_norm_eps"],
  ])("refuses %s", (_name, change, message) => {
    expect(() => read({ ...config7b, ...change })).toThrow(message);
  });

  it("lists all keys that are wrong", () => {
    expect(() => read({ ...config7b, hidden_size: undefined, vocab_size: -1 })).toThrow(
      expect.objectContaining({
        problems: [expect.stringMatching(/^hidden_size: /), expect.stringMatching(/^vocab_size: /)],
      }),
    );
    expect(() => read([])).toThrow("model/config.json");
    expect(() => read(null)).toThrow("model/config.json");
  });
});

describe("expectedTensors", () => {
  it("has the published numbers of parameters and keys", () => {
    expect(parameters(config7b)).toBe(7_505_973_248);
    expect(parameters(config13b)).toBe(13_896_668_160);
    expect(expectedTensors(read(config7b)).size).toBe(227);
    expect(expectedTensors(read(config13b)).size).toBe(283);
  });
});

it("isDecoderLinear knows the five linears of a layer, and nothing else", () => {
  const linears = [...expectedTensors(read(config7b)).keys()].filter(isDecoderLinear);
  expect(linears).toHaveLength(5 * 32);
  expect(linears.slice(-5)).toEqual([
    "model.layers.31.self_attn.W_pack.weight",
    "model.layers.31.self_attn.o_proj.weight",
    "model.layers.31.mlp.gate_proj.weight",
    "model.layers.31.mlp.up_proj.weight",
    "model.layers.31.mlp.down_proj.weight",
  ]);
  for (const name of ["self_attn.k_proj.weight", "mlp.o_proj.weight", "mlp.up_proj.SCB"])
    expect(isDecoderLinear(`model.layers.0.${name}`)).toBe(false);
});
