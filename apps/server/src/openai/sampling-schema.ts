import { z } from "@hono/zod-openapi";
import type { GenerateOptions } from "@baichuan2/model";

const number = (min: number, max: number) => z.number().min(min).max(max).nullish();

/** Most stop strings, as in OpenAI's API. */
const MAX_STOPS = 4;

/** Fields that shape draws, of chats and completions; what is absent or null comes from generation_config.json. */
export const samplingFields = {
  temperature: number(0, 2).openapi({ description: "0: always the most likely token." }),
  top_p: number(0, 1),
  top_k: z.number().int().min(-1).nullish().openapi({ description: "Extension; 0 and -1: all." }),
  min_p: number(0, 1).openapi({ description: "Extension." }),
  repetition_penalty: z.number().positive().nullish().openapi({ description: "Extension." }),
  presence_penalty: number(-2, 2),
  frequency_penalty: number(-2, 2),
  logit_bias: z
    .record(z.string().regex(/^\d+$/, "expected a token id"), z.number().min(-100).max(100))
    .nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(MAX_STOPS)]).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  ignore_eos: z.boolean().nullish().openapi({ description: "Extension." }),
} as const;

/** Fields of OpenAI's that mean nothing for the answer. */
export const silentFields = {
  user: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  store: z.boolean().nullish(),
  service_tier: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.string().nullish(),
  prompt_cache_options: z.record(z.string(), z.unknown()).nullish(),
} as const;

/** How streams are asked for. */
export const streamFields = {
  stream: z.boolean().nullish(),
  stream_options: z
    .strictObject({
      include_usage: z.boolean().nullish(),
      include_obfuscation: z.boolean().nullish(),
    })
    .nullish(),
} as const;

const samplingObject = z.object(samplingFields);

/** Options of a generation; what is absent stays so. */
export function samplingOptions(fields: z.output<typeof samplingObject>): GenerateOptions {
  const { seed, top_k } = fields;
  return {
    temperature: fields.temperature,
    topP: fields.top_p,
    topK: top_k === -1 ? 0 : top_k,
    minP: fields.min_p,
    repetitionPenalty: fields.repetition_penalty,
    presencePenalty: fields.presence_penalty,
    frequencyPenalty: fields.frequency_penalty,
    logitBias: fields.logit_bias,
    seed: seed === null || seed === undefined ? undefined : seedOf(seed),
    stop: fields.stop,
    n: fields.n,
    ignoreEos: fields.ignore_eos,
  };
}

/** OpenAI's seeds have 64 bits and a sign, ours 32: equal ones stay equal. */
function seedOf(seed: number): number {
  return Number(BigInt.asUintN(32, BigInt(seed)));
}
