/**
 * What GAOKAO-Bench reads from an output, and the points it gives.
 *
 * @see GAOKAO-Bench Bench/bench_function.py `extract_choice_answer` and Bench/OBJ_score_evaluation.py at 6dbb24f
 */
import { PYTHON_SPACE } from "../../python/text.ts";

/** One letter; several; a letter for each of several questions; five of seven sentences. */
export const QUESTION_TYPES = [
  "single_choice",
  "multi_choice",
  "multi_question_choice",
  "five_out_of_seven",
] as const;

/** One of {@link QUESTION_TYPES}. */
export type QuestionType = (typeof QUESTION_TYPES)[number];

/**
 * Reads the answers to a row's questions; there may be more or fewer.
 *
 * @param count - How many questions the row has.
 */
export function extractAnswers(type: QuestionType, output: string, count: number): string[] {
  switch (type) {
    case "single_choice":
      return (output.match(/[A-D]/g) ?? []).slice(-1);
    case "multi_choice":
      return severalLetters(output);
    case "multi_question_choice":
      return letterOfEach(output, count);
    case "five_out_of_seven":
      return (output.match(/[A-G]/g) ?? []).slice(0, 5);
  }
}

const SPACES = new RegExp(`[${PYTHON_SPACE}]+`, "g");
const MARK = "【答案】";

/** All letters behind the mark, else of the last ten characters; a mark at the very start is overlooked. */
function severalLetters(output: string): string[] {
  const text = output.replaceAll(SPACES, "");
  const at = text.indexOf(MARK);
  const part = at > 0 ? text.slice(at) : Array.from(text).slice(-10).join("");
  const letters = part.match(/[A-D]/g)?.join("");
  return letters === undefined ? [] : [letters];
}

/** `【答案】\s*[:：]*\s*[A-Z]`, written so that each space can be taken in one way only. */
const MARKED = new RegExp(`${MARK}[${PYTHON_SPACE}]*(?:[:：]+[${PYTHON_SPACE}]*)?([A-Z])`, "g");

/** The letters behind marks, if there are as many as questions; else the first capitals of all. */
function letterOfEach(output: string, count: number): string[] {
  const marked = [...output.matchAll(MARKED)].map(([, letter = ""]) => letter);
  return marked.length === count ? marked : (output.match(/[A-Z]/g) ?? []).slice(0, count);
}

/**
 * The part of a row's points that answers earn: that of the right ones, none if there are more or fewer than questions. Where several
 * letters are asked for, some of them without a wrong one earn half.
 */
export function partOfPoints(
  type: QuestionType,
  answers: readonly string[],
  gold: readonly string[],
): number {
  if (answers.length !== gold.length) return 0;
  const earned = answers.map((answer, index) => {
    const right = gold[index] ?? "";
    if (answer === right) return 1;
    return type === "multi_choice" && [...answer].every((one) => right.includes(one)) ? 0.5 : 0;
  });
  return earned.reduce<number>((sum, one) => sum + one, 0) / gold.length;
}
