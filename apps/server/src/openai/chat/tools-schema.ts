import { z } from "@hono/zod-openapi";

const functionName = z.string().regex(/^[\w-]{1,64}$/, "expected 1 to 64 letters, digits, _ or -");

const tool = z.strictObject({
  type: z.literal("function", "expected a tool of type function"),
  function: z.strictObject({
    name: functionName,
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
});

/** What the model may call. */
export const toolFields = {
  tools: z.array(tool).max(128).nullish().openapi({
    description:
      "Functions that the answer may call. Baichuan2 was not trained to call any: calls are well formed because a grammar forces them, not because the model knows better.",
  }),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({ name: z.string() }),
      }),
    ])
    .nullish(),
  parallel_tool_calls: z
    .boolean()
    .nullish()
    .openapi({ description: "An answer makes one call at most." }),
} as const;

/** A function that the model may call. */
export type ToolFunction = z.output<typeof tool>["function"];

const toolObject = z.object(toolFields);

/** The fields of a request that are about tools. */
export type ToolFields = z.output<typeof toolObject>;
