import { Option, type Command } from "commander";
import {
  normalizeResponseFormat,
  ResponseFormatError,
  type ResponseFormat,
} from "@baichuan2/model";
import { z } from "zod";
import { UsageError } from "./exit-codes.ts";
import type { Cli } from "./io.ts";
import type { Translate } from "./messages/translate.ts";
import { collect } from "./sampling-options.ts";
import { readTextFile } from "./text-input.ts";

/** What the flags that say what a text must be leave in a command's options. */
export interface FormatFlags {
  readonly jsonSchema?: string;
  readonly regex?: string;
  readonly choice?: string[];
}

/** Adds `--json-schema`, `--regex` and `--choice`, of which one may be given. */
export function addFormatOptions(command: Command, t: Translate): Command {
  return command
    .addOption(
      new Option("--json-schema <file>", t("option.jsonSchema")).conflicts(["regex", "choice"]),
    )
    .addOption(new Option("--regex <pattern>", t("option.regex")).conflicts("choice"))
    .option("--choice <text>", t("option.choice"), collect);
}

/**
 * The format that the flags ask for, checked.
 *
 * @throws {UsageError} if the file cannot be read, or the format cannot be held to.
 */
export async function readFormat(
  cli: Cli,
  { jsonSchema, regex, choice }: FormatFlags,
): Promise<ResponseFormat | undefined> {
  if (jsonSchema !== undefined) {
    const schema = parseSchema(cli, jsonSchema, await readTextFile(cli, jsonSchema));
    return checkFormat({ type: "json_schema", schema });
  }
  if (regex !== undefined) return checkFormat({ type: "regex", pattern: regex });
  return choice && checkFormat({ type: "choice", choices: choice });
}

function parseSchema({ t }: Cli, path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(t("error.schemaFile", { path, reason }), { cause });
  }
}

function checkFormat(format: ResponseFormat): ResponseFormat {
  try {
    return normalizeResponseFormat(format);
  } catch (cause) {
    if (!(cause instanceof ResponseFormatError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

const schema = z.union([z.record(z.string(), z.unknown()), z.boolean()]);

/** The keys of a line that say what a text must be: `response_format` as OpenAI's API has it, `structured_outputs` as vLLM's. */
export const formatKeys = {
  response_format: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text") }),
      z.strictObject({ type: z.literal("json_object") }),
      z.strictObject({
        type: z.literal("json_schema"),
        // Beside the schema OpenAI has a name, a description and `strict`: always so here.
        json_schema: z.object({ schema }),
      }),
    ])
    .nullish(),
  structured_outputs: z
    .union(
      [
        z.strictObject({ json: schema }),
        z.strictObject({ json_object: z.literal(true) }),
        z.strictObject({ regex: z.string() }),
        z.strictObject({ choice: z.array(z.string()) }),
      ],
      { error: "expected one of json, json_object, regex, choice" },
    )
    .nullish(),
};

type FormatRow = z.infer<z.ZodObject<typeof formatKeys>>;

/** Whether a line has no more than one of the keys. */
export function hasOneFormat({
  response_format: one,
  structured_outputs: other,
}: FormatRow): boolean {
  return !one || !other;
}

/**
 * What a line says of its format.
 *
 * @returns nothing where it says nothing; an undefined format where it asks for any text.
 */
export function toFormat({ response_format: format, structured_outputs: outputs }: FormatRow): {
  readonly responseFormat?: ResponseFormat | undefined;
} {
  if (format?.type === "text") return { responseFormat: undefined };
  if (format?.type === "json_object") return { responseFormat: { type: "json_object" } };
  if (format) return { responseFormat: { type: "json_schema", schema: format.json_schema.schema } };
  if (!outputs) return {};
  if ("json" in outputs) return { responseFormat: { type: "json_schema", schema: outputs.json } };
  if ("regex" in outputs) return { responseFormat: { type: "regex", pattern: outputs.regex } };
  if ("choice" in outputs) return { responseFormat: { type: "choice", choices: outputs.choice } };
  return { responseFormat: { type: "json_object" } };
}
