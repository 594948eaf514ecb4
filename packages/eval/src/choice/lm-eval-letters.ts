import type { Recipe } from "../benchmark.ts";

/** lm-evaluation-harness on exams whose answer is a letter. */
export const LM_EVAL_LETTERS: Recipe = {
  shots: 5,
  description: {
    en: "lm-evaluation-harness: log-likelihood of the letters, mean over all questions",
    zh: "lm-evaluation-harness：比较字母的对数似然，对全部题目取平均",
  },
  chosen: {
    en: "The harness has no examples unless it is told to: here as many as in the README.",
    zh: "该框架默认不带示例；此处与 README 的数目相同。",
  },
};
