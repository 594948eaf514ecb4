import { replaceBetween } from "../../python/between.ts";
import { strip } from "../../python/text.ts";
import { replaceEach, type Replacements } from "./replace-each.ts";
import { dropName, OPENCOMPASS_HEAD, spellOutFractions, spellOutSlash } from "./shorthand.ts";

const TEXT = "\\text{";

/** Before and behind what is done to units, in this order. */
const BEFORE_UNITS: Replacements = [
  ["\\!", ""],
  ["\\ ", ""],
  ["\\\\", "\\"],
  ["\\\\", "\\"],
  ["tfrac", "frac"],
  ["dfrac", "frac"],
  ["\\left", ""],
  ["\\right", ""],
];
const BEHIND_UNITS: Replacements = [
  ["^{\\circ}", ""],
  ["^\\circ", ""],
  ["\\$", ""],
  ["$", ""],
  ["\\text", ""],
  ["x\\in", ""],
  ["\\%", ""],
  ["%", ""],
  [" .", " 0."],
  ["{.", "{0."],
  ["\\cdot", ""],
  ["infinity", "\\infty"],
];
const WORDS: Replacements = [
  ["+\\inity", "\\infty"],
  ["and", ""],
  ["\\mathbf", ""],
];

/**
 * A mathematical answer as version 2 of OpenCompass's evaluator compares it: also without percent signs, `.0`, and the last
 * `\text{…}`; `inf` is infinite, and j is i.
 *
 * @throws {ShorthandError} where the original raises an exception.
 * @see opencompass/datasets/math.py `_strip_string_v2` at a5acc4b
 */
export function stripStringV2(text: string): string {
  const line = strip(text)
    .replaceAll("\n", "")
    .replace(/(?<!\.)\.+$/, "");
  const units = withoutUnits(replaceEach(line, BEFORE_UNITS));
  const symbols = spellOutInfinity(replaceEach(units, BEHIND_UNITS));
  const words = replaceBetween(replaceEach(symbols, WORDS), "\\mbox{", "}", () => "");
  const letters = words.includes("i") ? words : words.replaceAll("j", "i");
  const numbers = withoutZeros(letters);
  if (numbers === "") return "";
  const named = dropName(numbers.startsWith(".") ? `0${numbers}` : numbers);
  const roots = named.replaceAll(/\\sqrt([\p{L}\p{N}_]+)/gu, "\\sqrt{$1}");
  const fractions = spellOutFractions(roots.replaceAll(" ", ""), OPENCOMPASS_HEAD);
  return spellOutSlash(fractions, OPENCOMPASS_HEAD);
}

/** `re.sub(r"\\text{.*?}$", "", text).strip()`, unless that leaves nothing: from the first `\text{` to a brace at the end. */
function withoutUnits(text: string): string {
  const start = text.indexOf(TEXT);
  const hasUnits = start >= 0 && text.endsWith("}") && text.length > start + TEXT.length;
  const value = strip(hasUnits ? text.slice(0, start) : text);
  return value === "" ? text : value;
}

function spellOutInfinity(text: string): string {
  return text.includes("\\infty") ? text : text.replaceAll("inf", "\\infty");
}

/** `2.0` to `2`, and `2.0x` to `2x`. */
function withoutZeros(text: string): string {
  const inside = text.replaceAll(/(?<=\p{Nd})\.0+(\P{Nd})/gu, "$1");
  return inside.replace(/(?<=\p{Nd})\.0+$/u, "");
}
