import { type GenerationField, parseGenerationField } from "./generation-fields.ts";
import { GenerationOptionError } from "./generation-option-error.ts";

/** How text is generated: the defaults of a checkpoint, or these with a caller's options merged in. */
export interface GenerationConfig {
  /** Most new tokens of one answer. */
  readonly maxNewTokens: number;
  /** false: always the most likely token (after penalties, biases and bans). */
  readonly doSample: boolean;
  /** Below 1 sharpens, above 1 flattens; 0 means greedy. */
  readonly temperature: number;
  /** Draw only from the k most likely; 0 = from all. */
  readonly topK: number;
  /** Draw only from the most likely that together reach this probability; 1 = from all. */
  readonly topP: number;
  /** Draw only from those at least this fraction as likely as the most likely; 0 = from all. */
  readonly minP: number;
  /** Draw only from those whose surprise is nearest the mean and that together reach this probability; 1 = from all. */
  readonly typicalP: number;
  /** Above 1: tokens of prompt and output become less likely; 1 = off. */
  readonly repetitionPenalty: number;
  /** Above 0: tokens of the output become less likely; 0 = off. */
  readonly presencePenalty: number;
  /** Above 0: tokens of the output become less likely each time they occur; 0 = off. */
  readonly frequencyPenalty: number;
  /** Added to the logits of some token ids: -100 in effect forbids one, 100 forces it. */
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  /** No run of so many tokens comes twice in prompt and output; 0 = off. */
  readonly noRepeatNgramSize: number;
  /** Unsigned 32-bit; undefined = a new one each time. */
  readonly seed?: number | undefined;
  /** Text that ends the answer and is not part of it. */
  readonly stop: readonly string[];
  /** Do not end at an end-of-sequence token. */
  readonly ignoreEos: boolean;
  /** How many answers to one prompt. */
  readonly n: number;
  /** Tell how likely each new token was. */
  readonly logprobs: boolean;
  /** With `logprobs`: how many of the likeliest tokens to tell at each place. */
  readonly topLogprobs: number;
  /** Tell how likely each token of the prompt was, with so many of the likeliest; undefined = do not. */
  readonly promptLogprobs?: number | undefined;
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
  /** @see GenerationConfig.typicalP; above 0, at most 1. */
  readonly typicalP?: number | null | undefined;
  /** @see GenerationConfig.repetitionPenalty; above 0. */
  readonly repetitionPenalty?: number | null | undefined;
  /** @see GenerationConfig.presencePenalty; -2 to 2. */
  readonly presencePenalty?: number | null | undefined;
  /** @see GenerationConfig.frequencyPenalty; -2 to 2. */
  readonly frequencyPenalty?: number | null | undefined;
  /** @see GenerationConfig.logitBias; -100 to 100 each. */
  readonly logitBias?: Readonly<Record<number, number>> | null | undefined;
  /** @see GenerationConfig.noRepeatNgramSize; at least 0. */
  readonly noRepeatNgramSize?: number | null | undefined;
  /** @see GenerationConfig.seed; 0 to 4294967295. */
  readonly seed?: number | null | undefined;
  /** @see GenerationConfig.stop; one string or several, none empty. */
  readonly stop?: string | readonly string[] | null | undefined;
  /** @see GenerationConfig.ignoreEos */
  readonly ignoreEos?: boolean | null | undefined;
  /** @see GenerationConfig.n; 1 to 128. */
  readonly n?: number | null | undefined;
  /** @see GenerationConfig.logprobs */
  readonly logprobs?: boolean | null | undefined;
  /** @see GenerationConfig.topLogprobs; 0 to 20, only with `logprobs`. */
  readonly topLogprobs?: number | null | undefined;
  /** @see GenerationConfig.promptLogprobs; 0 to 20. */
  readonly promptLogprobs?: number | null | undefined;
}

/** The keys of generation_config.json. */
const fileKeys: Readonly<Record<string, GenerationField>> = {
  max_new_tokens: "maxNewTokens",
  do_sample: "doSample",
  temperature: "temperature",
  top_k: "topK",
  top_p: "topP",
  min_p: "minP",
  typical_p: "typicalP",
  repetition_penalty: "repetitionPenalty",
  no_repeat_ngram_size: "noRepeatNgramSize",
  num_return_sequences: "n",
  eos_token_id: "eosTokenIds",
  pad_token_id: "padTokenId",
  bos_token_id: "bosTokenId",
  user_token_id: "userTokenId",
  assistant_token_id: "assistantTokenId",
};

