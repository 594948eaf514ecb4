/**
 * Finds the letter in a generated answer: the first capital of the given ones that is no part of a word.
 *
 * @param letters - `ABCD`.
 */
export function firstLetter(letters: string): (text: string) => string | null {
  const standing = new RegExp(`(?<![A-Za-z])[${letters}](?![A-Za-z])`);
  return (text) => standing.exec(text)?.[0] ?? null;
}
