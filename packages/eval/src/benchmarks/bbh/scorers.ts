import { casefold } from "../../python/casefold.ts";
import { letterOf, lineOf, plainLineOf, statedAnswer } from "./extract-answer.ts";
import type { AnswerKind } from "./tasks.ts";

/** How an answer is read and compared. */
export interface Scorer {
  /** What a model answered; null or nothing: no answer. */
  readonly extract: (text: string, kind: AnswerKind) => string | null;
  /** What is right, of a row's target. */
  readonly goldOf: (target: string, kind: AnswerKind) => string;
  readonly isRight: (answer: string, gold: string, kind: AnswerKind) => boolean;
}

const isSame = (answer: string, gold: string): boolean => answer === gold;
const asItIs = (target: string): string => target;

/** A letter, or a line; compared as texts. */
export const OPENCOMPASS_2023: Scorer = {
  extract: (text, kind) => (kind === "choice" ? letterOf(text) : lineOf(text)),
  goldOf: (target, kind) => (kind === "choice" ? letterOf(target) : target),
  isRight: isSame,
};

const plain = (text: string, kind: AnswerKind): string =>
  kind === "choice" ? letterOf(text) : plainLineOf(text);

/** A letter, or a line without its decoration; lines are compared in any case. */
export const OPENCOMPASS_HEAD: Scorer = {
  extract: plain,
  goldOf: plain,
  isRight: (answer, gold, kind) =>
    answer === gold || (kind === "free" && casefold(answer) === casefold(gold)),
};

/** A line for all tasks, options with their brackets. */
export const OFFICIAL: Scorer = { extract: lineOf, goldOf: asItIs, isRight: isSame };

/** A line but for its last character. */
export const LM_EVAL: Scorer = { extract: statedAnswer, goldOf: asItIs, isRight: isSame };

/** All that was written, without a chain of thought. */
export const LM_EVAL_DIRECT: Scorer = { extract: asItIs, goldOf: asItIs, isRight: isSame };
