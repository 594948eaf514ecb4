/**
 * The README's "method similar to C-Eval", for exams that Baichuan published no code for: the prompt of its script for C-Eval, and the
 * logits of the bare letters behind it.
 */
import type { BenchmarkOptions, Sample } from "../benchmark.ts";
import { questionLines, type ChoiceQuestion } from "./choice-question.ts";
import { choiceSample } from "./choice-sample.ts";
import { firstLetter } from "./first-letter.ts";
import { dropLast, type PromptPieces } from "./prompt-pieces.ts";

/** Tokens that Baichuan2 was trained to see at a time. */
const MAX_TOKENS = 4096;

/** An exam, as its prompt names it. */
export interface Exam {
  readonly language: "en" | "zh";
  /** Stands in the header: `高考历史`, `SAT math`. */
  readonly subject: string;
  /** Of the options: `ABCD`. */
  readonly letters: string;
}

/** A question and where it stands. */
export interface ExamRow {
  /** From 0, in its file. */
  readonly row: number;
  readonly question: ChoiceQuestion;
}

/** Rows of an exam, and the task and split that name them. */
export interface ExamRows {
  readonly shots: readonly ExamRow[];
  readonly asked: readonly ExamRow[];
  /** `anatomy/test`: what ids begin with. */
  readonly path: string;
}

/** The words of each language: before the first example, and before a letter in an example and in the question. */
const WORDS = {
  zh: {
    header: (subject: string) =>
      `以下是中国关于${subject}考试的单项选择题，请选出其中的正确答案。\n`,
    answer: (letter: string) => `答案：${letter}`,
    ask: "答案：",
  },
  en: {
    header: (subject: string) =>
      `The following are multiple choice questions (with answers) about ${subject}.\n`,
    answer: (letter: string) => `Answer: ${letter}`,
    ask: "Answer:",
  },
} as const;

/**
 * The prompt of Baichuan's script for C-Eval; for exams in English with the words of its script for MMLU.
 *
 * @see Baichuan-7B evaluation/evaluate_zh.py and evaluate_mmlu.py at 6f3ef46
 */
export function examPrompt(
  { language, subject }: Exam,
  shots: readonly ChoiceQuestion[],
  question: ChoiceQuestion,
): PromptPieces {
  const { header, answer, ask } = WORDS[language];
  return {
    header: header(subject),
    shots: shots.map((shot) => `\n${questionLines(shot)}\n${answer(shot.answer ?? "")}`),
    query: `\n${questionLines(question)}\n${ask}`,
  };
}

/** Samples of an exam. Examples are dropped from the end where a prompt is longer than what Baichuan2 was trained to see. */
export function examSamples(
  exam: Exam,
  { shots, asked, path }: ExamRows,
  { letters: ids = "bare", answers: mode = "compare" }: BenchmarkOptions,
): Sample[] {
  const examples = shots.map(({ question }) => question);
  return asked.map(({ row, question }) =>
    choiceSample({
      id: `${path}/${row}`,
      question,
      letters: [...exam.letters],
      pieces: examPrompt(exam, examples, question),
      shorten: dropLast(MAX_TOKENS),
      compare: { kind: "letters", ids },
      mode,
      extract: firstLetter(exam.letters),
    }),
  );
}
