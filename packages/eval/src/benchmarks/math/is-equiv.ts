/**
 * When hendrycks/math calls two answers equal: both are rewritten to one form of LaTeX and compared as texts.
 *
 * The original's oddities are kept, as scores hang on them: a text that it cannot rewrite raises an exception there, and then the
 * texts are compared as they came; a plain `%` stays, `\%` goes.
 *
 * @see hendrycks/math modeling/math_equivalence.py at 985bdc1
 */

/**
 * Whether two answers are equal.
 *
 * @param a - An answer in LaTeX, without its box; null: there was none, which equals only null.
 */
export function isEquiv(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  const [one, other] = [normalizeLatex(a), normalizeLatex(b)];
  return one === null || other === null ? a === b : one === other;
}

/**
 * The form of an answer that is compared.
 *
 * @returns null where the original raises an exception.
 */
export function normalizeLatex(text: string): string | null {
  const withoutUnits = removeRightUnits(removeMarks(text));
  if (withoutUnits === null) return null;
  const withZeros = addZeros(withoutUnits.replaceAll("\\%", ""));
  if (withZeros === "") return "";
  const withSqrt = fixSqrt(dropLeftSide(withZeros));
  if (withSqrt === null) return null;
  const withFrac = fixFrac(withSqrt.replaceAll(" ", ""));
  return withFrac === null ? null : fixSlash(withFrac === "0.5" ? "\\frac{1}{2}" : withFrac);
}

/** Line ends, spacing, sizes of brackets, degrees and dollar signs; `tfrac` and `dfrac` become `frac`. */
const MARKS: readonly (readonly [string, string])[] = [
  ["\n", ""],
  ["\\!", ""],
  ["\\\\", "\\"],
  ["tfrac", "frac"],
  ["dfrac", "frac"],
  ["\\left", ""],
  ["\\right", ""],
  ["^{\\circ}", ""],
  ["^\\circ", ""],
  ["\\$", ""],
];

function removeMarks(text: string): string {
  return MARKS.reduce((rest, [mark, instead]) => rest.replaceAll(mark, instead), text);
}

/** What stands behind `\text{ ` is a unit; two units are an exception. */
function removeRightUnits(text: string): string | null {
  const [before = "", ...units] = text.split("\\text{ ");
  return units.length > 1 ? null : before;
}

function addZeros(text: string): string {
  const inside = text.replaceAll(" .", " 0.").replaceAll("{.", "{0.");
  return inside.startsWith(".") ? `0${inside}` : inside;
}

/** `k = 3` becomes ` 3`: one equals sign, behind two characters at most. */
function dropLeftSide(text: string): string {
  const [left = "", right, ...others] = text.split("=");
  return right !== undefined && others.length === 0 && [...left].length <= 2 ? right : text;
}

/** `\sqrt3` becomes `\sqrt{3}`; nothing behind it is an exception. */
function fixSqrt(text: string): string | null {
  const [before = "", ...roots] = text.split("\\sqrt");
  if (roots.includes("")) return null;
  return [before, ...roots.map(braceFirst)].join("\\sqrt");
}

function braceFirst(text: string): string {
  const [first = ""] = text;
  return first === "{" ? text : `{${first}}${text.slice(first.length)}`;
}

/** `\frac12` becomes `\frac{1}{2}`; one character behind it leaves the whole text as it is, none is an exception. */
function fixFrac(text: string): string | null {
  const [before = "", ...fractions] = text.split("\\frac");
  const fixed: string[] = [];
  for (const fraction of fractions) {
    if (fraction === "") return null;
    const braced = braceTwo(fraction);
    if (braced === null) return text;
    fixed.push(braced);
  }
  return [before, ...fixed].join("\\frac");
}

function braceTwo(text: string): string | null {
  if (text.startsWith("{")) return text;
  const [first = "", second] = text;
  if (second === undefined) return null;
  const rest = text.slice(first.length + second.length);
  return second === "{" ? `{${first}}{${rest}` : `{${first}}{${second}}${rest}`;
}

/** Whole numbers as Python writes them: no zeros in front, no `-0`. */
const FRACTION = /^(0|-?[1-9]\d*)\/(0|-?[1-9]\d*)$/;

function fixSlash(text: string): string {
  return text.replace(FRACTION, "\\frac{$1}{$2}");
}
