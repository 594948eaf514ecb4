/** Length of the outputs that scorers have to bear: more than any model writes. */
const CHARACTERS = 2 ** 20;

/** A megabyte of a text over and over. */
export function megabyteOf(text: string): string {
  return text.repeat(Math.ceil(CHARACTERS / text.length)).slice(0, CHARACTERS);
}

/** How long a scorer may take over one, also on a busy machine: a second is much, and a search that goes back takes hours. */
export const HOSTILE_MS = 30_000;

/** Ends a script, a comment and an attribute, and begins new ones. */
export const HOSTILE = `</script><script>alert(1)</script><!--<img src=x onerror="alert(2)">'"&amp;`;

/** What breaks tables, fences and lines of Markdown, and sheets. */
export const HOSTILE_TABLE = "=1+1|`*_[x](javascript:alert(1))\r\n# title\\|<b>";

/** A lone surrogate, NUL, a mark that turns the direction of writing, line separators, and a byte order mark. */
export const HOSTILE_CHARACTERS = "\ud800\u0000\u202eabc\u2028\u2029\ufeff";

/** 1 MB, which ends the script at its end. */
export const HOSTILE_MEGABYTE = `${"</script>\n".repeat(100_000)}${HOSTILE}`;
