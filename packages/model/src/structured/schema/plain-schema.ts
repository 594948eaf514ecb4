import { MAX_SCHEMA_CHARACTERS, MAX_SCHEMA_DEPTH } from "../limits.ts";
import { ResponseFormatError } from "../response-format-error.ts";

/** The part of a Standard Schema that matters here. @see https://standardschema.dev/json-schema */
interface StandardFacts {
  readonly vendor?: unknown;
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => unknown };
}

/**
 * The schema as plain JSON; of a Standard Schema the JSON Schema of its input, for a generated text is yet to be parsed by it.
 *
 * @throws {ResponseFormatError} if it is no schema, too large, or a Standard Schema without `jsonSchema`.
 */
export function plainSchema(schema: unknown): unknown {
  const standard = standardOf(schema);
  const json = standard === undefined ? schema : jsonSchemaOf(standard);
  if (
    typeof json !== "boolean" &&
    (typeof json !== "object" || json === null || Array.isArray(json))
  )
    throw refuse(
      "a JSON Schema object or a Standard Schema",
      Array.isArray(json) ? "an array" : typeof json,
    );
  checkDepth(json, 0);
  const text = JSON.stringify(json);
  if (text.length > MAX_SCHEMA_CHARACTERS)
    throw refuse(`at most ${MAX_SCHEMA_CHARACTERS} characters of JSON`, `${text.length}`);
  return JSON.parse(text);
}

function standardOf(schema: unknown): StandardFacts | undefined {
  // Some vendors' schemas are functions.
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) return;
  const standard = (schema as { "~standard"?: unknown })["~standard"];
  return typeof standard === "object" && standard !== null ? standard : undefined;
}

function jsonSchemaOf({ vendor, jsonSchema }: StandardFacts): unknown {
  const name = typeof vendor === "string" ? vendor : "an unknown vendor";
  if (typeof jsonSchema?.input !== "function")
    throw refuse(
      "a Standard Schema that tells its JSON Schema",
      `one of ${name} without ~standard.jsonSchema`,
      "pass a JSON Schema, e.g. z.toJSONSchema(schema), or use zod 4.2 or later",
    );
  try {
    return jsonSchema.input({ target: "draft-2020-12" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = "leave out what JSON Schema cannot say, e.g. dates and transforms";
    throw refuse(`a schema that ${name} can write as JSON Schema`, reason, hint, cause);
  }
}

function checkDepth(value: unknown, depth: number): void {
  if (depth > MAX_SCHEMA_DEPTH) throw refuse(`at most ${MAX_SCHEMA_DEPTH} levels`, "more");
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol")
    throw refuse("a schema of plain JSON", `a ${typeof value}`);
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) checkDepth(inner, depth + 1);
}

function refuse(
  expected: string,
  actual: string,
  hint?: string,
  cause?: unknown,
): ResponseFormatError {
  return new ResponseFormatError({
    where: "responseFormat.schema",
    path: "#",
    expected,
    actual,
    hint,
    cause,
  });
}
