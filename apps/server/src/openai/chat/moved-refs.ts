/**
 * A JSON Schema that has become a part of another one: references to its own root are to the part now.
 *
 * @param place - Where it stands, as `#/…`.
 */
export function withMovedRefs(schema: unknown, place: string): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withMovedRefs(item, place));
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      key === "$ref" && typeof value === "string" && /^#(\/|$)/.test(value)
        ? [key, place + value.slice(1)]
        : [key, withMovedRefs(value, place)],
    ),
  );
}
