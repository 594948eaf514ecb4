import { questionLines, type ChoiceQuestion } from "../../choice/choice-question.ts";
import type { PromptPieces } from "../../choice/prompt-pieces.ts";

/** A question and its examples. */
export interface MmluExamples {
  /** As file names have it: `abstract_algebra`. */
  readonly subject: string;
  readonly shots: readonly ChoiceQuestion[];
  readonly question: ChoiceQuestion;
}

/** A word is what stands between underscores; each gets a space before it, so that there are two behind `about`. */
function formatSubject(subject: string): string {
  return subject
    .split("_")
    .map((word) => ` ${word}`)
    .join("");
}

/**
 * The prompt of the original, which Baichuan's script has too.
 *
 * @see hendrycks/test evaluate.py at 4450500; Baichuan-7B evaluation/evaluate_mmlu.py at 6f3ef46
 */
export function mmluPrompt({ subject, shots, question }: MmluExamples): PromptPieces {
  return {
    header: `The following are multiple choice questions (with answers) about ${formatSubject(subject)}.\n\n`,
    shots: shots.map((shot) => `${questionLines(shot)}\nAnswer: ${shot.answer}\n\n`),
    query: `${questionLines(question)}\nAnswer:`,
  };
}

/**
 * lm-evaluation-harness writes one space before the subject and none around a question.
 *
 * @see lm-evaluation-harness lm_eval/tasks/mmlu at 4e7e0d4
 */
export function lmEvalMmluPrompt({ subject, shots, question }: MmluExamples): PromptPieces {
  const stripped = (one: ChoiceQuestion): string =>
    questionLines({ ...one, question: one.question.trim() });
  return {
    header: `The following are multiple choice questions (with answers) about ${subject.replaceAll("_", " ")}.\n\n`,
    shots: shots.map((shot) => `${stripped(shot)}\nAnswer: ${shot.answer}\n\n`),
    query: `${stripped(question)}\nAnswer:`,
  };
}
