import { isInteger } from "../../python/digits.ts";
import { strip } from "../../python/text.ts";

/**
 * Shorthand of TeX that hendrycks' scorer and its copies spell out. The copies differ in what makes them fail; a failure is caught
 * by the comparison, which then compares the raw answers.
 */

/** The original raises an exception here. */
export class ShorthandError extends Error {
  override readonly name = "ShorthandError";
}

/** Where a copy fails. */
export interface FailureRules {
  /** At `\frac` with nothing behind it. Otherwise the text stays as it is. */
  readonly bareFraction: boolean;
  /** At `a/b` where one of both is no integer. Otherwise the text stays as it is. */
  readonly wordFraction: boolean;
}

/** hendrycks/math modeling/math_equivalence.py at 985bdc1. */
export const HENDRYCKS: FailureRules = { bareFraction: true, wordFraction: false };

/** OpenCompass of the day of the release, and lm-evaluation-harness's hendrycks_math. */
export const COPIES: FailureRules = { bareFraction: true, wordFraction: true };

/** OpenCompass of 2026. */
export const OPENCOMPASS_HEAD: FailureRules = { bareFraction: false, wordFraction: true };

const WHOLE_FRACTION = /^(0|-?[1-9][0-9]*)\/(0|-?[1-9][0-9]*)$/;

/** `\frac12` to `\frac{1}{2}`, `\frac1{72}` to `\frac{1}{72}`; all or none. */
export function spellOutFractions(text: string, rules: FailureRules): string {
  const [before = "", ...pieces] = text.split("\\frac");
  const spelt = [before];
  for (const piece of pieces) {
    const [numerator, denominator] = firstCharacters(piece, 2);
    if (numerator === undefined && rules.bareFraction)
      throw new ShorthandError("\\frac of nothing");
    if (numerator !== "{" && denominator === undefined) return text;
    spelt.push(numerator === "{" ? piece : spellOutFraction(piece));
  }
  return spelt.join("\\frac");
}

function spellOutFraction(piece: string): string {
  const [numerator = "", denominator = ""] = firstCharacters(piece, 2);
  const behind = piece.slice(numerator.length + denominator.length);
  return denominator === "{"
    ? `{${numerator}}{${behind}`
    : `{${numerator}}{${denominator}}${behind}`;
}

/** `\sqrt3` to `\sqrt{3}`. */
export function spellOutRoots(text: string): string {
  const [before = "", ...pieces] = text.split("\\sqrt");
  const spelt = pieces.map((piece) => {
    const [radicand] = firstCharacters(piece, 1);
    if (radicand === undefined) throw new ShorthandError("\\sqrt of nothing");
    return radicand === "{" ? piece : `{${radicand}}${piece.slice(radicand.length)}`;
  });
  return [before, ...spelt].join("\\sqrt");
}

/** `1/2` to `\frac{1}{2}`, for whole numbers as Python would write them. */
export function spellOutSlash(text: string, rules: FailureRules): string {
  const sides = text.split("/");
  if (sides.length !== 2) return text;
  if (WHOLE_FRACTION.test(text)) return `\\frac{${sides[0]}}{${sides[1]}}`;
  if (rules.wordFraction && !sides.every((side) => isInteger(strip(side))))
    throw new ShorthandError("a fraction of words");
  return text;
}

/** `x=3` to `3`: what has at most two characters before its only equals sign loses them. */
export function dropName(text: string): string {
  const [name = "", value, ...more] = text.split("=");
  const isName = value !== undefined && more.length === 0 && firstCharacters(name, 3).length <= 2;
  return isName ? value : text;
}

/** Code points; of a piece that may cut the one behind them in two. */
function firstCharacters(text: string, count: number): string[] {
  return Array.from(text.slice(0, 2 * count)).slice(0, count);
}
