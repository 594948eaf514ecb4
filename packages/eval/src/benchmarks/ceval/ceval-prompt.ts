import { mapTexts, questionLines, type ChoiceQuestion } from "../../choice/choice-question.ts";
import type { ChoiceExamples } from "../../choice/choice-samples.ts";
import type { PromptPieces } from "../../choice/prompt-pieces.ts";
import { strip, universalNewlines } from "../../python/text.ts";
import { cevalZh } from "./subjects.ts";

/** Baichuan's script calls one subject otherwise than the original does. */
const BAICHUAN_ZH: Readonly<Record<string, string>> = {
  mao_zedong_thought: "毛泽东思想和中国特色社会主义理论概论",
};

function headerOf(name: string): string {
  return `以下是中国关于${name}的单项选择题，请选出其中的正确答案。`;
}

/**
 * The prompt of Baichuan's script: a line end before each example, none between them besides.
 *
 * @see Baichuan-7B evaluation/evaluate_zh.py at 6f3ef46
 */
export function baichuanCevalPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  return {
    header: `${headerOf(`${BAICHUAN_ZH[subject] ?? cevalZh(subject)}考试`)}\n`,
    shots: shots.map((shot) => `\n${questionLines(shot)}\n答案：${shot.answer}`),
    query: `\n${questionLines(question)}\n答案：`,
  };
}

/**
 * The prompt of the original: a blank line behind the header and behind each example.
 *
 * @see C-Eval code/evaluator_series/evaluators/llama.py at cba65ae
 */
export function cevalPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  return {
    header: `${headerOf(`${cevalZh(subject)}考试`)}\n\n`,
    shots: shots.map((shot) => `${questionLines(shot)}\n答案：${shot.answer}\n\n`),
    query: `${questionLines(question)}\n答案：`,
  };
}

/**
 * OpenCompass has the header in each example and the letter in a line of its own. A line end follows each of its items:
 * question, answer, what separates examples, and what ends them, which is there without examples too.
 *
 * @see OpenCompass configs/datasets/ceval/ceval_ppl_578f8d.py at b885ec84
 */
export function openCompassCevalPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  const round = (one: ChoiceQuestion): string => {
    const lines = questionLines(mapTexts(one, universalNewlines));
    return `${headerOf(`${cevalZh(subject)}考试`)}\n${lines}\n答案: `;
  };
  return {
    header: "",
    shots: shots.map((shot) => `${round(shot)}\n${shot.answer}\n\n\n`),
    query: `\n\n${round(question)}`,
  };
}

/**
 * lm-evaluation-harness leaves out 考试, writes a space before letters, and none around a question.
 *
 * @see lm-evaluation-harness lm_eval/tasks/ceval at 4e7e0d4
 */
export function lmEvalCevalPrompt({ subject, shots, question }: ChoiceExamples): PromptPieces {
  const lines = (one: ChoiceQuestion): string =>
    questionLines({ ...one, question: strip(one.question) });
  return {
    header: `${headerOf(cevalZh(subject))}\n\n`,
    shots: shots.map((shot) => `${lines(shot)}\n答案： ${shot.answer}\n\n`),
    query: `${lines(question)}\n答案：`,
  };
}
