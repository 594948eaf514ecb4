import type { RecipeName } from "../../benchmark.ts";
import type { ChoiceRecipe } from "../../choice/choice-samples.ts";
import { dropLast, keepAll } from "../../choice/prompt-pieces.ts";
import {
  baichuanCevalPrompt,
  cevalPrompt,
  lmEvalCevalPrompt,
  openCompassCevalPrompt,
} from "./ceval-prompt.ts";

/** Tokens of a prompt in OpenCompass's configurations of Baichuan. */
const OPENCOMPASS_MAX_TOKENS = 2048;

/** Prompts of C-Eval, and what is compared behind them. */
export const CEVAL_RECIPES: Readonly<Partial<Record<RecipeName, ChoiceRecipe>>> = {
  readme: {
    prompt: baichuanCevalPrompt,
    shorten: keepAll,
    compare: { kind: "letters", ids: "bare" },
  },
  official: {
    prompt: cevalPrompt,
    shorten: keepAll,
    compare: { kind: "letters", ids: "bare" },
  },
  opencompass: {
    prompt: openCompassCevalPrompt,
    shorten: dropLast(OPENCOMPASS_MAX_TOKENS, "\nA"),
    compare: { kind: "perplexity", textOf: (prompt, letter) => `${prompt}\n${letter}` },
  },
  "lm-eval": {
    prompt: lmEvalCevalPrompt,
    shorten: keepAll,
    compare: { kind: "logLikelihood", delimiter: " " },
  },
};
