/**
 * The prompts of AGIEval's own code.
 *
 * @see AGIEval src/dataset_loader.py at 5c77d07
 */
import type { AgievalSetting } from "./extract-answer.ts";
import type { AgievalRow } from "./load-agieval.ts";
import type { AgievalTask } from "./tasks.ts";

/** A question that is answered before the one that is asked. */
export interface AgievalExample {
  readonly row: AgievalRow;
  /** How its answer is reached. */
  readonly explanation: string;
}

/** Words around a question and its answer, by language. */
const WORDS = {
  en: {
    question: "Q: ",
    options: "Answer Choices: ",
    /** Of a question whose options are one text. */
    fallback: 5,
    ask: (last: string) => `A: Among A through ${last}, the answer is`,
    askForResult: "A: The answer is",
    think: (_last: string) => "Let's think step by step.",
    thinkOfResult: "A: Let's think step by step.",
    header: "Here are the answers for the problems in the exam.\n",
    number: (number: number) => `Problem ${number}.   `,
    choose: "Choose from the following options:    ",
    explanation: (number: number) => `Explanation for Problem ${number}:   `,
    answer: "The answer is therefore ",
  },
  zh: {
    question: "问题：",
    options: "选项：",
    fallback: 4,
    ask: (last: string) => `答案：从A到${last}, 我们应选择`,
    askForResult: "答案：",
    think: (last: string) => `从A到${last}, 我们应选择什么？让我们逐步思考：`,
    thinkOfResult: "答案：让我们逐步思考：",
    header: "以下是考试中各个问题的答案。\n",
    number: (number: number) => `问题 ${number}.   `,
    choose: "从以下选项中选择:    ",
    explanation: (number: number) => `问题 ${number}的解析:   `,
    answer: "答案是 ",
  },
} as const;

/** The prompt without examples; with reasoning, it is the first of the two that the original asks. */
export function zeroShotPrompt(
  { language, answer }: AgievalTask,
  { passage, question, options }: AgievalRow,
  setting: AgievalSetting,
): string {
  const words = WORDS[language];
  const isThinking = setting === "zero-shot-CoT";
  const asked = `${passage}${words.question}${question}`;
  if (answer === "result")
    return `${asked}\n${isThinking ? words.thinkOfResult : words.askForResult}`;
  const last = "ABCDEFG"[(options.length === 1 ? words.fallback : options.length) - 1] ?? "G";
  return `${asked} ${words.options}${options.join(" ")}\n${(isThinking ? words.think : words.ask)(last)}`;
}

/** What a prompt with examples may have. */
export interface FewShotLimits {
  /** The header and the examples stay below. */
  readonly maxTokens: number;
  readonly countTokens: (text: string) => number;
}

/**
 * The prompt with as many examples as there is room for; the question's number follows theirs.
 *
 * Where there is no room for the first, the original ends with an exception; here the question is asked without any.
 */
export function fewShotPrompt(
  task: AgievalTask,
  row: AgievalRow,
  examples: readonly string[],
  { maxTokens, countTokens }: FewShotLimits,
): string {
  const { header } = WORDS[task.language];
  let kept = examples.length;
  const shortened = (): string => header + examples.slice(0, kept).join("");
  while (kept > 0 && countTokens(shortened()) >= maxTokens) kept--;
  return shortened() + numbered(task, row, kept + 1);
}

/** An example's text, with its number and the empty line behind it. */
export function exampleText(
  task: AgievalTask,
  { row, explanation }: AgievalExample,
  number: number,
  setting: AgievalSetting,
): string {
  const words = WORDS[task.language];
  const reasoning =
    setting === "few-shot-CoT" ? `${words.explanation(number)}${explanation}\n` : "";
  return `${numbered(task, row, number)}${reasoning}${words.answer}${asPython(row.label)}\n\n`;
}

/** Tasks of results leave a passage out. */
function numbered({ language, answer }: AgievalTask, row: AgievalRow, number: number): string {
  const words = WORDS[language];
  return answer === "result"
    ? `${words.number(number)}${row.question}\n`
    : `${words.number(number)}${row.passage} ${row.question}\n${words.choose}${row.options.join(" ")}\n`;
}

/** Python's text of a letter, or of a list of letters: `['A', 'C']`. */
function asPython(label: string | readonly string[]): string {
  return typeof label === "string" ? label : `[${label.map((one) => `'${one}'`).join(", ")}]`;
}
