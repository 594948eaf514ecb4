import { z } from "zod";
import type { ChatMessage, GenerationOptions } from "@baichuan2/model";

/** Token ids; whether the model has them is for the model to tell. */
export const tokenIds = z.array(z.int());

/** Objects: what is wrong inside them is for the prompt builder to tell, which knows what the original did. */
export const messages = z
  .array(z.record(z.string(), z.unknown()))
  .transform((list) => list as unknown as ChatMessage[]);

/** The keys of a line that say how to generate, as OpenAI's API and transformers spell them. */
export const samplingKeys = {
  max_new_tokens: z.number().nullish(),
  do_sample: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_k: z.number().nullish(),
  top_p: z.number().nullish(),
  min_p: z.number().nullish(),
  typical_p: z.number().nullish(),
  repetition_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  no_repeat_ngram_size: z.number().nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  seed: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  ignore_eos: z.boolean().nullish(),
};

/** Options of one line; keys it leaves out are undefined. */
export function toGenerationOptions(
  row: z.infer<z.ZodObject<typeof samplingKeys>>,
): GenerationOptions {
  return {
    maxNewTokens: row.max_new_tokens,
    doSample: row.do_sample,
    temperature: row.temperature,
    topK: row.top_k,
    topP: row.top_p,
    minP: row.min_p,
    typicalP: row.typical_p,
    repetitionPenalty: row.repetition_penalty,
    presencePenalty: row.presence_penalty,
    frequencyPenalty: row.frequency_penalty,
    noRepeatNgramSize: row.no_repeat_ngram_size,
    logitBias: row.logit_bias,
    seed: row.seed,
    stop: row.stop,
    ignoreEos: row.ignore_eos,
  };
}
