import { PYTHON_DIGIT } from "../../python/digits.ts";

/**
 * Where each scorer finds the number in an answer; null: it finds none.
 *
 * The patterns are the originals'. Each is tried once at each place and never goes back over what it has read.
 */

const HAS_DIGIT = new RegExp(`[${PYTHON_DIGIT}]`, "u");
const NO_DIGITS = new RegExp(`[^${PYTHON_DIGIT}]+`, "gu");
const NUMBER = /-?\p{Nd}+(?:\.\p{Nd}+)?/gu;
const MARKED = /#### (-?[0-9.,]+)/;
const STATED = /The answer is (-?[0-9.,]+)[^\n]/;
const ANY = /-?[$0-9.,]{2,}|-?[0-9]+/g;

/**
 * OpenCompass on the day of the release: of the last word with a digit, the digits, so that `18.50` is 1850 and `-18` is 18.
 *
 * @see opencompass/datasets/gsm8k.py `gsm8k_postprocess` at b885ec84
 */
export function digitsOfLastWord(text: string): string | null {
  const [first = ""] = text.split("\n\n", 1);
  const word = first.split(" ").findLast((one) => HAS_DIGIT.test(one));
  return word?.replaceAll(NO_DIGITS, "") ?? null;
}

/**
 * OpenCompass of 2026: the last number before the next question; `1,800` is 800.
 *
 * @see opencompass/datasets/gsm8k.py `gsm8k_postprocess` at a5acc4b
 */
export function lastNumber(text: string): string | null {
  const [own = ""] = text.split("Question:", 1);
  return lastMatch(NUMBER, own);
}

/**
 * The number behind `#### `, with its commas.
 *
 * @see lm-evaluation-harness lm_eval/tasks/gsm8k/gsm8k.yaml `strict-match` at 4e7e0d4
 */
export function markedNumber(text: string): string | null {
  return MARKED.exec(text)?.[1] ?? null;
}

/**
 * The number behind `The answer is `, which has to be followed by something: of `The answer is 18` at the end, 1.
 *
 * @see lm-evaluation-harness lm_eval/tasks/gsm8k/gsm8k-cot.yaml `strict-match` at 4e7e0d4
 */
export function statedNumber(text: string): string | null {
  return STATED.exec(text)?.[1] ?? null;
}

/**
 * The last thing that may be a number; also `$.,`.
 *
 * @see lm-evaluation-harness lm_eval/tasks/gsm8k/gsm8k.yaml `flexible-extract` at 4e7e0d4
 */
export function anyNumber(text: string): string | null {
  return lastMatch(ANY, text);
}

function lastMatch(pattern: RegExp, text: string): string | null {
  let last: string | null = null;
  for (const [match] of text.matchAll(pattern)) last = match;
  return last;
}
