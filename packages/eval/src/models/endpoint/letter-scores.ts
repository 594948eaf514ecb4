import type { LetterIds } from "../../eval-request.ts";
import { letterSpellings } from "../letter-spellings.ts";

/**
 * Log-probabilities of letters among the alternatives of a token.
 *
 * @param top - Of the next token, by text.
 * @param ask - Finds that of a spelling that is not among them.
 */
export async function letterScores(
  letters: readonly string[],
  ids: LetterIds,
  top: Readonly<Record<string, number>>,
  ask: (spelling: string) => Promise<number>,
): Promise<number[]> {
  const scores: number[] = [];
  for (const letter of letters) {
    const spelled: number[] = [];
    for (const spelling of letterSpellings(letter, ids))
      spelled.push(top[spelling] ?? (await ask(spelling)));
    scores.push(Math.max(...spelled));
  }
  return scores;
}
