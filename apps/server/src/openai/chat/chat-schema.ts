import { z } from "@hono/zod-openapi";
import { formatFields } from "../response-format.ts";
import { samplingFields, silentFields, streamFields } from "../sampling-schema.ts";
import { messagesSchema } from "./messages-schema.ts";
import { toolFields } from "./tools-schema.ts";

const tokens = z.number().int().min(1).nullish();

/** The body of `/v1/chat/completions`. */
export const chatSchema = z
  .strictObject({
    model: z.string(),
    messages: messagesSchema,
    max_tokens: tokens,
    max_completion_tokens: tokens,
    logprobs: z.boolean().nullish(),
    top_logprobs: z.number().int().min(0).max(20).nullish(),
    modalities: z.array(z.literal("text", "expected text: the model says nothing else")).nullish(),
    ...samplingFields,
    ...formatFields,
    ...toolFields,
    ...streamFields,
    ...silentFields,
  })
  .openapi("ChatCompletionRequest");

/** A request for the next message of a conversation. */
export type ChatRequest = z.output<typeof chatSchema>;
