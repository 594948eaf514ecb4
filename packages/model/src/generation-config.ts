import { z } from "zod";
import { MAX_SEED } from "./sampling/random.ts";

/** How text is generated: the defaults of a checkpoint, or these with a caller's options merged in. */
export interface GenerationConfig {
  /** Most new tokens of one answer. */
  readonly maxNewTokens: number;
  /** false: always the most likely token (after the repetition penalty). */
  readonly doSample: boolean;
  /** Below 1 sharpens, above 1 flattens; 0 means greedy. */
  readonly temperature: number;
  /** Draw only from the k most likely; 0 = from all. */
  readonly topK: number;
  /** Draw only from the most likely that together reach this probability; 1 = from all. */
  readonly topP: number;
  /** Draw only from those at least this fraction as likely as the most likely; 0 = from all. */
  readonly minP: number;
  /** Above 1: tokens of prompt and output become less likely; 1 = off. */
  readonly repetitionPenalty: number;
  /** Unsigned 32-bit; undefined = a new one each time. */
  readonly seed?: number | undefined;
  /** Text that ends the answer and is not part of it. */
  readonly stop: readonly string[];
  /** Do not end at an end-of-sequence token. */
  readonly ignoreEos: boolean;
  readonly eosTokenIds: readonly number[];
  readonly padTokenId: number;
  readonly bosTokenId: number;
  /** Marker before each user message (`<reserved_106>`). */
  readonly userTokenId: number;
  /** Marker before each assistant message (`<reserved_107>`). */
  readonly assistantTokenId: number;
  /** Keys of the checkpoint's file that change generation elsewhere and mean nothing here, e.g. `num_beams`. */
  readonly ignoredKeys: readonly string[];
}

/** What a caller may set for one call; what is missing, undefined or null comes from the checkpoint. */
export interface GenerationOptions {
  /** @see GenerationConfig.maxNewTokens; at least 1. */
  readonly maxNewTokens?: number | null | undefined;
  /** @see GenerationConfig.doSample */
  readonly doSample?: boolean | null | undefined;
  /** @see GenerationConfig.temperature; 0, or at least 0.00001. */
  readonly temperature?: number | null | undefined;
  /** @see GenerationConfig.topK; at least 0. */
  readonly topK?: number | null | undefined;
  /** @see GenerationConfig.topP; above 0, at most 1. */
  readonly topP?: number | null | undefined;
  /** @see GenerationConfig.minP; 0 to 1. */
  readonly minP?: number | null | undefined;
  /** @see GenerationConfig.repetitionPenalty; above 0. */
  readonly repetitionPenalty?: number | null | undefined;
  /** @see GenerationConfig.seed; 0 to 4294967295. */
  readonly seed?: number | null | undefined;
  /** @see GenerationConfig.stop; one string or several, none empty. */
  readonly stop?: string | readonly string[] | null | undefined;
  /** @see GenerationConfig.ignoreEos */
  readonly ignoreEos?: boolean | null | undefined;
}

/** A generation option or a key of generation_config.json has a value that cannot be used. */
export class GenerationOptionError extends Error {
  override readonly name = "GenerationOptionError";
  readonly code = "ERR_GENERATION_OPTION";
  /** The file, or "generation options". */
  readonly where: string;
  /** The option as the caller or the file spells it. */
  readonly field: string;
  /** What the field may hold. */
  readonly expected: string;
  readonly actual: unknown;

  constructor(where: string, field: string, expected: string, actual: unknown) {
    super(`${where}: expected ${field} to be ${expected}, got ${show(actual)}`);
    this.where = where;
    this.field = field;
    this.expected = expected;
    this.actual = actual;
  }
}

/** A smaller temperature overflows float32 before it changes any draw. */
const MIN_TEMPERATURE = 1e-5;

const tokenId = z.int().min(0);
const wellFormed = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed());

/** Every value of a file or a caller passes here; the description is what an error tells. */
const fields = {
  maxNewTokens: z.int().min(1).describe("an integer of at least 1"),
  doSample: z.boolean().describe("true or false"),
  temperature: z
    .union([z.literal(0), z.number().min(MIN_TEMPERATURE)])
    .describe(`0 (greedy) or a number of at least ${MIN_TEMPERATURE.toFixed(5)}`),
  topK: z.int().min(0).describe("an integer of at least 0 (0 keeps all)"),
  topP: z.number().gt(0).lte(1).describe("a number above 0 and at most 1"),
  minP: z.number().min(0).max(1).describe("a number from 0 to 1"),
  repetitionPenalty: z.number().gt(0).describe("a number above 0 (1 is off)"),
  seed: z.int().min(0).max(MAX_SEED).describe(`an integer from 0 to ${MAX_SEED}`),
  stop: z
    .union([wellFormed.transform((text) => [text]), z.array(wellFormed)])
    .describe("a non-empty string or a list of them"),
  ignoreEos: z.boolean().describe("true or false"),
  eosTokenIds: z
    .union([tokenId.transform((id) => [id]), z.array(tokenId).min(1)])
    .describe("a token id or a list of them"),
  padTokenId: tokenId.describe("a token id"),
  bosTokenId: tokenId.describe("a token id"),
  userTokenId: tokenId.describe("a token id"),
  assistantTokenId: tokenId.describe("a token id"),
};
type Field = keyof typeof fields;

