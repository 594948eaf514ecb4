import { z } from "@hono/zod-openapi";
import { silentFields } from "../sampling-schema.ts";

const breakpoint = { prompt_cache_breakpoint: z.unknown().optional() };
const inputText = z.strictObject({
  type: z.literal("input_text"),
  text: z.string(),
  ...breakpoint,
});
const inputJson = z.strictObject({
  type: z.literal("input_json"),
  data: z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]),
});
const outputText = z.strictObject({ type: z.literal("output_text"), text: z.string() });
const refusal = z.strictObject({ type: z.literal("refusal"), refusal: z.string() });
const part = z.discriminatedUnion(
  "type",
  [inputText, inputJson],
  "expected input_text or input_json: the model reads nothing else",
);
const said = z.discriminatedUnion("type", [outputText, refusal]);

const message = z.discriminatedUnion("role", [
  z.strictObject({
    type: z.literal("message").optional(),
    role: z.literal("user"),
    content: z.union([z.string(), z.array(part)]),
  }),
  z.strictObject({
    type: z.literal("message").optional(),
    role: z.enum(["developer", "system"]),
    content: z.union([z.string(), z.array(inputText)]),
  }),
  z.strictObject({
    type: z.literal("message").optional(),
    role: z.literal("assistant"),
    content: z.union([z.string(), z.array(said)]),
    phase: z.string().nullish(),
  }),
]);

const callFields = { call_id: z.string(), id: z.string().nullish(), status: z.string().nullish() };
const functionCall = z.strictObject({
  type: z.literal("function_call"),
  name: z.string(),
  arguments: z.string(),
  namespace: z.string().nullish(),
  ...callFields,
});
const customCall = z.strictObject({
  type: z.literal("custom_tool_call"),
  name: z.string(),
  input: z.string(),
  namespace: z.string().nullish(),
  ...callFields,
});
const callOutput = z.strictObject({
  type: z.enum(["function_call_output", "custom_tool_call_output"]),
  output: z.union([z.string(), z.array(inputText)]),
  ...callFields,
});

const instructions = z.union([z.string(), z.array(part)]);
const name = z.string().optional();

const question = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("predicate"), name, instructions }),
  z.strictObject({
    type: z.literal("choice"),
    name,
    instructions,
    choices: z
      .array(
        z.strictObject({
          value: z.union([z.string(), z.boolean()]),
          description: z.string().optional(),
        }),
      )
      .min(2)
      .max(255),
  }),
  z.strictObject({
    type: z.literal("score"),
    name,
    instructions,
    levels: z
      .array(z.strictObject({ label: z.string(), description: z.string().optional() }))
      .min(2)
      .max(255),
  }),
]);

/** The body of `/v1/decisions`. */
export const decisionsSchema = z
  .strictObject({
    model: z.string(),
    input: z.union([
      z.string(),
      z.array(z.union([message, functionCall, customCall, callOutput])).min(1),
    ]),
    questions: z.array(question).min(1).max(400),
    safety_identifier: silentFields.safety_identifier,
    prompt_cache_key: silentFields.prompt_cache_key,
    prompt_cache_options: silentFields.prompt_cache_options,
  })
  .openapi("DecisionsRequest");

/** A request for decisions. */
export type DecisionsRequest = z.output<typeof decisionsSchema>;

/** One of its questions. */
export type Question = DecisionsRequest["questions"][number];
