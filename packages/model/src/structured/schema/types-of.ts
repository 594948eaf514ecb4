import { type Conjunct, JSON_TYPES, type JsonType } from "./conjunct.ts";

/** Types that a conjunct allows; without `type` those that its keywords are about, if they are of one. */
export function typesOf(conjunct: Conjunct): readonly JsonType[] {
  if (conjunct.types === undefined) {
    const used = usedTypes(conjunct);
    return used.length === 1 ? used : JSON_TYPES.filter((type) => type !== "integer");
  }
  const { types } = conjunct;
  return [...types].filter((type) => type !== "integer" || !types.has("number"));
}

/** Types that the keywords of a conjunct are about. */
export function usedTypes(conjunct: Conjunct): JsonType[] {
  const { minLength, maxLength, patterns, formats, lower, upper } = conjunct;
  const {
    prefixItems,
    items,
    minItems,
    maxItems,
    properties,
    required,
    additional,
    propertyNames,
  } = conjunct;
  const isUsed: [JsonType, boolean][] = [
    ["string", minLength > 0 || maxLength < Infinity || patterns.length + formats.length > 0],
    ["number", lower !== undefined || upper !== undefined],
    ["array", prefixItems.length + items.length + minItems > 0 || maxItems < Infinity],
    [
      "object",
      properties.size + required.size + propertyNames.length > 0 || additional !== undefined,
    ],
  ];
  return isUsed.filter(([, used]) => used).map(([type]) => type);
}
