import type { Recipe, RecipeName } from "../../benchmark.ts";

const OPENCOMPASS_SCORE = {
  en: "OpenCompass of the day of the release, math_gen_265cce (559593 has the same text): four worked problems with doubled braces; the first sentence with `final answer`, compared as hendrycks does",
  zh: "发布当日的 OpenCompass，math_gen_265cce（559593 文本相同）：四道带双花括号的例题；取首个含 `final answer` 的句子，按 hendrycks 的规则比较",
};

/** What is known of each recipe. */
export const MATH_RECIPES: Readonly<Record<RecipeName, Recipe>> = {
  readme: { shots: 4, description: OPENCOMPASS_SCORE },
  opencompass: { shots: 4, description: OPENCOMPASS_SCORE },
  "opencompass-head": {
    shots: 4,
    description: {
      en: "OpenCompass of 2026 for base models, math_4shot_base_gen_db136b: four worked problems with single braces; the last box, else a sentence, compared by version 2 of its evaluator (option prompt: 265cce, the older text; 559593, that with version 1)",
      zh: "2026 年的 OpenCompass（基座模型），math_4shot_base_gen_db136b：四道单花括号例题；读取最后一个 \\boxed，否则取句子，以第 2 版评测器比较（选项 prompt：265cce 为旧文本；559593 为旧文本配第 1 版）",
    },
    chosen: {
      en: "its default, math_gen_a58d9d, compares with the program math-verify, which is not rebuilt here",
      zh: "其默认的 math_gen_a58d9d 使用 math-verify 程序比较，此处未实现",
    },
  },
  official: {
    shots: 8,
    description: {
      en: "hendrycks/math evaluate_gpt3.py: eight problems with answers alone, 20 tokens up to a dollar sign, compared by is_equiv",
      zh: "hendrycks/math 的 evaluate_gpt3.py：八道仅含答案的例题，生成 20 个 token，至美元符号为止，以 is_equiv 比较",
    },
    chosen: {
      en: "the original ends an answer at a token that is a dollar sign, `###` or a line feed and no more; here it ends at the first of these texts",
      zh: "原版仅在某个 token 恰为美元符号、`###` 或换行时结束；此处在这些文本首次出现时结束",
    },
  },
  "lm-eval": {
    shots: 4,
    description: {
      en: "lm-evaluation-harness minerva_math: four worked problems; what stands before `I hope it is correct`, equal after Minerva's normalisation (hendrycks_math, option prompt: no examples, what stands between dollar signs)",
      zh: "lm-evaluation-harness 的 minerva_math：四道例题；取 `I hope it is correct` 之前的内容，经 Minerva 规范化后须一致（hendrycks_math，选项 prompt：无例题，取美元符号之间的内容）",
    },
    chosen: {
      en: "the original has sympy subtract the answers, and math_verify compare them beside that; here they must be the same text after normalisation, so that a score can only be lower",
      zh: "原版用 sympy 求两答案之差，并附 math_verify 的比较；此处规范化后的文本须完全一致，因此分数只会偏低",
    },
  },
};
