import { z } from "zod";
import { GenerationOptionError } from "./generation-option-error.ts";
import { MAX_SEED } from "./sampling/random.ts";
import { MAX_TOP_LOGPROBS } from "./sampling/token-logprobs.ts";

/** A smaller temperature overflows float32 before it changes any draw. */
const MIN_TEMPERATURE = 1e-5;

/** As in OpenAI's API. */
const MAX_CHOICES = 128;

const tokenId = z.int().min(0);
const penalty = z.number().min(-2).max(2).describe("a number from -2 to 2 (0 is off)");
const alternatives = z
  .int()
  .min(0)
  .max(MAX_TOP_LOGPROBS)
  .describe(`an integer from 0 to ${MAX_TOP_LOGPROBS}`);
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
  typicalP: z.number().gt(0).lte(1).describe("a number above 0 and at most 1 (1 keeps all)"),
  repetitionPenalty: z.number().gt(0).describe("a number above 0 (1 is off)"),
  presencePenalty: penalty,
  frequencyPenalty: penalty,
  logitBias: z
    .record(z.string().regex(/^(?:0|[1-9]\d{0,8})$/), z.number().min(-100).max(100))
    .describe("an object of biases from -100 to 100 by token id"),
  noRepeatNgramSize: z.int().min(0).describe("an integer of at least 0 (0 is off)"),
  seed: z.int().min(0).max(MAX_SEED).describe(`an integer from 0 to ${MAX_SEED}`),
  stop: z
    .union([wellFormed.transform((text) => [text]), z.array(wellFormed)])
    .describe("a non-empty string or a list of them"),
  ignoreEos: z.boolean().describe("true or false"),
  n: z.int().min(1).max(MAX_CHOICES).describe(`an integer from 1 to ${MAX_CHOICES}`),
  logprobs: z.boolean().describe("true or false"),
  topLogprobs: alternatives,
  promptLogprobs: alternatives,
  eosTokenIds: z
    .union([tokenId.transform((id) => [id]), z.array(tokenId).min(1)])
    .describe("a token id or a list of them"),
  padTokenId: tokenId.describe("a token id"),
  bosTokenId: tokenId.describe("a token id"),
  userTokenId: tokenId.describe("a token id"),
  assistantTokenId: tokenId.describe("a token id"),
};

/** A field of `GenerationConfig` that a file or a caller can set. */
export type GenerationField = keyof typeof fields;

/**
 * Checks a value and brings it into the form of `GenerationConfig`.
 *
 * @param where - The file, or "generation options".
 * @param spelling - The field as the file or the caller spells it.
 * @throws {GenerationOptionError} if the field cannot have this value.
 */
export function parseGenerationField(
  field: GenerationField,
  value: unknown,
  where: string,
  spelling: string,
): unknown {
  const parsed = fields[field].safeParse(value);
  if (parsed.success) return parsed.data;
  const expected = fields[field].description ?? field;
  const entry = parsed.error.issues[0]?.path[0];
  if (field === "logitBias" && entry !== undefined) {
    // One entry of what may be a thousand.
    const bias = (value as Record<PropertyKey, unknown>)[entry];
    throw new GenerationOptionError(where, `${spelling}[${String(entry)}]`, ENTRY, bias);
  }
  throw new GenerationOptionError(where, spelling, expected, value);
}

const ENTRY = "a bias from -100 to 100 of a token id";
