import { lastBetween, replaceBetween, unwrapWidest } from "../../python/between.ts";
import { isDigits } from "../../python/digits.ts";
import { strip } from "../../python/text.ts";
import { replaceEach, type Replacements } from "./replace-each.ts";

/**
 * Minerva's normalisation of a mathematical answer, and what OpenCompass made of it.
 *
 * @see Lewkowycz et al. 2022, https://arxiv.org/abs/2206.14858, appendix D
 */

/** Replaced in this order. */
const SUBSTITUTIONS: Replacements = [
  ["an ", ""],
  ["a ", ""],
  [".$", "$"],
  ["\\$", ""],
  ["\\ ", ""],
  [" ", ""],
  ["mbox", "text"],
  [",\\text{and}", ","],
  ["\\text{and}", ","],
  ["\\text{m}", "\\text{}"],
];

/** Removed in this order. */
const REMOVED: readonly string[] = [
  "square",
  "ways",
  "integers",
  "dollars",
  "mph",
  "inches",
  "ft",
  "hours",
  "km",
  "units",
  "\\ldots",
  "sue",
  "points",
  "feet",
  "minutes",
  "digits",
  "cents",
  "degrees",
  "cm",
  "gm",
  "pounds",
  "meters",
  "meals",
  "edges",
  "students",
  "childrentickets",
  "multiples",
  "\\text{s}",
  "\\text{.}",
  "\\text{\ns}",
  "\\text{}^2",
  "\\text{}^3",
  "\\text{\n}",
  "\\text{}",
  "\\mathrm{th}",
  "^\\circ",
  "^{\\circ}",
  "\\;",
  ",\\!",
  "{,}",
  '"',
  "\\dots",
];

/**
 * Minerva's, as lm-evaluation-harness has it.
 *
 * @see lm-evaluation-harness lm_eval/tasks/minerva_math/utils.py `normalize_final_answer` at 4e7e0d4
 */
export function normalizeMinerva(answer: string): string {
  const value = answer.slice(answer.lastIndexOf("=") + 1);
  const plain = removeEach(replaceEach(value, SUBSTITUTIONS), REMOVED);
  return spellOut(unwrap(plain.split("\n").map(firstFormula).join("\n")));
}

/** Which OpenCompass: of the day of the release, or of 2026. */
export type OpenCompassVersion = "2023" | "head";

/**
 * OpenCompass's, which also looks for where the answer begins.
 *
 * @see opencompass/datasets/math.py `normalize_final_answer` at b885ec84 and a5acc4b
 */
export function normalizeOpenCompass(answer: string, version: OpenCompassVersion): string {
  const replaced = replaceEach(answer, [...SUBSTITUTIONS, ["\\le", "<"]]);
  const plain = removeEach(replaced, [...REMOVED, "\n", "\r", "\f"]);
  const letters =
    version === "head" ? replaceBetween(plain, "\\text{(", ")}", (letter) => letter) : plain;
  const formula = strip(lastFormula(behindCues(unwrap(letters), version)));
  const isBroken = formula.includes("rac") && !formula.includes("\\frac");
  return spellOut(isBroken ? formula.replaceAll("rac", "\\frac") : formula);
}

/** Spaces are gone by now. */
function behindCues(text: string, version: OpenCompassVersion): string {
  const answer = /finalansweris([^\n]*)/.exec(text)?.[1] ?? text;
  return version === "head" ? (/answer?is:?([^\n]*)/.exec(answer)?.[1] ?? answer) : answer;
}

function lastFormula(text: string): string {
  const boxed = lastBetween(text, "oxed{", "}") ?? text;
  return lastBetween(boxed, "$", "$") ?? boxed;
}

/** `re.sub(r"(.*?)(\$)(.*?)(\$)(.*)", "$\\3$", line)` */
function firstFormula(line: string): string {
  const [, formula, behind] = line.split("$", 3);
  return behind === undefined ? line : `$${formula}$`;
}

/** What is set as text, bold, overlined or in a box. */
function unwrap(text: string): string {
  const marks = ["\\text{", "\\textbf{", "\\overline{"];
  const bare = marks.reduce(
    (left, open) => replaceBetween(left, open, "}", (inner) => inner),
    text,
  );
  return unwrapWidest(bare, "\\boxed{", "}");
}

/** `\fracab` to `\frac{a}{b}`, `\sqrta` to `\sqrt{a}`, `100,000` to `100000`; without dollar signs. */
function spellOut(text: string): string {
  const fractions = text.replaceAll(/frac([^{])([^\n])/gu, "frac{$1}{$2}");
  const plain = fractions.replaceAll(/sqrt([^{])/gu, "sqrt{$1}").replaceAll("$", "");
  const digits = plain.replaceAll(",", "");
  return isDigits(digits) ? digits : plain;
}

function removeEach(text: string, removed: readonly string[]): string {
  return removed.reduce((left, expression) => left.replaceAll(expression, ""), text);
}
