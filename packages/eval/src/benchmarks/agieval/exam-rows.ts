import type { ExamRow } from "../../choice/exam.ts";
import { strip } from "../../python/text.ts";
import type { AgievalRow } from "./load-agieval.ts";
import { AGIEVAL_TASKS, type AgievalTask } from "./tasks.ts";

/** Tasks that the README kept: those with four options. */
export const FOUR_OPTION_TASKS: readonly string[] = Object.keys(AGIEVAL_TASKS).filter(
  (name) => AGIEVAL_TASKS[name]?.options === 4,
);

/** The questions that have four options and one letter for an answer. */
export function singleAnswerRows(rows: readonly AgievalRow[], task: AgievalTask): ExamRow[] {
  return rows.flatMap(({ passage, question, options, label }, row) => {
    const answer = typeof label === "string" ? label : label.join();
    if (options.length !== task.options || !/^[A-D]$/.test(answer)) return [];
    const lines = [passage, question, ...options.map(withDot)].map(strip);
    const text = lines.filter((line) => line !== "").join("\n");
    return [{ row, question: { question: text, options: [], answer } }];
  });
}

/** `(A)…` becomes `A. …`; other spellings stay, and the order: 19 rows of logiqa-zh have C before B. */
function withDot(option: string): string {
  return option.replace(/^\(([A-D])\)\s*/, "$1. ");
}
