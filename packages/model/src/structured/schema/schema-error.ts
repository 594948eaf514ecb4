import { ResponseFormatError } from "../response-format-error.ts";

/** An error at a place of the schema. */
export function schemaError(
  path: string,
  expected: string,
  actual: string,
  hint?: string,
): ResponseFormatError {
  return new ResponseFormatError({ where: "responseFormat.schema", path, expected, actual, hint });
}

/** Path of a part of the schema, as a JSON pointer. */
export function pathOf(parent: string, ...keys: readonly (string | number)[]): string {
  const escaped = keys.map((key) => String(key).replaceAll("~", "~0").replaceAll("/", "~1"));
  return [parent, ...escaped].join("/");
}

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return typeof value === "number" || typeof value === "boolean" ? `${value}` : typeof value;
}
