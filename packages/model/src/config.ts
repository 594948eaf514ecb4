import { z } from "zod";
import { CheckpointError } from "./checkpoint/checkpoint-error.ts";

/** How a network tells positions apart: rotary embeddings (7B) or a linear bias of distance (13B). */
export type PositionScheme = "rope" | "alibi";

/** The shape of a network, from config.json. Sizes are counts, ids are token ids. */
export interface ModelConfig {
  readonly positionScheme: PositionScheme;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  /** hiddenSize / numAttentionHeads. */
  readonly headDim: number;
  readonly vocabSize: number;
  readonly rmsNormEps: number;
  /** RoPE models only. */
  readonly maxPositionEmbeddings?: number | undefined;
  /** Longest context the model was made for, in tokens: 4096; 8192 for 13B-Chat v2.0. */
  readonly modelMaxLength: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  readonly padTokenId: number;
  /** Weight of the max-z term of the training loss. */
  readonly zLossWeight: number;
  readonly initializerRange: number;
  /** dtype the file claims for its weights; the tensors' own dtype decides. */
  readonly torchDtype?: "bfloat16" | "float16" | "float32" | undefined;
  /** The raw quantization_config of a quantized checkpoint. */
  readonly quantizationConfig?: Readonly<Record<string, unknown>> | undefined;
}

// Limits on a file from outside, so that a damaged one fails here and not in an allocation.
// Each is at least eight times the largest published Baichuan2 (5120, 13696, 40, 40, 125696, 8192).
export const MAX_HIDDEN_SIZE = 65_536;
export const MAX_INTERMEDIATE_SIZE = 262_144;
export const MAX_HIDDEN_LAYERS = 1_024;
export const MAX_ATTENTION_HEADS = 1_024;
export const MAX_VOCAB_SIZE = 4_194_304;
/** 2^24: positions stay exact in float32, which ALiBi and RoPE compute with. */
export const MAX_CONTEXT_LENGTH = 16_777_216;

/** The base of the rotary angles is a constant of the published code, not a setting. */
const ROPE_THETA = 10_000;

/** Sizes of the published models: they decide the position scheme whatever other keys say. */
const publishedSizes = [
  { hiddenSize: 4096, numAttentionHeads: 32, positionScheme: "rope" },
  { hiddenSize: 5120, numAttentionHeads: 40, positionScheme: "alibi" },
] as const;

/** Vocabulary of Baichuan v1, whose 13B has the same class name but no NormHead. */
const V1_VOCAB_SIZE = 64_000;

const sizeUpTo = (max: number) => z.int().min(1).max(max);
const tokenId = z.int().min(0).max(MAX_VOCAB_SIZE);
const dtypeName = z.enum(["bfloat16", "float16", "float32"]).nullish();

/** Keys with a default take the one of the published configuration classes. */
const schema = z.object({
  architectures: z.array(z.string()).nullish(),
  model_type: z.string().nullish(),
  hidden_size: sizeUpTo(MAX_HIDDEN_SIZE),
  intermediate_size: sizeUpTo(MAX_INTERMEDIATE_SIZE),
  num_hidden_layers: sizeUpTo(MAX_HIDDEN_LAYERS),
  num_attention_heads: sizeUpTo(MAX_ATTENTION_HEADS),
  num_key_value_heads: z.int().nullish(),
  vocab_size: sizeUpTo(MAX_VOCAB_SIZE),
  hidden_act: z.literal("silu").default("silu"),
  rms_norm_eps: z.number().gt(0).lt(1).default(1e-6),
  max_position_embeddings: sizeUpTo(MAX_CONTEXT_LENGTH).nullish(),
  model_max_length: sizeUpTo(MAX_CONTEXT_LENGTH).nullish(),
  rope_theta: z.literal(ROPE_THETA).nullish(),
  rope_scaling: z.null().optional(),
  tie_word_embeddings: z.literal(false).default(false),
  bos_token_id: tokenId.default(1),
  eos_token_id: tokenId.default(2),
  pad_token_id: tokenId.default(0),
  z_loss_weight: z.number().min(0).default(0),
  initializer_range: z.number().min(0).default(0.02),
  torch_dtype: dtypeName,
  /** What transformers 4.56 and later write for torch_dtype. */
  dtype: dtypeName,
  quantization_config: z.record(z.string(), z.unknown()).nullish(),
});
type ConfigFile = z.infer<typeof schema>;

/** Context length of the published configuration classes. */
const DEFAULT_CONTEXT_LENGTH = 4096;

/**
 * Reads the content of a config.json of any Baichuan2 model.
 *
 * @param json - The parsed file.
 * @param where - The file's path, for errors.
 * @throws {CheckpointError} that lists every key with a value that cannot be used, or names the architecture
 *   if it is not Baichuan2's.
 */
export function readModelConfig(json: unknown, where: string): ModelConfig {
  refuseOtherArchitectures(json, where);
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new CheckpointError(where, parsed.error.issues.map(describeIssue), {
      cause: parsed.error,
    });
  const file = parsed.data;
  const positionScheme = positionSchemeOf(file);
  const problems = contradictions(file, positionScheme);
  if (problems.length > 0) throw new CheckpointError(where, problems);
  return toModelConfig(file, positionScheme);
}

