import { z } from "@hono/zod-openapi";
import type { ResponseFormat } from "@baichuan2/model";
import type { FormatField } from "../engine/generate.ts";
import { invalidRequest } from "../errors/api-error.ts";

/** What an answer must be: OpenAI's `response_format`, and vLLM's `structured_outputs`. */
export const formatFields = {
  response_format: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text") }),
      z.strictObject({ type: z.literal("json_object") }),
      z.strictObject({
        type: z.literal("json_schema"),
        json_schema: z.strictObject({
          name: z.string().min(1).max(64),
          description: z.string().nullish(),
          schema: z.record(z.string(), z.unknown()).optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    ])
    .nullish(),
  structured_outputs: z
    .strictObject({
      json: z.unknown().optional(),
      regex: z.string().optional(),
      choice: z.array(z.string()).optional(),
    })
    .nullish()
    .openapi({ description: "Extension: one of json (a schema), regex, choice." }),
} as const;

const formatObject = z.object(formatFields);

/** What an answer must be, and the field that says so. */
export interface WantedFormat {
  readonly format: ResponseFormat;
  readonly field: FormatField;
}

/** @throws {ApiError} 400 for two formats at once. */
export function responseFormat({
  response_format,
  structured_outputs,
}: z.output<typeof formatObject>): WantedFormat | undefined {
  const wanted: (WantedFormat | undefined)[] = [
    wantedBy("response_format", ofOpenAi(response_format)),
    ...ofVllm(structured_outputs).map((format) => wantedBy("structured_outputs", format)),
  ];
  const [first, second] = wanted.filter((one) => one !== undefined);
  if (second)
    throw invalidRequest("structured_outputs: expected one format, got several", {
      param: "structured_outputs",
    });
  return first;
}

function wantedBy(
  field: FormatField,
  format: ResponseFormat | undefined,
): WantedFormat | undefined {
  return format && { format, field };
}

function ofOpenAi(
  format: z.output<typeof formatObject>["response_format"],
): ResponseFormat | undefined {
  if (!format || format.type === "text") return undefined;
  if (format.type === "json_object") return { type: "json_object" };
  const { schema } = format.json_schema;
  return schema === undefined ? { type: "json_object" } : { type: "json_schema", schema };
}

function ofVllm(
  outputs: z.output<typeof formatObject>["structured_outputs"],
): (ResponseFormat | undefined)[] {
  if (!outputs) return [];
  return [
    outputs.json === undefined ? undefined : { type: "json_schema", schema: outputs.json },
    outputs.regex === undefined ? undefined : { type: "regex", pattern: outputs.regex },
    outputs.choice === undefined ? undefined : { type: "choice", choices: outputs.choice },
  ];
}
