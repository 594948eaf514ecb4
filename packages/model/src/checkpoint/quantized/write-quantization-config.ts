import type { QuantFormat } from "./stored-linear.ts";

/** What a `quantization_config` says beside the format. */
export interface QuantizationConfigOptions {
  /** dtype in which transformers computes; nf4 and fp4 only. Default "float16". */
  readonly computeDtype?: "float16" | "bfloat16" | "float32" | undefined;
  /** Whether the absmax is quantized too; nf4 and fp4 only. Default true. */
  readonly doubleQuant?: boolean | undefined;
  /** int4 only. */
  readonly blockSize?: 32 | 64 | 128 | undefined;
  /** int4 only. Default true. */
  readonly symmetric?: boolean | undefined;
  /** Linears of the layers that stay float, e.g. `model.layers.0.mlp.down_proj`. */
  readonly skipped?: readonly string[] | undefined;
}

/**
 * The `quantization_config` of a config.json, from which transformers knows how to load the weights.
 *
 * @returns plain JSON; for nf4, fp4 and int8 a BitsAndBytesConfig, for int4 a config of compressed-tensors.
 */
export function quantizationConfig(
  format: QuantFormat,
  options: QuantizationConfigOptions = {},
): Record<string, unknown> {
  return format === "int4" ? compressedConfig(options) : bitsandbytesConfig(format, options);
}

function bitsandbytesConfig(
  format: "nf4" | "fp4" | "int8",
  { computeDtype = "float16", doubleQuant = true, skipped }: QuantizationConfigOptions,
): Record<string, unknown> {
  const is4bit = format !== "int8";
  return {
    // transformers writes the 4-bit keys of an 8-bit model too, with their defaults
    bnb_4bit_compute_dtype: is4bit ? computeDtype : "float32",
    bnb_4bit_quant_type: is4bit ? format : "fp4",
    bnb_4bit_use_double_quant: is4bit && doubleQuant,
    llm_int8_enable_fp32_cpu_offload: false,
    llm_int8_has_fp16_weight: false,
    llm_int8_skip_modules: skipped && skipped.length > 0 ? skipped : null,
    llm_int8_threshold: 6,
    load_in_4bit: is4bit,
    load_in_8bit: !is4bit,
    quant_method: "bitsandbytes",
  };
}

function compressedConfig({
  blockSize = 128,
  symmetric = true,
  skipped = [],
}: QuantizationConfigOptions): Record<string, unknown> {
  const weights = {
    actorder: null,
    block_structure: null,
    dynamic: false,
    group_size: blockSize,
    num_bits: 4,
    observer: "minmax",
    observer_kwargs: {},
    strategy: "group",
    symmetric,
    type: "int",
  };
  const group = { input_activations: null, output_activations: null, targets: ["Linear"], weights };
  return {
    config_groups: { group_0: group },
    format: "pack-quantized",
    // The head is no Linear in Baichuan2's own code, but it is in rewrites of it.
    ignore: ["lm_head", ...skipped],
    kv_cache_scheme: null,
    quant_method: "compressed-tensors",
    quantization_status: "compressed",
  };
}
