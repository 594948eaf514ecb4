import { anything, commonTypes, type Conjunct, type JsonType, type SchemaAt } from "./conjunct.ts";
import { KeywordReader, type Keywords } from "./keyword-reader.ts";
import { kindOf, pathOf, schemaError } from "./schema-error.ts";

/** Keywords that say nothing about which values are valid. */
const ANNOTATIONS = new Set([
  "$comment",
  "$defs",
  "$id",
  "$schema",
  "contentEncoding",
  "contentMediaType",
  "default",
  "definitions",
  "deprecated",
  "description",
  "example",
  "examples",
  "readOnly",
  "title",
  "writeOnly",
]);

/** Keywords that combine schemas; the reader of schemas follows them. */
export const COMBINERS = ["$ref", "allOf", "anyOf", "oneOf"] as const;

/** Keywords that are held to here. */
const SUPPORTED = new Set<string>([
  ...COMBINERS,
  "additionalProperties",
  "const",
  "enum",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "format",
  "items",
  "maxItems",
  "maxLength",
  "maximum",
  "minItems",
  "minLength",
  "minimum",
  "pattern",
  "prefixItems",
  "properties",
  "propertyNames",
  "required",
  "type",
]);

/** Keywords that demand nothing with this value. */
const HARMLESS: Keywords = { minProperties: 0, multipleOf: 1, uniqueItems: false, nullable: false };

/** Keywords that matter, of a schema that is an object. @throws {ResponseFormatError} for a keyword that is not held to. */
export function keywordsOf({ schema, path }: SchemaAt): Keywords {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    throw schemaError(path, "a schema: an object, true or false", kindOf(schema));
  const entries = Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.has(keyword));
  const unsupported = entries.find(
    ([keyword, value]) => !SUPPORTED.has(keyword) && HARMLESS[keyword] !== value,
  );
  if (unsupported !== undefined)
    throw schemaError(
      pathOf(path, unsupported[0]),
      `keywords that can be held to while a text is written`,
      JSON.stringify(unsupported[0].slice(0, 60)),
      "leave it out and check the result, or say it with supported keywords",
    );
  return Object.fromEntries(entries);
}

/** What the keywords themselves demand, those in `COMBINERS` aside. */
export function conjunctOf(keywords: Keywords, path: string): Conjunct {
  const read = new KeywordReader(keywords, path);
  const integral = keywords["multipleOf"] === 1 ? new Set<JsonType>(["integer"]) : undefined;
  const base = anything(path);
  const schemaList = (keyword: string): readonly SchemaAt[] =>
    keywords[keyword] === undefined ? [] : [read.schema(keyword)];
  return {
    ...base,
    types: commonTypes(read.types(), integral),
    values: read.values(),
    minLength: read.count("minLength") ?? 0,
    maxLength: read.count("maxLength") ?? Infinity,
    patterns: read.text("pattern"),
    formats: read.text("format"),
    lower: read.bound("minimum", "exclusiveMinimum", 1),
    upper: read.bound("maximum", "exclusiveMaximum", -1),
    prefixItems: read.list("prefixItems").map((each) => [each]),
    items: schemaList("items"),
    minItems: read.count("minItems") ?? 0,
    maxItems: read.count("maxItems") ?? Infinity,
    properties: read.properties(),
    required: read.required(),
    additional:
      keywords["additionalProperties"] === undefined
        ? undefined
        : schemaList("additionalProperties"),
    propertyNames: schemaList("propertyNames"),
  };
}
