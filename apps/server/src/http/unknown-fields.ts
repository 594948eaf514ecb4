import type { z } from "@hono/zod-openapi";

/** Where a field stands: keys and places in lists. */
export type Path = readonly PropertyKey[];

/** The fields that strict objects did not know; of alternatives those of one that knows all the rest. */
export function unknownFields(issues: readonly z.core.$ZodIssue[], base: Path = []): Path[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...path, key]);
    if (issue.code !== "invalid_union") return [];
    const fitting = issue.errors.find((inner) => inner.length > 0 && inner.every(isAboutUnknown));
    return fitting ? unknownFields(fitting, path) : [];
  });
}

function isAboutUnknown(issue: z.core.$ZodIssue): boolean {
  if (issue.code === "unrecognized_keys") return true;
  return (
    issue.code === "invalid_union" && issue.errors.some((inner) => inner.every(isAboutUnknown))
  );
}

/** A copy of JSON without some fields. */
export function withoutFields(json: unknown, fields: readonly Path[]): unknown {
  const copy = structuredClone(json);
  for (const field of fields) {
    let place: unknown = copy;
    for (const key of field.slice(0, -1)) place = (place as Record<PropertyKey, unknown>)[key];
    delete (place as Record<PropertyKey, unknown>)[field.at(-1) as PropertyKey];
  }
  return copy;
}

/** `messages[0].content`. */
export function paramOf(path: Path): string {
  return path
    .map((key, index) =>
      typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`,
    )
    .join("");
}
