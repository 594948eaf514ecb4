import { z } from "@hono/zod-openapi";
import { formatFields } from "../response-format.ts";
import { samplingFields, silentFields, streamFields } from "../sampling-schema.ts";

const tokenIds = z.array(z.number().int().min(0)).min(1);

/** Most prompts of one request. */
const MAX_PROMPTS = 128;

/** One text or several, each as text or as token ids. */
export function textsSchema(max: number) {
  return z.union([
    z.string(),
    tokenIds,
    z.array(z.string()).min(1).max(max),
    z.array(tokenIds).min(1).max(max),
  ]);
}

/** The body of `/v1/completions`. */
export const completionSchema = z
  .strictObject({
    model: z.string(),
    prompt: textsSchema(MAX_PROMPTS),
    max_tokens: z
      .number()
      .int()
      .min(0)
      .nullish()
      .openapi({ description: "0 with echo: only the log-probabilities of the prompt." }),
    echo: z.boolean().nullish(),
    logprobs: z.number().int().min(0).max(20).nullish(),
    best_of: z.number().int().min(1).max(128).nullish(),
    suffix: z.null("expected none: the model cannot fill in").optional(),
    ...samplingFields,
    ...formatFields,
    ...streamFields,
    ...silentFields,
  })
  .openapi("CompletionRequest");

/** A request to continue texts. */
export type CompletionRequest = z.output<typeof completionSchema>;
