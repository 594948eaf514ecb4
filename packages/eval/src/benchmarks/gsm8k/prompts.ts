import type { Example } from "../../generation/example.ts";
import type { PromptTable, Prompts } from "../../options/choose-prompt.ts";
import { CHAIN_OF_THOUGHT_EXAMPLES } from "./chain-of-thought-examples.ts";
import { OPENCOMPASS_EXAMPLES } from "./opencompass-examples.ts";
import {
  LM_EVAL,
  LM_EVAL_COT,
  OFFICIAL,
  OPENCOMPASS_2023,
  OPENCOMPASS_HEAD,
  type Scorer,
} from "./scorers.ts";

/** A prompt, by its name at the source, and how its answers are scored. */
export interface Gsm8kPrompt {
  readonly name: string;
  /** Examples unless an option says otherwise. */
  readonly shots: number;
  /** The prompt's own; undefined: the first rows of `train.jsonl`. */
  readonly examples?: readonly Example[];
  readonly show: (example: Example) => string;
  readonly ask: (question: string) => string;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
  readonly scorer: Scorer;
}

const OPENCOMPASS = {
  shots: 4,
  examples: OPENCOMPASS_EXAMPLES,
  show: ({ question, answer }: Example) => `${askInSteps(question)}\n${answer}\n\n`,
  maxNewTokens: 512,
};

/** Two forms of one prompt: the second asks without `Let's think step by step`. */
function openCompass(scorer: Scorer, stop: readonly string[]): Prompts<Gsm8kPrompt> {
  const both = { ...OPENCOMPASS, scorer, stop };
  return [
    { ...both, name: "1d7fe4", ask: askInSteps },
    { ...both, name: "1dce88", ask: (question) => `Question: ${question}\n` },
  ];
}

/** Nothing behind this is read, so it need not be written. */
const READ_UNTIL_2023 = "\n\n";
const READ_UNTIL_HEAD = "Question:";

/** lm-evaluation-harness's, where a task does not set it. */
const LM_EVAL_NEW_TOKENS = 256;

/** Of each recipe, its default first. */
export const GSM8K_PROMPTS: PromptTable<Gsm8kPrompt> = {
  readme: openCompass(OPENCOMPASS_2023, [READ_UNTIL_2023]),
  opencompass: openCompass(OPENCOMPASS_2023, [READ_UNTIL_2023]),
  "opencompass-head": openCompass(OPENCOMPASS_HEAD, [READ_UNTIL_HEAD]),
  official: [
    {
      name: "official",
      shots: 4,
      show: ({ question, answer }) => `${question}\n${answer}\n\n`,
      ask: (question) => `${question}\n`,
      maxNewTokens: 512,
      stop: ["\n\n"],
      scorer: OFFICIAL,
    },
  ],
  "lm-eval": [
    {
      name: "gsm8k",
      shots: 5,
      show: ({ question, answer }) => `Question: ${question}\nAnswer: ${answer}\n\n`,
      ask: (question) => `Question: ${question}\nAnswer:`,
      maxNewTokens: LM_EVAL_NEW_TOKENS,
      stop: ["Question:", "</s>", "<|im_end|>"],
      scorer: LM_EVAL,
    },
    {
      name: "gsm8k_cot",
      shots: 8,
      examples: CHAIN_OF_THOUGHT_EXAMPLES,
      show: ({ question, answer }) => `Q: ${question}\nA: ${answer}\n\n`,
      ask: (question) => `Q: ${question}\nA:`,
      maxNewTokens: LM_EVAL_NEW_TOKENS,
      stop: ["Q:", "</s>", "<|im_end|>"],
      scorer: LM_EVAL_COT,
    },
  ],
};

function askInSteps(question: string): string {
  return `Question: ${question}\nLet's think step by step\nAnswer:`;
}
