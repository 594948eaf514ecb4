import { textAutomaton } from "../language/text-automaton.ts";
import type { Terms } from "../language/terms.ts";
import { canonicalJson } from "./canonical-json.ts";
import {
  commonTypes,
  type Conjunct,
  type JsonType,
  JSON_TYPES,
  propertySchemas,
  type SchemaAt,
} from "./conjunct.ts";
import { isWithin } from "./number-language.ts";
import { isValidString, stringLanguage } from "./string-language.ts";

/** How deep properties are compared: a discriminator lies near the root. */
const MAX_COMPARED_LEVELS = 3;

/** Gives the alternatives of schemas that must all hold. */
export type ReadAlternatives = (schemas: readonly SchemaAt[]) => readonly Conjunct[];

/** Whether two conjuncts surely have no value in common; `false` where that is not plain. */
export function isDisjoint(
  terms: Terms,
  read: ReadAlternatives,
  a: Conjunct,
  b: Conjunct,
  levels = MAX_COMPARED_LEVELS,
): boolean {
  if (a.values !== undefined || b.values !== undefined) return haveOtherValues(terms, a, b);
  const common = commonTypes(a.types, b.types) ?? new Set(JSON_TYPES);
  const areDisjoint = (first: readonly SchemaAt[], second: readonly SchemaAt[]): boolean =>
    levels > 0 &&
    read(first).every((x) => read(second).every((y) => isDisjoint(terms, read, x, y, levels - 1)));
  return [...common].every((type) => isDisjointIn(type, terms, a, b, areDisjoint));
}

function isDisjointIn(
  type: JsonType,
  terms: Terms,
  a: Conjunct,
  b: Conjunct,
  areDisjoint: (first: readonly SchemaAt[], second: readonly SchemaAt[]) => boolean,
): boolean {
  switch (type) {
    case "null":
    case "boolean":
      return false;
    case "integer":
    case "number":
      return isApart(a, b) || isApart(b, a);
    case "string": {
      const both = terms.both([stringLanguage(terms, a), stringLanguage(terms, b)]);
      return textAutomaton(terms, both) === undefined;
    }
    case "array": {
      if (a.maxItems < b.minItems || b.maxItems < a.minItems) return true;
      const shared = Math.max(a.minItems, b.minItems);
      const length = Math.min(shared, Math.max(a.prefixItems.length, b.prefixItems.length));
      return Array.from({ length }, (_, index) => index).some((index) =>
        areDisjoint(a.prefixItems[index] ?? a.items, b.prefixItems[index] ?? b.items),
      );
    }
    case "object": {
      const names = new Set([...a.required, ...b.required]);
      return [...names].some((name) =>
        areDisjoint(propertySchemas(a, name), propertySchemas(b, name)),
      );
    }
  }
}

function haveOtherValues(terms: Terms, a: Conjunct, b: Conjunct): boolean {
  if (a.values !== undefined && b.values !== undefined) {
    const known = new Set(a.values.map(canonicalJson));
    return b.values.every((value) => !known.has(canonicalJson(value)));
  }
  const values = a.values ?? b.values ?? [];
  const other = a.values === undefined ? a : b;
  return values.every((value) => !mayBeValid(terms, other, value));
}

/** Whether every number of `a` is below every one of `b`. */
function isApart({ upper }: Conjunct, { lower }: Conjunct): boolean {
  if (upper === undefined || lower === undefined) return false;
  if (upper.value === lower.value) return upper.isExclusive || lower.isExclusive;
  return upper.value < lower.value;
}

/** Whether a value meets the demands of a conjunct; arrays and objects are looked at from outside only. */
export function mayBeValid(terms: Terms, conjunct: Conjunct, value: unknown): boolean {
  const types = commonTypes(conjunct.types, new Set([typeOf(value)]));
  if (types?.size === 0) return false;
  if (typeof value === "string") return isValidString(terms, conjunct, value);
  return typeof value !== "number" || isWithin(conjunct, value);
}

function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value as JsonType;
}
