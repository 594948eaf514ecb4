/**
 * Python's idea of texts, where it differs from JavaScript's and a score hangs on it.
 *
 * White space is Unicode's, with U+001C to U+001F and U+0085 and without U+FEFF; a length counts code points.
 */

/** Characters that Python's `str.isspace` is true for, as the inside of a character class. */
export const PYTHON_SPACE =
  "\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const LEADING = new RegExp(`^[${PYTHON_SPACE}]+`);
const SPACE = new RegExp(`[${PYTHON_SPACE}]`);
const SPACES = new RegExp(`[${PYTHON_SPACE}]+`);

/** `text.lstrip()` */
export function lstrip(text: string): string {
  return text.replace(LEADING, "");
}

/** `text.rstrip()`; in one pass, also over a text of nothing but white space. */
export function rstrip(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** `text.strip()` */
export function strip(text: string): string {
  return lstrip(rstrip(text));
}

/** `text.split()`: words between white space. */
export function splitWords(text: string): string[] {
  const stripped = strip(text);
  return stripped === "" ? [] : stripped.split(SPACES);
}

/** What `open(file)` makes of line ends: `\r\n` and `\r` become `\n`. */
export function universalNewlines(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}
