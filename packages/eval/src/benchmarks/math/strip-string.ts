import { replaceEach, type Replacements } from "./replace-each.ts";
import {
  dropName,
  HENDRYCKS,
  ShorthandError,
  spellOutFractions,
  spellOutRoots,
  spellOutSlash,
  type FailureRules,
} from "./shorthand.ts";

/** Replaced in this order. */
const REPLACED: Replacements = [
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

/**
 * A mathematical answer as hendrycks' scorer compares it: without spaces, units, degrees and names, shorthand spelt out.
 *
 * @param rules - Where a copy of the scorer fails otherwise than the original.
 * @throws {ShorthandError} where the original raises an exception.
 * @see hendrycks/math modeling/math_equivalence.py `_strip_string` at 985bdc1
 */
export function stripString(text: string, rules: FailureRules = HENDRYCKS): string {
  const replaced = replaceEach(text, REPLACED);
  const plain = withoutUnits(replaced).replaceAll("\\%", "");
  const zeros = plain.replaceAll(" .", " 0.").replaceAll("{.", "{0.");
  if (zeros === "") return "";
  const named = dropName(zeros.startsWith(".") ? `0${zeros}` : zeros);
  const compact = spellOutRoots(named).replaceAll(" ", "");
  const fractions = spellOutFractions(compact, rules);
  return spellOutSlash(fractions === "0.5" ? "\\frac{1}{2}" : fractions, rules);
}

/** Units are what stands in a `\text{ ` that begins with a space; there may be one. */
function withoutUnits(text: string): string {
  const [value = "", unit, ...more] = text.split("\\text{ ");
  if (more.length > 0) throw new ShorthandError("units of units");
  return unit === undefined ? text : value;
}
