import { MAX_CHOICES } from "../limits.ts";
import {
  type Conjunct,
  JSON_TYPES,
  type JsonType,
  type SchemaAt,
  type TextConstraint,
} from "./conjunct.ts";
import { kindOf, pathOf, schemaError } from "./schema-error.ts";

/** A schema that is an object, by keyword. */
export type Keywords = Readonly<Record<string, unknown>>;

/** The schemas of `allOf`, `anyOf`, `oneOf` or `prefixItems`. @throws {ResponseFormatError} if it is not a list. */
export function schemaList(keywords: Keywords, keyword: string, path: string): SchemaAt[] {
  const value = keywords[keyword];
  const place = pathOf(path, keyword);
  if (!Array.isArray(value) || value.length === 0)
    throw schemaError(place, "a list of at least one schema", kindOf(value));
  return value.map((schema: unknown, index) => ({ schema, path: pathOf(place, index) }));
}

/** Reads the values of keywords; throws a {@link ResponseFormatError} for those of a wrong kind. */
export class KeywordReader {
  readonly #keywords: Keywords;
  readonly #path: string;

  constructor(keywords: Keywords, path: string) {
    this.#keywords = keywords;
    this.#path = path;
  }

  /** The schema of a keyword. */
  schema(keyword: string): SchemaAt {
    return { schema: this.#keywords[keyword], path: pathOf(this.#path, keyword) };
  }

  list(keyword: string): SchemaAt[] {
    return this.#keywords[keyword] === undefined
      ? []
      : schemaList(this.#keywords, keyword, this.#path);
  }

  types(): ReadonlySet<JsonType> | undefined {
    const type = this.#keywords["type"];
    if (type === undefined) return undefined;
    const names: unknown[] = Array.isArray(type) ? type : [type];
    const bad = names.find((name) => !JSON_TYPES.includes(name as JsonType));
    if (bad !== undefined || names.length === 0)
      throw this.#bad("type", `${JSON_TYPES.join(", ")}, or a list of them`, bad);
    return new Set(names as JsonType[]);
  }

  values(): readonly unknown[] | undefined {
    const { enum: list, const: value } = this.#keywords;
    if (
      list !== undefined &&
      (!Array.isArray(list) || list.length === 0 || list.length > MAX_CHOICES)
    )
      throw this.#bad("enum", `a list of 1 to ${MAX_CHOICES} values`, list);
    const values = list as unknown[] | undefined;
    if (!Object.hasOwn(this.#keywords, "const")) return values;
    if (values === undefined) return [value];
    throw this.#bad("const", "const without enum beside it", value);
  }

  count(keyword: string): number | undefined {
    const value = this.#keywords[keyword];
    if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0))
      return value as number | undefined;
    throw this.#bad(keyword, "a whole number from 0", value);
  }

  text(keyword: string): TextConstraint[] {
    const value = this.#keywords[keyword];
    if (value === undefined) return [];
    if (typeof value !== "string") throw this.#bad(keyword, "a text", value);
    return [{ text: value, path: pathOf(this.#path, keyword) }];
  }

  bound(inclusive: string, exclusive: string, sign: number): Conjunct["lower"] {
    const [value, limit] = [this.#number(inclusive), this.#number(exclusive)];
    if (limit === undefined) return value === undefined ? undefined : { value, isExclusive: false };
    if (value !== undefined && (value - limit) * sign > 0) return { value, isExclusive: false };
    return { value: limit, isExclusive: true };
  }

  properties(): ReadonlyMap<string, readonly SchemaAt[]> {
    const value = this.#keywords["properties"];
    if (value === undefined) return new Map();
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.#bad("properties", "an object of schemas", value);
    const place = pathOf(this.#path, "properties");
    return new Map(
      Object.entries(value).map(([name, schema]) => [
        name,
        [{ schema, path: pathOf(place, name) }],
      ]),
    );
  }

  required(): ReadonlySet<string> {
    const value = this.#keywords["required"] ?? [];
    if (Array.isArray(value) && value.every((name) => typeof name === "string"))
      return new Set(value as string[]);
    throw this.#bad("required", "a list of names", value);
  }

  #number(keyword: string): number | undefined {
    const value = this.#keywords[keyword];
    if (value === undefined || Number.isFinite(value)) return value as number | undefined;
    throw this.#bad(keyword, "a number", value);
  }

  #bad(keyword: string, expected: string, value: unknown): Error {
    return schemaError(pathOf(this.#path, keyword), expected, kindOf(value));
  }
}