/** Where the errors of a caller's options are. */
const CALLER = "generation options";

/** Keys that say where a file comes from and not how to generate. */
const provenanceKeys = new Set(["transformers_version", "_from_model_config"]);

const callerFieldList = [
  "maxNewTokens",
  "doSample",
  "temperature",
  "topK",
  "topP",
  "minP",
  "typicalP",
  "repetitionPenalty",
  "presencePenalty",
  "frequencyPenalty",
  "logitBias",
  "noRepeatNgramSize",
  "seed",
  "stop",
  "ignoreEos",
  "n",
  "logprobs",
  "topLogprobs",
  "promptLogprobs",
] as const satisfies (GenerationField & keyof GenerationOptions)[];
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
  typicalP: 1,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  noRepeatNgramSize: 0,
  stop: [],
  ignoreEos: false,
  n: 1,
  logprobs: false,
  topLogprobs: 0,
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
  const values: Partial<Record<GenerationField, unknown>> = {};
  const ignoredKeys: string[] = [];
  for (const [key, value] of given) {
    const field = Object.hasOwn(fileKeys, key) ? fileKeys[key] : undefined;
    if (field) values[field] = parseGenerationField(field, value, where, key);
    else if (!provenanceKeys.has(key)) ignoredKeys.push(key);
  }
  const config = { ...defaultGenerationConfig, ...values, ignoredKeys } as GenerationConfig;
  return greedyAtZero(config);
}

/**
 * The config of one call: a checkpoint's defaults with the caller's options in front.
 *
 * Sampling or greedy: `temperature: 0` is greedy, as in OpenAI's API (transformers refuses it). Otherwise
 * `doSample` decides if given. If it is not, giving temperature, topK, topP, minP or typicalP turns sampling on:
 * transformers would ignore them on a greedy checkpoint with a mere warning.
 *
 * @param vocabSize - Lets biases of token ids that the model does not have be refused.
 * @throws {GenerationOptionError} for an unknown option or a value that cannot be used.
 */
export function mergeGenerationOptions(
  defaults: GenerationConfig,
  options: GenerationOptions = {},
  { vocabSize }: { readonly vocabSize?: number | undefined } = {},
): GenerationConfig {
  const values: Partial<Record<GenerationField, unknown>> = {};
  for (const [name, value] of Object.entries(options)) {
    if (!callerFields.has(name)) {
      const known = callerFieldList.join(", ");
      throw new GenerationOptionError(CALLER, name, `absent (known are ${known})`, value);
    }
    if (value === undefined || value === null) continue;
    const field = name as GenerationField;
    values[field] = parseGenerationField(field, value, CALLER, name);
  }
  if (values.doSample === undefined && shapesDraws(values)) values.doSample = true;
  const config = greedyAtZero({ ...defaults, ...values } as GenerationConfig);
  checkBiasedIds(config.logitBias, vocabSize);
  checkTopLogprobs(config);
  return config;
}

function checkBiasedIds(biases: GenerationConfig["logitBias"] = {}, vocabSize = Infinity): void {
  for (const [id, bias] of Object.entries(biases)) {
    if (Number(id) < vocabSize) continue;
    const expected = `absent (token ids end at ${vocabSize - 1})`;
    throw new GenerationOptionError(CALLER, `logitBias[${id}]`, expected, bias);
  }
}

function checkTopLogprobs({ logprobs, topLogprobs }: GenerationConfig): void {
  if (logprobs || topLogprobs === 0) return;
  const expected = "absent without logprobs (set logprobs to true)";
  throw new GenerationOptionError(CALLER, "topLogprobs", expected, topLogprobs);
}

const drawFields: readonly GenerationField[] = ["temperature", "topK", "topP", "minP", "typicalP"];

function shapesDraws(values: Partial<Record<GenerationField, unknown>>): boolean {
  return drawFields.some((name) => name in values);
}

function greedyAtZero(config: GenerationConfig): GenerationConfig {
  return config.temperature === 0 ? { ...config, doSample: false } : config;
}
