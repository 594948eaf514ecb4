import type { ChoiceRecipe } from "../../choice/choice-samples.ts";
import { dropLast, dropLongest, keepAll } from "../../choice/prompt-pieces.ts";
import type { PromptTable } from "../../options/choose-prompt.ts";
import {
  cmmluCotPrompt,
  cmmluPrompt,
  lmEvalCmmluPrompt,
  openCompassCmmluPrompt,
} from "./cmmlu-prompt.ts";

/** Tokens of a prompt in the original, and in OpenCompass's configurations of Baichuan. */
const MAX_TOKENS = 2048;

/** A prompt, by its name, and what is compared behind it. */
export interface CmmluRecipe extends ChoiceRecipe {
  readonly name: string;
}

const DIRECT: CmmluRecipe = {
  name: "direct",
  prompt: cmmluPrompt,
  shorten: dropLongest(MAX_TOKENS),
  compare: { kind: "letters", ids: "bare" },
};

/** The paper asks for thoughts without examples; an analysis in Chinese is a few hundred tokens long. */
const COT: CmmluRecipe = {
  ...DIRECT,
  name: "cot",
  prompt: cmmluCotPrompt,
  shots: 0,
  answers: "generate",
  maxNewTokens: 1024,
};

/** Prompts of CMMLU. */
export const CMMLU_RECIPES: Partial<PromptTable<CmmluRecipe>> = {
  readme: [DIRECT, COT],
  official: [DIRECT, COT],
  opencompass: [
    {
      name: "8b9c76",
      prompt: openCompassCmmluPrompt,
      shorten: dropLast(MAX_TOKENS, " A"),
      compare: { kind: "perplexity", textOf: (prompt, letter) => `${prompt} ${letter}` },
    },
  ],
  "lm-eval": [
    {
      name: "direct",
      prompt: lmEvalCmmluPrompt,
      shorten: keepAll,
      compare: { kind: "logLikelihood", delimiter: " " },
    },
  ],
};
