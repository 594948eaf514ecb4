import type { Example } from "../../generation/example.ts";
import type { PromptTable, Prompts } from "../../options/choose-prompt.ts";
import { lastBoxed, lastBoxedOrSpaced } from "./boxed.ts";
import {
  isEquivCopies,
  isEquivHeadV1,
  isEquivHeadV2,
  isEquivHendrycks,
  isSame,
  type Equivalence,
} from "./equivalence.ts";
import {
  betweenDollars,
  boxedOrSentence,
  finalSentence,
  finalSentence2023,
  minervaAnswer,
} from "./extract-answer.ts";
import { GOOGLE_PROBLEMS } from "./google-problems.ts";
import { HENDRYCKS_PROBLEMS } from "./hendrycks-problems.ts";
import { MINERVA_PROBLEMS } from "./minerva-problems.ts";
import { normalizeMinerva } from "./normalize-answer.ts";
import { OPENCOMPASS_PROBLEMS } from "./opencompass-problems.ts";

/** How an answer is read and compared. */
export interface Scorer {
  /** What is right, of a row's solution; null: it does not say so. */
  readonly goldOf: (solution: string) => string | null;
  /** What a model answered; null or nothing: no answer. */
  readonly extract: (text: string) => string | null;
  readonly isRight: Equivalence;
}

/** A prompt, by its name at the source, and how its answers are scored. */
export interface MathPrompt extends Scorer {
  readonly name: string;
  readonly heading: string;
  /** All are shown unless an option says otherwise. */
  readonly examples: readonly Example[];
  readonly show: (example: Example) => string;
  readonly ask: (problem: string) => string;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
}

const OPENCOMPASS = {
  heading: "",
  examples: OPENCOMPASS_PROBLEMS,
  show: ({ question, answer }: Example) => `Problem:\n${question}\nSolution:\n${answer}\n\n`,
  ask: (problem: string) => `Problem:\n${problem}\nSolution:\n`,
  maxNewTokens: 512,
  stop: [],
  goldOf: lastBoxed,
};

const SCORE_2023 = { extract: finalSentence2023, isRight: isEquivCopies };

/** Two files with the same text. */
const OPENCOMPASS_2023: Prompts<MathPrompt> = [
  { ...OPENCOMPASS, ...SCORE_2023, name: "265cce" },
  { ...OPENCOMPASS, ...SCORE_2023, name: "559593" },
];

/** lm-evaluation-harness's, where a task does not set it. */
const LM_EVAL_NEW_TOKENS = 256;

/** Of each recipe, its default first. */
export const MATH_PROMPTS: PromptTable<MathPrompt> = {
  readme: OPENCOMPASS_2023,
  opencompass: OPENCOMPASS_2023,
  "opencompass-head": [
    {
      ...OPENCOMPASS,
      name: "db136b",
      examples: GOOGLE_PROBLEMS,
      show: ({ question, answer }) => `Problem:\n${question}\n\nSolution:\n${answer}\n\n`,
      ask: (problem) => `Problem:\n${problem}\nSolution:`,
      maxNewTokens: 1024,
      stop: ["Problem"],
      extract: boxedOrSentence,
      isRight: isEquivHeadV2,
    },
    { ...OPENCOMPASS, name: "265cce", extract: boxedOrSentence, isRight: isEquivHeadV2 },
    { ...OPENCOMPASS, name: "559593", extract: finalSentence, isRight: isEquivHeadV1 },
  ],
  official: [
    {
      name: "official",
      heading:
        "Given a mathematics problem, determine the answer. Simplify your answer as much as possible.\n",
      examples: HENDRYCKS_PROBLEMS,
      show: ({ question, answer }) => `Problem: ${question}\nAnswer: $${answer}$\n###\n`,
      ask: (problem) => `${problem}\nAnswer: $`,
      maxNewTokens: 20,
      stop: ["$", "###", "\n"],
      goldOf: lastBoxed,
      extract: (text) => text,
      isRight: isEquivHendrycks,
    },
  ],
  "lm-eval": [
    {
      name: "minerva_math",
      heading: "",
      examples: MINERVA_PROBLEMS,
      show: ({ question, answer }) => `Problem:\n${question}\n\nSolution: ${answer}\n\n`,
      ask: (problem) => `Problem:\n${problem}\n\nSolution:`,
      maxNewTokens: LM_EVAL_NEW_TOKENS,
      stop: ["Problem:"],
      goldOf: (solution) => normalizeMinerva(lastBoxedOrSpaced(solution) ?? "") || null,
      extract: minervaAnswer,
      isRight: isSame,
    },
    {
      name: "hendrycks_math",
      heading: "",
      examples: [],
      show: () => "",
      ask: (problem) => `Problem: ${problem}\nAnswer:`,
      maxNewTokens: LM_EVAL_NEW_TOKENS,
      stop: ["Problem:"],
      goldOf: lastBoxedOrSpaced,
      extract: betweenDollars,
      isRight: isEquivCopies,
    },
  ],
};
