/** Length of the outputs that scorers have to bear: more than any model writes. */
const CHARACTERS = 2 ** 20;

/** A megabyte of a text over and over. */
export function megabyteOf(text: string): string {
  return text.repeat(Math.ceil(CHARACTERS / text.length)).slice(0, CHARACTERS);
}

/** How long a scorer may take over one; a search that goes back over what it has read takes hours. */
export const HOSTILE_MS = 5000;
