import type { LetterIds } from "../eval-request.ts";

/** Texts of the tokens that stand for a letter. */
export function letterSpellings(letter: string, ids: LetterIds): readonly string[] {
  return { bare: [letter], spaced: [` ${letter}`], both: [letter, ` ${letter}`] }[ids];
}
