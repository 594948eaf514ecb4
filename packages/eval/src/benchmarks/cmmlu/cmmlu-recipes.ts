import type { RecipeName } from "../../benchmark.ts";
import type { ChoiceRecipe } from "../../choice/choice-samples.ts";
import { dropLast, dropLongest, keepAll } from "../../choice/prompt-pieces.ts";
import {
  cmmluCotPrompt,
  cmmluPrompt,
  lmEvalCmmluPrompt,
  openCompassCmmluPrompt,
} from "./cmmlu-prompt.ts";

/** Tokens of a prompt in the original, and in OpenCompass's configurations of Baichuan. */
const MAX_TOKENS = 2048;

const DIRECT: ChoiceRecipe = {
  prompt: cmmluPrompt,
  shorten: dropLongest(MAX_TOKENS),
  compare: { kind: "letters", ids: "bare" },
};

/** The paper asks for thoughts without examples; an analysis in Chinese is a few hundred tokens long. */
const COT: ChoiceRecipe = {
  ...DIRECT,
  prompt: cmmluCotPrompt,
  shots: 0,
  answers: "generate",
  maxNewTokens: 1024,
};

/** Prompts of CMMLU by their names, the default first, and what is compared behind them. */
export const CMMLU_RECIPES: Readonly<
  Partial<Record<RecipeName, Readonly<Record<string, ChoiceRecipe>>>>
> = {
  readme: { direct: DIRECT, cot: COT },
  official: { direct: DIRECT, cot: COT },
  opencompass: {
    "8b9c76": {
      prompt: openCompassCmmluPrompt,
      shorten: dropLast(MAX_TOKENS, " A"),
      compare: { kind: "perplexity", textOf: (prompt, letter) => `${prompt} ${letter}` },
    },
  },
  "lm-eval": {
    direct: {
      prompt: lmEvalCmmluPrompt,
      shorten: keepAll,
      compare: { kind: "logLikelihood", delimiter: " " },
    },
  },
};
