import { normalizeOpenCompass } from "./normalize-answer.ts";
import { COPIES, HENDRYCKS, OPENCOMPASS_HEAD, ShorthandError } from "./shorthand.ts";
import { stripStringV2 } from "./strip-string-v2.ts";
import { stripString } from "./strip-string.ts";

/** Whether two answers are the same; null: none was found. */
export type Equivalence = (left: string | null, right: string | null) => boolean;

type Strip = (text: string) => string;

/** hendrycks/math modeling/math_equivalence.py `is_equiv` at 985bdc1. */
export const isEquivHendrycks = stripped((text) => stripString(text, HENDRYCKS));

/** OpenCompass of the day of the release, and lm-evaluation-harness's hendrycks_math. */
export const isEquivCopies = stripped((text) => stripString(text, COPIES));

/** Version 1 of OpenCompass's evaluator of 2026. */
export const isEquivHeadV1 = normalized((text) => stripString(text, OPENCOMPASS_HEAD));

/** Version 2 of OpenCompass's evaluator of 2026. */
export const isEquivHeadV2 = normalized(stripStringV2);

/** Minerva's, after its normalisation; lm-evaluation-harness has sympy subtract them instead. */
export const isSame: Equivalence = (left, right) => left === right;

/** Compares stripped answers; where one of both fails, raw ones. */
function stripped(strip: Strip): Equivalence {
  return (left, right) => {
    if (left === null || right === null) return left === right;
    const pair = both(strip, left, right);
    return pair === null ? left === right : pair[0] === pair[1];
  };
}

/** Compares stripped answers, those normalised, and normalised raw ones. */
function normalized(strip: Strip): Equivalence {
  const normalize: Strip = (text) => normalizeOpenCompass(text, "head");
  return (left, right) => {
    if (left === null || right === null) return left === right;
    const pair = both(strip, left, right);
    if (pair !== null && (pair[0] === pair[1] || normalize(pair[0]) === normalize(pair[1])))
      return true;
    return normalize(left) === normalize(right) || left === right;
  };
}

function both(strip: Strip, left: string, right: string): readonly [string, string] | null {
  try {
    return [strip(left), strip(right)];
  } catch (error) {
    if (error instanceof ShorthandError) return null;
    throw error;
  }
}
