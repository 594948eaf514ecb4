import type { PromptTable, Prompts } from "../../options/choose-prompt.ts";
import { asWritten } from "../../code/code-sample.ts";
import {
  completion2023,
  completionHead,
  completionHeadBase,
  type CompletionOf,
} from "./extract-completion.ts";

/** What a model is asked, and what of its answer is taken. */
export interface HumanEvalPrompt {
  /** As the recipe's source has it. */
  readonly name: string;
  /** Before the problem's own prompt. */
  readonly instruction: string;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
  readonly completionOf: CompletionOf;
}

const COMPLETE = "Complete the following python code:\n";

const WRITE =
  "Read the following function signature and docstring, and fully implement the function described. " +
  "Your response should only contain the code for this function.\n";

/** Where a function ends. */
const TOP_LEVEL = ["\nclass", "\ndef", "\n#", "\nif", "\nprint"];

const OF_2023 = { maxNewTokens: 512, stop: [], completionOf: completion2023 };

/** For a base model 6f294d is the same as 8e312c: its instruction has another role only. */
const OPENCOMPASS: Prompts<HumanEvalPrompt> = [
  { name: "8e312c", instruction: COMPLETE, ...OF_2023 },
  { name: "a82cae", instruction: "", ...OF_2023 },
  { name: "6f294d", instruction: COMPLETE, ...OF_2023 },
];

const OF_HEAD = { maxNewTokens: 512, stop: [], completionOf: completionHead };

const RAW = { name: "raw", instruction: "", stop: TOP_LEVEL, completionOf: asWritten };

/** The prompts of each recipe. */
export const HUMANEVAL_PROMPTS: PromptTable<HumanEvalPrompt> = {
  readme: OPENCOMPASS,
  opencompass: OPENCOMPASS,
  "opencompass-head": [
    { name: "dcae0e", instruction: WRITE, ...OF_HEAD, maxNewTokens: 1024 },
    { name: "8e312c", instruction: COMPLETE, ...OF_HEAD },
    {
      name: "ce6b06",
      instruction: `# ${COMPLETE}`,
      ...OF_HEAD,
      completionOf: completionHeadBase,
    },
  ],
  official: [{ ...RAW, maxNewTokens: 512 }],
  "lm-eval": [{ ...RAW, maxNewTokens: 1024 }],
};
