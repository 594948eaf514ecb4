import { canonicalJson } from "./canonical-json.ts";

/** A schema and where it stands. */
export interface SchemaAt {
  readonly schema: unknown;
  /** JSON pointer, e.g. `#/properties/age`. */
  readonly path: string;
}

/** Types of JSON Schema; every integer is a number too. */
export const JSON_TYPES = [
  "null",
  "boolean",
  "integer",
  "number",
  "string",
  "array",
  "object",
] as const;

/** One of {@link JSON_TYPES}. */
export type JsonType = (typeof JSON_TYPES)[number];

/** A limit of numbers. */
export interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
}

/** A pattern or format and where it stands. */
export interface TextConstraint {
  readonly text: string;
  readonly path: string;
}

/** Demands that a value must meet all of; lists of schemas mean each of them, empty ones nothing. */
export interface Conjunct {
  /** Where the first of them stands. */
  readonly path: string;
  /** undefined: any. */
  readonly types: ReadonlySet<JsonType> | undefined;
  /** The values of `enum` and `const`; undefined: any. */
  readonly values: readonly unknown[] | undefined;
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly TextConstraint[];
  readonly formats: readonly TextConstraint[];
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly prefixItems: readonly (readonly SchemaAt[])[];
  readonly items: readonly SchemaAt[];
  readonly minItems: number;
  readonly maxItems: number;
  readonly properties: ReadonlyMap<string, readonly SchemaAt[]>;
  readonly required: ReadonlySet<string>;
  /** undefined: nothing is said of other properties. */
  readonly additional: readonly SchemaAt[] | undefined;
  readonly propertyNames: readonly SchemaAt[];
}

/** Demands nothing. */
export function anything(path: string): Conjunct {
  return {
    path,
    types: undefined,
    values: undefined,
    minLength: 0,
    maxLength: Infinity,
    patterns: [],
    formats: [],
    lower: undefined,
    upper: undefined,
    prefixItems: [],
    items: [],
    minItems: 0,
    maxItems: Infinity,
    properties: new Map(),
    required: new Set(),
    additional: undefined,
    propertyNames: [],
  };
}

/** Demands what both demand; undefined if their types or values have nothing in common. */
export function conjoin(a: Conjunct, b: Conjunct): Conjunct | undefined {
  const types = commonTypes(a.types, b.types);
  const values = commonValues(a.values, b.values);
  if (types?.size === 0 || values?.length === 0) return undefined;
  const prefixLength = Math.max(a.prefixItems.length, b.prefixItems.length);
  return {
    path: a.path,
    types,
    values,
    minLength: Math.max(a.minLength, b.minLength),
    maxLength: Math.min(a.maxLength, b.maxLength),
    patterns: [...a.patterns, ...b.patterns],
    formats: [...a.formats, ...b.formats],
    lower: tighter(a.lower, b.lower, 1),
    upper: tighter(a.upper, b.upper, -1),
    prefixItems: Array.from({ length: prefixLength }, (_, index) => [
      ...(a.prefixItems[index] ?? a.items),
      ...(b.prefixItems[index] ?? b.items),
    ]),
    items: [...a.items, ...b.items],
    minItems: Math.max(a.minItems, b.minItems),
    maxItems: Math.min(a.maxItems, b.maxItems),
    properties: commonProperties(a, b),
    required: new Set([...a.required, ...b.required]),
    additional:
      a.additional === undefined && b.additional === undefined
        ? undefined
        : [...(a.additional ?? []), ...(b.additional ?? [])],
    propertyNames: [...a.propertyNames, ...b.propertyNames],
  };
}

/** The schemas of a property: its own, or those of additional properties. */
export function propertySchemas(conjunct: Conjunct, name: string): readonly SchemaAt[] {
  return conjunct.properties.get(name) ?? conjunct.additional ?? [];
}

function commonProperties(a: Conjunct, b: Conjunct): Conjunct["properties"] {
  const names = new Set([...a.properties.keys(), ...b.properties.keys()]);
  return new Map(
    [...names].map((name) => [name, [...propertySchemas(a, name), ...propertySchemas(b, name)]]),
  );
}

/** Types of both; a number and an integer have the integer in common. */
export function commonTypes(a: Conjunct["types"], b: Conjunct["types"]): Conjunct["types"] {
  if (a === undefined || b === undefined) return a ?? b;
  const has = (types: ReadonlySet<JsonType>, type: JsonType): boolean =>
    types.has(type) || (type === "integer" && types.has("number"));
  return new Set(JSON_TYPES.filter((type) => has(a, type) && has(b, type)));
}

function commonValues(a: Conjunct["values"], b: Conjunct["values"]): Conjunct["values"] {
  if (a === undefined || b === undefined) return a ?? b;
  const known = new Set(b.map(canonicalJson));
  return a.filter((value) => known.has(canonicalJson(value)));
}

/** The tighter of two bounds; `sign` is 1 for lower, -1 for upper ones. */
function tighter(a: Bound | undefined, b: Bound | undefined, sign: number): Bound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.value === b.value) return a.isExclusive ? a : b;
  return (a.value - b.value) * sign > 0 ? a : b;
}
