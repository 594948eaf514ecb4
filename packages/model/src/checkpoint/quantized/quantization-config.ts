/** The `quantization_config` of config.json, as far as it tells how the weights stand in the files. */
import { z } from "zod";
import type { ModelConfig } from "../../config.ts";
import type { QuantFormat } from "./stored-linear.ts";

const weights = z.object({
  num_bits: z.number().nullish(),
  type: z.string().nullish(),
  symmetric: z.boolean().nullish(),
  strategy: z.string().nullish(),
  group_size: z.number().nullish(),
});
const names = z.array(z.string().max(256)).max(10_000).nullish();
const schema = z.object({
  quant_method: z.string().nullish(),
  load_in_4bit: z.boolean().nullish(),
  load_in_8bit: z.boolean().nullish(),
  llm_int8_skip_modules: names,
  format: z.string().nullish(),
  config_groups: z.record(z.string(), z.object({ weights: weights.nullish() })).nullish(),
  ignore: names,
});

/** The keys that matter, and what is wrong with the others' types. */
export interface QuantizationSettings {
  /** Modules that stay float: names, or parts of names between points; `re:` patterns of compressed-tensors. */
  readonly skipped: readonly string[];
  readonly file: z.infer<typeof schema>;
  readonly problems: readonly string[];
}

/** Reads the settings; undefined if the config has none. */
export function readQuantizationSettings(config: ModelConfig): QuantizationSettings | undefined {
  if (config.quantizationConfig === undefined) return undefined;
  const parsed = schema.safeParse(config.quantizationConfig);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) =>
      configProblem(`${path.join(".")}: ${message}`),
    );
    return { skipped: [], file: {}, problems };
  }
  const file = parsed.data;
  const skipped = [...(file.llm_int8_skip_modules ?? []), ...(file.ignore ?? [])];
  return { skipped, file, problems: [] };
}

/** What contradicts the format that the tensors have. */
export function settingsProblems(
  { file, problems }: QuantizationSettings,
  format: QuantFormat,
): string[] {
  const isInt4 = format === "int4";
  const method = file.quant_method ?? "bitsandbytes";
  const expected = isInt4 ? "compressed-tensors" : "bitsandbytes";
  const found = [...problems];
  if (method !== expected)
    found.push(
      configProblem(`expected quant_method "${expected}" for ${format} tensors, got "${method}"`),
    );
  if (isInt4) return [...found, ...groupProblems(file)];
  const is4bit = format !== "int8";
  if (file.load_in_4bit === !is4bit || file.load_in_8bit === is4bit)
    found.push(
      configProblem(
        `expected load_in_${is4bit ? 4 : 8}bit for ${format} tensors, got load_in_${is4bit ? 8 : 4}bit`,
      ),
    );
  return found;
}

function groupProblems({ format, config_groups: groups }: QuantizationSettings["file"]): string[] {
  const found: string[] = [];
  if (typeof format === "string" && format !== "pack-quantized")
    found.push(configProblem(`expected format "pack-quantized", got "${format}"`));
  for (const [key, group] of Object.entries(groups ?? {})) {
    const { num_bits: bits, type, strategy } = group.weights ?? {};
    if ((bits ?? 4) !== 4 || (type ?? "int") !== "int" || (strategy ?? "group") !== "group")
      found.push(
        configProblem(
          `config_groups.${key}: expected 4-bit int weights in groups, got ${bits}-bit ${type} by ${strategy}`,
        ),
      );
  }
  return found;
}

/** Whether every group of the settings has zero points of its own. */
export function isAsymmetric({ file }: QuantizationSettings): boolean {
  const groups = Object.values(file.config_groups ?? {});
  return groups.length > 0 && groups.every(({ weights: told }) => told?.symmetric === false);
}

function configProblem(problem: string): string {
  return `quantization_config of config.json: ${problem}`;
}

/**
 * Whether a linear is listed as skipped: `lm_head`, `mlp` and `model.layers.0.mlp.up_proj` all name the modules that
 * have these names in their path, as in transformers.
 */
export function isSkipped(linear: string, skipped: readonly string[]): boolean {
  return skipped.some((entry) =>
    entry.startsWith("re:")
      ? matches(entry.slice("re:".length), linear)
      : `.${linear}.`.includes(`.${entry}.`),
  );
}

/** Parts of a pattern whose time cannot explode: text, escaped points, `.`, `.*`, `\d+`, anchors. */
const HARMLESS = /^\^?(?:[\w-]|\\\.|\\d\+?|\.\*?)*\$?$/;
const MAX_PATTERN_STARS = 3;

/** As Python's `re.match`: from the start, to anywhere. Other patterns match nothing, and the error lists the linear. */
function matches(pattern: string, linear: string): boolean {
  if (!HARMLESS.test(pattern) || pattern.split("*").length - 1 > MAX_PATTERN_STARS) return false;
  return new RegExp(`^(?:${pattern})`).test(linear);
}
