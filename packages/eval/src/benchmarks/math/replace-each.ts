/** Texts, and what stands in their place, in this order. */
export type Replacements = readonly (readonly [string, string])[];

/** Replaces one after the other, each wherever it stands. */
export function replaceEach(text: string, replacements: Replacements): string {
  return replacements.reduce((left, [from, to]) => left.replaceAll(from, () => to), text);
}
