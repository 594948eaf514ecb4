import { UnsupportedError } from "@baichuan2/kernels";
import { z } from "zod";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";

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
  fan_in_fan_out: z.boolean().nullish(),
  bias: z.string().nullish(),
  use_dora: z.boolean().nullish(),
  modules_to_save: z.array(z.string()).nullish(),
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
  readonly rankPattern: Readonly<Record<string, number>>;
  readonly alphaPattern: Readonly<Record<string, number>>;
  /** What the adapter was trained on, as its maker named it. */
  readonly baseModel: string | undefined;
}

/**
 * Reads PEFT's adapter_config.json.
 *
 * @param where - Path of the file, for errors.
 * @throws {CheckpointError} if a field is missing or wrong.
 * @throws {UnsupportedError} for what is not plain LoRA: other methods, DoRA, trained biases or whole modules.
 */
export function readAdapterConfig(json: unknown, where: string): AdapterConfig {
  const parsed = file.safeParse(json);
  if (!parsed.success)
    throw new CheckpointError(
      where,
      parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    );
  const { data } = parsed;
  const refuse = (what: string): never => {
    throw new UnsupportedError(
      "adapter",
      `${what} in ${where}`,
      "merge it into its model in Python",
    );
  };
  if (data.peft_type !== "LORA") refuse(`peft_type ${data.peft_type}`);
  if (data.use_dora) refuse("DoRA");
  if (data.bias && data.bias !== "none") refuse(`bias ${data.bias}`);
  if (data.modules_to_save?.length) refuse("modules_to_save");
  if (data.fan_in_fan_out) refuse("fan_in_fan_out");
  return {
    rank: data.r,
    alpha: data.lora_alpha,
    useRslora: data.use_rslora,
    dropout: data.lora_dropout,
    targetModules: data.target_modules ?? [],
    rankPattern: data.rank_pattern ?? {},
    alphaPattern: data.alpha_pattern ?? {},
    baseModel: data.base_model_name_or_path ?? undefined,
  };
}

/**
 * Factor of a linear's adapter: `alpha / r`, or `alpha / √r` with rsLoRA.
 *
 * @param linear - Full name of the linear; patterns of PEFT match ends of it.
 * @param rank - The rank that its matrices have.
 */
export function adapterScaling(config: AdapterConfig, linear: string, rank: number): number {
  const pattern = Object.keys(config.alphaPattern).find((end) => matchesEnd(linear, end));
  const alpha = pattern === undefined ? config.alpha : (config.alphaPattern[pattern] ?? NaN);
  return config.useRslora ? alpha / Math.sqrt(rank) : alpha / rank;
}

/** PEFT matches a key of a pattern as `(.*\.)?key$`; keys here are taken as text. */
function matchesEnd(linear: string, end: string): boolean {
  return linear === end || linear.endsWith(`.${end}`);
}
