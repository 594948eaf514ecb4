import { isInteger, toNumber } from "../../python/digits.ts";
import { strip } from "../../python/text.ts";
import {
  anyNumber,
  digitsOfLastWord,
  lastNumber,
  markedNumber,
  statedNumber,
} from "./extract-number.ts";

/** How an answer is read and compared. */
export interface Scorer {
  /** What is right, of a row's answer. */
  readonly goldOf: (answer: string) => string;
  /** What a model answered; null: nothing. */
  readonly extract: (text: string) => string | null;
  readonly isRight: (answer: string, gold: string) => boolean;
  /** A second, laxer reading, and its name at the source. */
  readonly lax?: { readonly name: string; readonly extract: (text: string) => string | null };
}

/** Stands before the number at the end of a row's answer. */
const MARK = "#### ";

/** OpenCompass's. */
const WHOLE_TOLERANCE = 1e-6;

/** Digits of the last word, compared as texts. */
export const OPENCOMPASS_2023: Scorer = {
  goldOf: goldBehindMark,
  extract: digitsOfLastWord,
  isRight: (answer, gold) => answer === gold,
};

/** The last number, compared as a text, and as a number with a whole one. */
export const OPENCOMPASS_HEAD: Scorer = {
  goldOf: goldBehindMark,
  extract: lastNumber,
  isRight: (answer, gold) => answer === gold || isWhole(answer, strip(gold)),
};

/** The number behind `#### `, without commas. */
export const OFFICIAL: Scorer = {
  goldOf: (answer) => officialNumber(answer) ?? "",
  extract: officialNumber,
  isRight: (answer, gold) => answer === gold,
};

/** The number behind `#### `, or the last one. */
export const LM_EVAL: Scorer = {
  goldOf: withoutIgnored,
  extract: markedNumber,
  isRight: (answer, gold) => withoutIgnored(answer) === gold,
  lax: { name: "flexible-extract", extract: anyNumber },
};

/** The number behind `The answer is `, or the last one. */
export const LM_EVAL_COT: Scorer = { ...LM_EVAL, extract: statedNumber };

function isWhole(answer: string, gold: string): boolean {
  return isInteger(gold) && Math.abs(toNumber(answer) - toNumber(gold)) < WHOLE_TOLERANCE;
}

function goldBehindMark(answer: string): string {
  return answer.split(MARK)[1]?.replaceAll(",", "") ?? "";
}

function officialNumber(text: string): string | null {
  return markedNumber(text)?.replaceAll(",", "") ?? null;
}

/** What lm-evaluation-harness leaves out before it compares: `regexes_to_ignore`, in its order, and case. */
function withoutIgnored(text: string): string {
  const plain = text.replaceAll(",", "").replaceAll("$", "");
  const mark = plain.lastIndexOf(MARK);
  const number = mark < 0 ? plain : plain.slice(mark + MARK.length);
  return number.replace(/\.(?=\n?$)/, "").toLowerCase();
}
