import { UnsupportedError } from "@baichuan2/kernels";
import { z } from "zod";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { compilePatterns, patternValue, type ModulePatterns } from "./module-pattern.ts";

/**
 * Fields that make an adapter something else than `W + scaling · B · A` of single linears, where they say anything: other
 * formulas, other trained weights, another stack of layers, tokens from which on it applies.
 */
const REFUSED = [
  "use_dora",
  "use_qalora",
  "use_bdlora",
  "kasa_config",
  "arrow_config",
  "monteclora_config",
  "lora_bias",
  "modules_to_save",
  "trainable_token_indices",
  "target_parameters",
  "layer_replication",
  "alora_invocation_tokens",
  "fan_in_fan_out",
] as const;

/**
 * Ways to begin that leave the base as it is. The others (pissa, olora, corda, loftq) also subtract from it what A and B begin
 * with, and PEFT does so again at every load: beside the base alone such an adapter is wrong.
 *
 * @see https://github.com/huggingface/peft/blob/003369494699fedd543fe38d16e52df96aeae743/src/peft/tuners/lora/layer.py `update_layer`
 */
const PLAIN_INITS: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  "gaussian",
  "eva",
  "orthogonal",
];

/** The fields of PEFT's adapter_config.json that mean something here; others are let through. */
const file = z.looseObject({
  peft_type: z.string(),
  r: z.int().min(1).max(4096),
  lora_alpha: z.number(),
  target_modules: z.union([z.string(), z.array(z.string())]).nullish(),
  base_model_name_or_path: z.string().nullish(),
  lora_dropout: z.number().min(0).max(1).default(0),
  use_rslora: z.boolean().default(false),
  rank_pattern: z.record(z.string(), z.int().min(1).max(4096)).nullish(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
  bias: z.string().nullish(),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
});

/** What adapter_config.json says of an adapter. */
export interface AdapterConfig {
  /** Rank of linears without a pattern of their own. */
  readonly rank: number;
  readonly alpha: number;
  /** Divides alpha by √r instead of r. */
  readonly useRslora: boolean;
  /** Share of inputs left out in training. */
  readonly dropout: number;
  /** Names of linears, without the path to them; from the file, which may also have a pattern. */
  readonly targetModules: string | readonly string[];
  /** Ranks of linears that a regular expression matches, as PEFT matches it. */
  readonly rankPattern: ModulePatterns;
  /** The same for alpha. */
  readonly alphaPattern: ModulePatterns;
  /** What the adapter was trained on, as its maker named it. */
  readonly baseModel: string | undefined;
}

/**
 * Reads PEFT's adapter_config.json.
 *
 * @param where - Path of the file, for errors.
 * @throws {CheckpointError} if a field is missing or wrong.
 * @throws {UnsupportedError} for what is not plain LoRA beside an unchanged base, with the field that says so, and for patterns
 * that cannot be matched safely.
 */
export function readAdapterConfig(json: unknown, where: string): AdapterConfig {
  const parsed = file.safeParse(json);
  if (!parsed.success)
    throw new CheckpointError(
      where,
      parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    );
  const { data } = parsed;
  requirePlainLora(data, where);
  const [rankPattern, alphaPattern] = [data.rank_pattern ?? {}, data.alpha_pattern ?? {}];
  compilePatterns(rankPattern, `rank_pattern in ${where}`);
  compilePatterns(alphaPattern, `alpha_pattern in ${where}`);
  return {
    rank: data.r,
    alpha: data.lora_alpha,
    useRslora: data.use_rslora,
    dropout: data.lora_dropout,
    targetModules: data.target_modules ?? [],
    rankPattern,
    alphaPattern,
    baseModel: data.base_model_name_or_path ?? undefined,
  };
}

function requirePlainLora(data: z.infer<typeof file>, where: string): void {
  const refuse = (what: string, hint = "merge it into its model in Python"): never => {
    throw new UnsupportedError("adapter", `${what} in ${where}`, hint);
  };
  if (data.peft_type !== "LORA") refuse(`peft_type ${data.peft_type}`);
  const { bias, init_lora_weights: init } = data;
  if (bias && bias !== "none") refuse(`bias ${bias}`);
  const field = REFUSED.find((key) => says(data[key]));
  if (field) refuse(`${field} ${JSON.stringify(data[field])}`);
  const name = typeof init === "string" ? init.toLowerCase() : init;
  if (!PLAIN_INITS.includes(name))
    refuse(
      `init_lora_weights "${init}", which changes the base,`,
      "convert it in Python: save_pretrained with path_initial_model_for_weight_conversion",
    );
}

/** Whether a field is more than absent, off or empty. */
function says(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/**
 * Factor of a linear's adapter: `alpha / r`, or `alpha / √r` with rsLoRA.
 *
 * @param linear - Full name of the linear, which patterns may match.
 * @param rank - The rank that its matrices have.
 */
export function adapterScaling(config: AdapterConfig, linear: string, rank: number): number {
  const alpha = patternValue(config.alphaPattern, linear) ?? config.alpha;
  return config.useRslora ? alpha / Math.sqrt(rank) : alpha / rank;
}

/** Rank that a linear's matrices must have. */
export function adapterRank(config: AdapterConfig, linear: string): number {
  return patternValue(config.rankPattern, linear) ?? config.rank;
}
