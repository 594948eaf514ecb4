import { z } from "@hono/zod-openapi";

const textPart = z.strictObject({
  type: z.literal("text", "expected a part of type text: the model reads nothing else"),
  text: z.string(),
});
const refusalPart = z.strictObject({ type: z.literal("refusal"), refusal: z.string() });

const text = z.union([z.string(), z.array(textPart).min(1)]);
const answer = z.union([
  z.string(),
  z.array(z.discriminatedUnion("type", [textPart, refusalPart])),
]);

const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

/** A conversation, as OpenAI's API has it. */
export const messagesSchema = z
  .array(
    z.discriminatedUnion("role", [
      z.strictObject({ role: z.literal("system"), content: text, name: z.string().optional() }),
      z.strictObject({ role: z.literal("developer"), content: text, name: z.string().optional() }),
      z.strictObject({ role: z.literal("user"), content: text, name: z.string().optional() }),
      z.strictObject({
        role: z.literal("assistant"),
        content: answer.nullish(),
        refusal: z.string().nullish(),
        name: z.string().optional(),
        tool_calls: z.array(toolCall).nullish(),
      }),
      z.strictObject({ role: z.literal("tool"), content: text, tool_call_id: z.string() }),
    ]),
  )
  .min(1)
  .openapi({ description: "The conversation so far; the oldest rounds go where it does not fit." });

/** A message of a conversation. */
export type RequestMessage = z.output<typeof messagesSchema>[number];
