/**
 * Python's idea of digits: those of all scripts, and for `isdigit` also superscripts and numbers in circles.
 */

/** Characters that `str.isdigit` is true for, as the inside of a character class with the flag `u`; of Unicode 14. */
export const PYTHON_DIGIT =
  "\\p{Nd}\\u{b2}\\u{b3}\\u{b9}\\u{1369}-\\u{1371}\\u{19da}\\u{2070}\\u{2074}-\\u{2079}\\u{2080}-\\u{2089}" +
  "\\u{2460}-\\u{2468}\\u{2474}-\\u{247c}\\u{2488}-\\u{2490}\\u{24ea}\\u{24f5}-\\u{24fd}\\u{24ff}\\u{2776}-\\u{277e}" +
  "\\u{2780}-\\u{2788}\\u{278a}-\\u{2792}\\u{10a40}-\\u{10a43}\\u{10e60}-\\u{10e68}\\u{11052}-\\u{1105a}\\u{1f100}-\\u{1f10a}";

const ALL_DIGITS = new RegExp(`^[${PYTHON_DIGIT}]+$`, "u");
const INTEGER = /^[+-]?\p{Nd}+(?:_\p{Nd}+)*$/u;
const DECIMAL = /\p{Nd}/u;

/** `text.isdigit()` */
export function isDigits(text: string): boolean {
  return ALL_DIGITS.test(text);
}

/** Whether `int(text)` succeeds, for a text without white space around it. */
export function isInteger(text: string): boolean {
  return INTEGER.test(text);
}

/** `float(text)`, for a text of digits that may have a sign and a point. */
export function toNumber(text: string): number {
  return Number(text.replaceAll(/(?![0-9])\p{Nd}/gu, (digit) => `${digitValue(digit)}`));
}

/** Digits of a script follow each other from 0 to 9; runs of several sets begin with a 0 too. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (DECIMAL.test(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}
