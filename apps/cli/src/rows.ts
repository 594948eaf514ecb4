import { z } from "zod";
import type { ChatMessage, GenerateOptions, Prompt } from "@baichuan2/model";

/** Token ids; whether the model has them is for the model to tell. */
export const tokenIds = z.array(z.int());

/** Objects: what is wrong inside them is for the prompt builder to tell, which knows what the original did. */
export const messages = z
  .array(z.record(z.string(), z.unknown()))
  .transform((list) => list as unknown as ChatMessage[]);

/** The keys of a line that say what to continue or to read; exactly one is given. */
export const promptKeys = {
  ids: tokenIds.min(1).optional(),
  prompt: z.string().optional(),
  messages: messages.optional(),
};

type PromptRow = z.infer<z.ZodObject<typeof promptKeys>>;

/** What a line with none or several of `promptKeys` is answered with. */
export const onePromptOnly = { error: "expected exactly one of ids, prompt, messages" };

/** Whether a line has one of `promptKeys`. */
export function hasOnePrompt({ ids, prompt, messages: list }: PromptRow): boolean {
  return [ids, prompt, list].filter((given) => given !== undefined).length === 1;
}

/** The prompt of a line. */
export function toPrompt({ ids, prompt, messages: list }: PromptRow): Prompt {
  if (ids) return { tokenIds: ids };
  return list ? { messages: list } : { text: prompt ?? "" };
}

/** The keys of a line that hold a text to read; exactly one is given. */
export const textKeys = { text: z.string().optional(), ids: tokenIds.min(1).optional() };

type TextRow = z.infer<z.ZodObject<typeof textKeys>>;

/** What a line with none or both of `textKeys` is answered with. */
export const oneTextOnly = { error: "expected exactly one of text, ids" };

/** Whether a line has one of `textKeys`. */
export function hasOneText({ text, ids }: TextRow): boolean {
  return (text === undefined) !== (ids === undefined);
}

/** The text of a line. */
export function toText({ text, ids }: TextRow): Prompt {
  return ids ? { tokenIds: ids } : { text: text ?? "" };
}

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
  n: z.number().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().nullish(),
  prompt_logprobs: z.number().nullish(),
  speculative: z.boolean().nullish(),
};

/** Options of one line; keys it leaves out are undefined. */
export function toGenerationOptions(
  row: z.infer<z.ZodObject<typeof samplingKeys>>,
): GenerateOptions {
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
    n: row.n,
    logprobs: row.logprobs,
    // A line that wants no log-probabilities wants none of the likeliest tokens that the flags ask for either.
    topLogprobs: row.logprobs === false ? (row.top_logprobs ?? 0) : row.top_logprobs,
    promptLogprobs: row.prompt_logprobs,
    speculative: row.speculative ?? undefined,
  };
}
