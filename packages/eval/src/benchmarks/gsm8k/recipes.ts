import type { Recipe, RecipeName } from "../../benchmark.ts";

const OPENCOMPASS_SCORE = {
  en: "OpenCompass of the day of the release, gsm8k_gen_1d7fe4 (or 1dce88, option prompt): four fixed worked examples; digits of the last word that has any",
  zh: "发布当日的 OpenCompass，gsm8k_gen_1d7fe4（或 1dce88，由选项 prompt 指定）：四个固定示例；取最后一个含数字的词中的数字",
};

/** What is known of each recipe. */
export const GSM8K_RECIPES: Readonly<Record<RecipeName, Recipe>> = {
  readme: {
    shots: 4,
    description: OPENCOMPASS_SCORE,
    chosen: {
      en: "which of OpenCompass's two prompts Baichuan used is not published; 1d7fe4 is taken",
      zh: "百川未公布使用了 OpenCompass 两种提示中的哪一种；此处采用 1d7fe4",
    },
  },
  opencompass: { shots: 4, description: OPENCOMPASS_SCORE },
  "opencompass-head": {
    shots: 4,
    description: {
      en: "OpenCompass of 2026: the same prompts; the last number before the next question, equal as a number",
      zh: "2026 年的 OpenCompass：提示相同；取下一个问题之前的最后一个数，按数值比较",
    },
  },
  official: {
    shots: 4,
    description: {
      en: "openai/grade-school-math: question and answer in lines of their own; the number behind ####",
      zh: "openai/grade-school-math：问题与答案各占一行；取 #### 之后的数",
    },
    chosen: {
      en: "the original tunes a model instead of showing it examples, and works out what stands in << >>; here the first rows of train.jsonl are shown, and nothing is worked out",
      zh: "原版通过微调而非示例，并计算 << >> 中的算式；此处展示 train.jsonl 的前几行，且不做计算",
    },
  },
  "lm-eval": {
    shots: 5,
    description: {
      en: "lm-evaluation-harness gsm8k (or gsm8k_cot, option prompt: eight fixed examples): strict-match, and flexible-extract beside it",
      zh: "lm-evaluation-harness 的 gsm8k（或 gsm8k_cot，由选项 prompt 指定：八个固定示例）：strict-match，并附 flexible-extract",
    },
    chosen: {
      en: "the original draws the five examples anew for each question; here they are the first rows of train.jsonl",
      zh: "原版为每个问题重新抽取五个示例；此处使用 train.jsonl 的前五行",
    },
  },
};