/** The keys of generation_config.json. */
const fileKeys: Readonly<Record<string, Field>> = {
  max_new_tokens: "maxNewTokens",
  do_sample: "doSample",
  temperature: "temperature",
  top_k: "topK",
  top_p: "topP",
  min_p: "minP",
  repetition_penalty: "repetitionPenalty",
  eos_token_id: "eosTokenIds",
  pad_token_id: "padTokenId",
  bos_token_id: "bosTokenId",
  user_token_id: "userTokenId",
  assistant_token_id: "assistantTokenId",
};

/** Keys that say where a file comes from and not how to generate. */
const provenanceKeys = new Set(["transformers_version", "_from_model_config"]);

const callerFieldList = [
  "maxNewTokens",
  "doSample",
  "temperature",
  "topK",
  "topP",
  "minP",
  "repetitionPenalty",
  "seed",
  "stop",
  "ignoreEos",
] as const satisfies (Field & keyof GenerationOptions)[];
const callerFields = new Set<string>(callerFieldList);

/**
 * What holds where a checkpoint's generation_config.json is silent or missing (Base models): greedy, at most
 * 256 new tokens, and for callers that turn sampling on the defaults of transformers 4.29 (temperature 1,
 * top-k 50, top-p 1, no repetition penalty). Token ids are Baichuan2's.
 */
export const defaultGenerationConfig: GenerationConfig = {
  maxNewTokens: 256,
  doSample: false,
  temperature: 1,
  topK: 50,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  stop: [],
  ignoreEos: false,
  eosTokenIds: [2],
  padTokenId: 0,
  bosTokenId: 1,
  userTokenId: 195,
  assistantTokenId: 196,
  ignoredKeys: [],
};

/**
 * Reads the content of a generation_config.json.
 *
 * Keys that are missing or null take the value of `defaultGenerationConfig`.
 *
 * @param json - The parsed file; undefined if there is none.
 * @param where - The file's path, for errors.
 * @throws {GenerationOptionError} that names the first key with a value that cannot be used.
 */
export function readGenerationConfig(json: unknown, where: string): GenerationConfig {
  if (json === undefined) return defaultGenerationConfig;
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new GenerationOptionError(where, "the file", "a JSON object", json);
  }
  const given = Object.entries(json).filter(([, value]) => value !== null);
  const values: Partial<Record<Field, unknown>> = {};
  const ignoredKeys: string[] = [];
  for (const [key, value] of given) {
    const field = Object.hasOwn(fileKeys, key) ? fileKeys[key] : undefined;
    if (field) values[field] = parseField(field, value, where, key);
    else if (!provenanceKeys.has(key)) ignoredKeys.push(key);
  }
  const config = { ...defaultGenerationConfig, ...values, ignoredKeys } as GenerationConfig;
  return greedyAtZero(config);
}

/**
 * The config of one call: a checkpoint's defaults with the caller's options in front.
 *
 * Sampling or greedy: `temperature: 0` is greedy, as in OpenAI's API (transformers refuses it). Otherwise
 * `doSample` decides if given. If it is not, giving temperature, topK, topP or minP turns sampling on:
 * transformers would ignore them on a greedy checkpoint with a mere warning.
 *
 * @throws {GenerationOptionError} for an unknown option or a value that cannot be used.
 */
export function mergeGenerationOptions(
  defaults: GenerationConfig,
  options: GenerationOptions = {},
): GenerationConfig {
  const where = "generation options";
  const values: Partial<Record<Field, unknown>> = {};
  for (const [name, value] of Object.entries(options)) {
    if (!callerFields.has(name)) {
      const known = callerFieldList.join(", ");
      throw new GenerationOptionError(where, name, `absent (known are ${known})`, value);
    }
    if (value === undefined || value === null) continue;
    values[name as Field] = parseField(name as Field, value, where, name);
  }
  if (values.doSample === undefined && shapesDraws(values)) values.doSample = true;
  return greedyAtZero({ ...defaults, ...values } as GenerationConfig);
}

function parseField(field: Field, value: unknown, where: string, spelling: string): unknown {
  const parsed = fields[field].safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GenerationOptionError(where, spelling, fields[field].description ?? field, value);
}

function shapesDraws(values: Partial<Record<Field, unknown>>): boolean {
  return (["temperature", "topK", "topP", "minP"] satisfies Field[]).some((name) => name in values);
}

function greedyAtZero(config: GenerationConfig): GenerationConfig {
  return config.temperature === 0 ? { ...config, doSample: false } : config;
}

/** Numbers as they are: JSON would write NaN as null. */
function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  return (JSON.stringify(value) as string | undefined) ?? String(value);
}