function toModelConfig(file: ConfigFile, positionScheme: PositionScheme): ModelConfig {
  const maxPositions = file.max_position_embeddings ?? DEFAULT_CONTEXT_LENGTH;
  const isRope = positionScheme === "rope";
  return {
    positionScheme,
    hiddenSize: file.hidden_size,
    intermediateSize: file.intermediate_size,
    numHiddenLayers: file.num_hidden_layers,
    numAttentionHeads: file.num_attention_heads,
    headDim: file.hidden_size / file.num_attention_heads,
    vocabSize: file.vocab_size,
    rmsNormEps: file.rms_norm_eps,
    maxPositionEmbeddings: isRope ? maxPositions : undefined,
    modelMaxLength: file.model_max_length ?? (isRope ? maxPositions : DEFAULT_CONTEXT_LENGTH),
    bosTokenId: file.bos_token_id,
    eosTokenId: file.eos_token_id,
    padTokenId: file.pad_token_id,
    zLossWeight: file.z_loss_weight,
    initializerRange: file.initializer_range,
    torchDtype: file.torch_dtype ?? file.dtype ?? undefined,
    quantizationConfig: file.quantization_config ?? undefined,
  };
}

/**
 * Both networks carry the same class name. A published size decides; for any other size the key
 * `max_position_embeddings` does, which only the 7B's configuration class has.
 */
function positionSchemeOf(file: ConfigFile): PositionScheme {
  const published = publishedSizes.find(
    ({ hiddenSize, numAttentionHeads }) =>
      hiddenSize === file.hidden_size && numAttentionHeads === file.num_attention_heads,
  );
  if (published) return published.positionScheme;
  return typeof file.max_position_embeddings === "number" ? "rope" : "alibi";
}

function refuseOtherArchitectures(json: unknown, where: string): void {
  const names = z
    .object({ architectures: z.array(z.string()).nullish(), model_type: z.string().nullish() })
    .safeParse(json);
  if (!names.success) return; // the schema reports it
  const architecture = names.data.architectures?.[0];
  const modelType = names.data.model_type;
  if (architecture === "BaiChuanForCausalLM")
    throw new CheckpointError(
      where,
      'expected architecture "BaichuanForCausalLM", got "BaiChuanForCausalLM" (with a capital C this is Baichuan-7B version 1, whose head is not normalised and whose vocabulary has 64000 tokens; use a Baichuan2 checkpoint)',
    );
  if (architecture !== undefined && architecture !== "BaichuanForCausalLM")
    throw new CheckpointError(
      where,
      `expected architecture "BaichuanForCausalLM", got "${architecture}" (only Baichuan2 7B and 13B are supported)`,
    );
  if (modelType ? modelType !== "baichuan" : architecture === undefined)
    throw new CheckpointError(
      where,
      `expected model_type "baichuan", got ${modelType ? `"${modelType}"` : "neither architectures nor model_type"} (only Baichuan2 7B and 13B are supported)`,
    );
}

function contradictions(file: ConfigFile, positionScheme: PositionScheme): string[] {
  const { hidden_size: hidden, num_attention_heads: heads, vocab_size: vocab } = file;
  const problems: string[] = [];
  if (hidden % heads !== 0)
    problems.push(
      `expected hidden_size to be a multiple of num_attention_heads, got ${hidden} and ${heads}`,
    );
  else if (positionScheme === "rope" && (hidden / heads) % 2 !== 0)
    problems.push(
      `expected an even head size for rotary embeddings, got ${hidden} / ${heads} = ${hidden / heads}`,
    );
  if (typeof file.num_key_value_heads === "number" && file.num_key_value_heads !== heads)
    problems.push(
      `expected num_key_value_heads to equal num_attention_heads (${heads}), got ${file.num_key_value_heads} (Baichuan2 has no grouped heads)`,
    );
  for (const key of ["bos_token_id", "eos_token_id", "pad_token_id"] as const)
    if (file[key] >= vocab)
      problems.push(`expected ${key} below vocab_size ${vocab}, got ${file[key]}`);
  if (vocab === V1_VOCAB_SIZE && publishedSizes.some((size) => size.hiddenSize === hidden))
    problems.push(
      `expected the vocabulary of Baichuan2 (125696), got ${V1_VOCAB_SIZE} (this is Baichuan version 1, whose head is not normalised; use a Baichuan2 checkpoint)`,
    );
  return problems;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const key = issue.path.join(".");
  return key === "" ? `expected an object: ${issue.message}` : `${key}: ${issue.message}`;
}

/**
 * Names and shapes of the tensors of an unquantized checkpoint, in the order of the network.
 *
 * @returns shape by key of the state dict; linear weights are `[out, in]`.
 */
export function expectedTensors(config: ModelConfig): ReadonlyMap<string, readonly number[]> {
  const { hiddenSize: C, intermediateSize: F, vocabSize: V } = config;
  const tensors = new Map<string, readonly number[]>();
  tensors.set("model.embed_tokens.weight", [V, C]);
  for (let i = 0; i < config.numHiddenLayers; i++) {
    const layer = `model.layers.${i}`;
    tensors.set(`${layer}.input_layernorm.weight`, [C]);
    tensors.set(`${layer}.self_attn.W_pack.weight`, [3 * C, C]);
    tensors.set(`${layer}.self_attn.o_proj.weight`, [C, C]);
    tensors.set(`${layer}.post_attention_layernorm.weight`, [C]);
    tensors.set(`${layer}.mlp.gate_proj.weight`, [F, C]);
    tensors.set(`${layer}.mlp.up_proj.weight`, [F, C]);
    tensors.set(`${layer}.mlp.down_proj.weight`, [C, F]);
  }
  tensors.set("model.norm.weight", [C]);
  tensors.set("lm_head.weight", [V, C]);
  return tensors;
}

const decoderLinear =
  /^model\.layers\.\d+\.(self_attn\.(W_pack|o_proj)|mlp\.(gate|up|down)_proj)\.weight$/;

/** Whether a weight is one of the five linears of a layer: the ones that are quantized. */
export function isDecoderLinear(name: string): boolean {
  return decoderLinear.test(name);
}
