/**
 * A set of Unicode characters as ranges: `[first, last, first, last, …]`, ascending, not touching, without surrogates.
 */
export type CodePointSet = readonly number[];

/** Largest Unicode code point. */
export const MAX_CODE_POINT = 0x10ffff;

const SURROGATES = [0xd800, 0xdfff] as const;

/** Every character that UTF-8 can write. */
export const allCodePoints: CodePointSet = [
  0,
  SURROGATES[0] - 1,
  SURROGATES[1] + 1,
  MAX_CODE_POINT,
];

/** The set of some ranges in any order, which may overlap; surrogates are left out. */
export function codePointSet(ranges: readonly (readonly [number, number])[]): CodePointSet {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [first, last] of sorted) {
    const end = merged.at(-1);
    if (end !== undefined && first <= end + 1) merged[merged.length - 1] = Math.max(end, last);
    else merged.push(first, last);
  }
  return intersectSets(merged, allCodePoints);
}

/** Characters of both sets. */
export function intersectSets(a: CodePointSet, b: CodePointSet): CodePointSet {
  const common: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const first = Math.max(a[i] as number, b[j] as number);
    const last = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (first <= last) common.push(first, last);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return common;
}

/** Characters of any of the sets. */
export function uniteSets(sets: readonly CodePointSet[]): CodePointSet {
  const [only] = sets;
  if (only !== undefined && sets.length === 1) return only;
  return codePointSet(sets.flatMap((set) => [...rangesOf(set)]));
}

/** Characters that are not in the set. */
export function complementSet(set: CodePointSet): CodePointSet {
  const others: [number, number][] = [];
  let next = 0;
  for (const [first, last] of rangesOf(set)) {
    if (first > next) others.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= MAX_CODE_POINT) others.push([next, MAX_CODE_POINT]);
  return codePointSet(others);
}

/** The ranges of a set one by one. */
export function* rangesOf(set: CodePointSet): Generator<readonly [number, number]> {
  for (let i = 0; i < set.length; i += 2) yield [set[i] as number, set[i + 1] as number];
}

/** Whether the character is in the set. */
export function isInSet(set: CodePointSet, codePoint: number): boolean {
  for (let i = 0; i < set.length; i += 2)
    if (codePoint <= (set[i + 1] as number)) return codePoint >= (set[i] as number);
  return false;
}
