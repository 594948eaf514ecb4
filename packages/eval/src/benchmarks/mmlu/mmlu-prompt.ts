import { mapTexts, questionLines } from "../../choice/choice-question.ts";
import type { ChoiceExamples } from "../../choice/choice-samples.ts";
import type { PromptPieces } from "../../choice/prompt-pieces.ts";
import { strip, universalNewlines } from "../../python/text.ts";

/** A word is what stands between underscores; each gets a space before it, so that there are two behind `about`. */
function formatSubject(subject: string): string {
  return subject
    .split("_")
    .map((word) => ` ${word}`)
    .join("");
}

function headerOf(subject: string): string {
  return `The following are multiple choice questions (with answers) about ${subject}.\n\n`;
}

/**
 * The prompt of the original, which Baichuan's script has too.
 *
 * @see hendrycks/test evaluate.py at 4450500; Baichuan-7B evaluation/evaluate_mmlu.py at 6f3ef46
 */
export function mmluPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  return {
    header: headerOf(formatSubject(subject)),
    shots: shots.map((shot) => `${questionLines(shot)}\nAnswer: ${shot.answer}\n\n`),
    query: `${questionLines(question)}\nAnswer:`,
  };
}

/**
 * OpenCompass joins examples with a line end and sets another behind the last, which is there without examples too; its
 * reader of CSV knows one kind of line end.
 *
 * @see OpenCompass configs/datasets/mmlu/mmlu_ppl_ac766d.py at b885ec84
 */
export function openCompassMmluPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  const lines = (one: typeof question): string => questionLines(mapTexts(one, universalNewlines));
  return {
    header: headerOf(formatSubject(subject)),
    shots: shots.map(
      (shot, index) => `${index === 0 ? "" : "\n"}${lines(shot)}\nAnswer: ${shot.answer}\n`,
    ),
    query: `\n${lines(question)}\nAnswer:`,
  };
}

/**
 * lm-evaluation-harness writes one space before the subject and none around a question.
 *
 * @see lm-evaluation-harness lm_eval/tasks/mmlu at 4e7e0d4
 */
export function lmEvalMmluPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  const lines = (one: typeof question): string =>
    questionLines({ ...one, question: strip(one.question) });
  return {
    header: headerOf(subject.replaceAll("_", " ")),
    shots: shots.map((shot) => `${lines(shot)}\nAnswer: ${shot.answer}\n\n`),
    query: `${lines(question)}\nAnswer:`,
  };
}
