import { mapTexts, questionLines, type ChoiceQuestion } from "../../choice/choice-question.ts";
import type { ChoiceExamples } from "../../choice/choice-samples.ts";
import type { PromptPieces } from "../../choice/prompt-pieces.ts";
import { strip, universalNewlines } from "../../python/text.ts";
import { cmmluZh } from "./subjects.ts";

function headerOf(subject: string): string {
  return `以下是关于${cmmluZh(subject)}的单项选择题，请直接给出正确答案的选项。`;
}

/**
 * The prompt of the original.
 *
 * @see CMMLU src/mp_utils.py at d6e7b71
 */
export function cmmluPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  return {
    header: `${headerOf(subject)}\n\n`,
    shots: shots.map((shot) => `题目：${questionLines(shot)}\n答案是：${shot.answer}\n\n`),
    query: `题目：${questionLines(question)}\n答案是：`,
  };
}

/**
 * The prompt of the original that asks to think first; its examples do not.
 *
 * @see CMMLU src/mp_utils.py at d6e7b71
 */
export function cmmluCotPrompt(examples: ChoiceExamples): PromptPieces {
  const { subject, question } = examples;
  return {
    header: `以下是关于${cmmluZh(subject)}的单项选择题，请分析并选出正确答案。\n\n`,
    shots: cmmluPrompt(examples).shots,
    query: `题目：${questionLines(question)}\n逐步分析并给出答案选项。`,
  };
}

/**
 * OpenCompass has the header in each example. A line end follows each of its items: question, answer, what separates
 * examples, and what ends them, which is there without examples too.
 *
 * @see OpenCompass configs/datasets/cmmlu/cmmlu_ppl_8b9c76.py at b885ec84
 */
export function openCompassCmmluPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  const round = (one: ChoiceQuestion): string => {
    const lines = questionLines(mapTexts(one, universalNewlines));
    return `${headerOf(subject)}\n题目：${lines}\n答案是:`;
  };
  return {
    header: "",
    shots: shots.map((shot) => `${round(shot)} ${shot.answer}\n\n\n`),
    query: `\n\n${round(question)}`,
  };
}

/**
 * lm-evaluation-harness writes 答案 only, a space before letters, and none around a question.
 *
 * @see lm-evaluation-harness lm_eval/tasks/cmmlu at 4e7e0d4
 */
export function lmEvalCmmluPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  const lines = (one: ChoiceQuestion): string =>
    questionLines({ ...one, question: strip(one.question) });
  return {
    header: `${headerOf(subject)}\n\n`,
    shots: shots.map((shot) => `${lines(shot)}\n答案： ${shot.answer}\n\n`),
    query: `${lines(question)}\n答案：`,
  };
}
