import { closest, distance } from "fastest-levenshtein";

/** Names that differ in more than this share of their letters mean something else. */
const MAX_DIFFERENCE = 0.4;

/** The known name that somebody who wrote another one most likely meant; `undefined` if none is near. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const near = closest(written, known);
  const isNear = distance(written, near) <= MAX_DIFFERENCE * Math.max(written.length, near.length);
  return isNear ? near : undefined;
}
