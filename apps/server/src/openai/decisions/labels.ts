import type { Question } from "./decisions-schema.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * What stands for each answer to a question. All of a question are as long as each other: of `1` and `12` the shorter one would
 * have the probability of both.
 */
export function labelsOf(question: Question): string[] {
  if (question.type === "predicate") return ["Yes", "No"];
  const count = question.type === "choice" ? question.choices.length : question.levels.length;
  const single = count <= LETTERS.length;
  return Array.from({ length: count }, (_, i) => {
    const last = LETTERS.charAt(i % LETTERS.length);
    return single ? last : LETTERS.charAt(Math.floor(i / LETTERS.length)) + last;
  });
}
