/**
 * What AGIEval's own code reads from an output.
 *
 * @see AGIEval src/post_process.py and src/evaluation.py at 5c77d07
 */
import { isEquivHendrycks } from "../math/equivalence.ts";
import { strip } from "../../python/text.ts";
import { readResult, withoutPrefix } from "./extract-result.ts";
import type { AgievalTask } from "./tasks.ts";

/** How a question is asked: with examples or without, with reasoning before the answer or without. */
export type AgievalSetting = "zero-shot" | "zero-shot-CoT" | "few-shot" | "few-shot-CoT";

/** Letters, a result, or null where there is no result. Without a letter: an empty text or list. */
export type AgievalAnswer = string | readonly string[] | null;

/** Reads an answer of the task's kind from an output. */
export function readAnswer(
  { answer, language }: Pick<AgievalTask, "answer" | "language">,
  setting: AgievalSetting,
  output: string,
): AgievalAnswer {
  const text = setting === "few-shot-CoT" ? lastLine(output) : output;
  const hasExamples = setting === "few-shot" || setting === "few-shot-CoT";
  switch (answer) {
    case "letters":
      return text.match(/[A-F]/g) ?? [];
    case "result":
      return hasExamples ? withoutPrefix(text) : readResult(text);
    case "letter":
      // The first capital is looked for in all lines, also where the answer is only looked for in the last.
      return (hasExamples ? statedLetter(text, language) : null) ?? firstCapital(output);
  }
}

/** Whether an answer is right: several letters in any order, results as hendrycks compares them. */
export function isRight(
  { answer: kind }: Pick<AgievalTask, "answer">,
  answer: AgievalAnswer,
  label: string | readonly string[],
): boolean {
  // A label without letters is a row without an answer: nothing equals it.
  if (kind === "letters") return label.length > 0 && sortedSet(answer ?? []) === sortedSet(label);
  if (typeof label !== "string" || (typeof answer !== "string" && answer !== null)) return false;
  return kind === "result" ? isEquivHendrycks(answer, label) : answer === label;
}

function sortedSet(letters: string | readonly string[]): string {
  const list = typeof letters === "string" ? [letters] : letters;
  return [...new Set(list)].toSorted().join();
}

/** The last line that is more than white space; the text itself where there is none. */
function lastLine(text: string): string {
  return text.split("\n").findLast((line) => strip(line) !== "") ?? text;
}

function firstCapital(text: string): string {
  return /[A-F]/.exec(text)?.[0] ?? "";
}

const STATEMENT = { en: "answer is ", zh: "答案是" } as const;

/**
 * The letter behind "answer is " in the same line, as the first match of `answer is .*?([A-G])` gives it.
 *
 * A line has one behind any of its statements only if it has one behind the first, so each line is searched once.
 */
function statedLetter(text: string, language: "en" | "zh"): string | null {
  const statement = STATEMENT[language];
  for (const line of text.split("\n")) {
    const at = line.indexOf(statement);
    const letter = at < 0 ? null : /[A-G]/.exec(line.slice(at + statement.length));
    if (letter !== null) return letter[0];
  }
  return null;
}
