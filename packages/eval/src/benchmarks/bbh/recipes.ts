import type { Recipe, RecipeName } from "../../benchmark.ts";
import type { PromptForm } from "./prompt.ts";
import {
  LM_EVAL,
  LM_EVAL_DIRECT,
  OFFICIAL,
  OPENCOMPASS_2023,
  OPENCOMPASS_HEAD,
  type Scorer,
} from "./scorers.ts";

/** What a recipe asks and how it scores. */
export interface BbhRecipe extends Pick<PromptForm, "opening" | "closing" | "cue" | "thoughts"> {
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
  readonly scorer: Scorer;
  /** What differs where there is no chain of thought. */
  readonly direct?: Partial<Pick<BbhRecipe, "scorer" | "maxNewTokens">>;
}

/** Ends an answer. */
export const NEXT_QUESTION = ["\n\nQ:"];

const OPENCOMPASS = {
  opening: "Follow the given examples and answer the question.\n",
  closing: "",
  cue: "A: Let's think step by step.",
  thoughts: "kept",
  maxNewTokens: 512,
} as const;

/** Of each recipe. */
export const BBH_FORMS: Readonly<Record<RecipeName, BbhRecipe>> = {
  readme: { ...OPENCOMPASS, stop: NEXT_QUESTION, scorer: OPENCOMPASS_2023 },
  opencompass: { ...OPENCOMPASS, stop: [], scorer: OPENCOMPASS_2023 },
  // Its copies of the examples end with a line feed.
  "opencompass-head": { ...OPENCOMPASS, closing: "\n", stop: ["Q:"], scorer: OPENCOMPASS_HEAD },
  official: { ...OPENCOMPASS, opening: "", stop: NEXT_QUESTION, scorer: OFFICIAL },
  "lm-eval": {
    opening: "",
    closing: "",
    thoughts: "on lines of their own",
    cue: "A: Let's think step by step.\n",
    maxNewTokens: 1024,
    stop: ["</s>", "Q", "\n\n"],
    scorer: LM_EVAL,
    direct: { scorer: LM_EVAL_DIRECT, maxNewTokens: 256 },
  },
};

const DIRECT = {
  en: "option direct: the examples' answers alone and `A:`, an answer up to the next question, read without the space before it",
  zh: "选项 direct：示例仅给出答案，以 `A:` 结尾；答案读至下一个问题，并去掉其前的空格",
};

/** What is known of each recipe. */
export const BBH_RECIPES: Readonly<Record<RecipeName, Recipe>> = {
  readme: {
    shots: 3,
    description: {
      en: "OpenCompass bbh_gen_6bd693 with the authors' chains of thought: letter or line behind the first `answer is `, mean over 27 tasks",
      zh: "OpenCompass bbh_gen_6bd693，使用作者的思维链示例：取第一个 `answer is ` 之后的字母或整行，对 27 个任务取平均",
    },
    chosen: {
      en: `whether Baichuan showed chains of thought is not published; generation stops before the next question, into which the original reads on; the lines against training on the data are left out (option prompt: with-canary keeps them); ${DIRECT.en}`,
      zh: `百川未公布是否使用思维链；生成在下一个问题之前停止，而原版会继续读入；略去防止用于训练的标识行（选项 prompt 取 with-canary 则保留）；${DIRECT.zh}`,
    },
  },
  opencompass: {
    shots: 3,
    description: {
      en: "OpenCompass of the day of the release, bbh_gen_6bd693, with the authors' chains of thought: as readme, but nothing stops the generation before 512 tokens",
      zh: "发布当日的 OpenCompass，bbh_gen_6bd693，使用作者的思维链示例：与 readme 相同，但生成直至 512 个 token 不提前停止",
    },
    chosen: {
      en: `on that day its examples had to be supplied by its user; ${DIRECT.en}`,
      zh: `当日其示例需由使用者自备；${DIRECT.zh}`,
    },
  },
  "opencompass-head": {
    shots: 3,
    description: {
      en: "OpenCompass of 2026 for base models, bbh_gen_98fba6: the same prompts but for one more line feed, up to `Q:`; of free answers the line behind the last `answer is`, without decoration and case",
      zh: "2026 年的 OpenCompass（基座模型），bbh_gen_98fba6：提示相同，仅多一个换行，至 `Q:` 为止；自由作答取最后一个 `answer is` 之后的整行，忽略修饰与大小写",
    },
    chosen: DIRECT,
  },
  official: {
    shots: 3,
    description: {
      en: "suzgunmirac/BIG-Bench-Hard: the authors' prompt files; the line behind `answer is ` must be the target, brackets included",
      zh: "suzgunmirac/BIG-Bench-Hard：作者的提示文件；`answer is ` 之后的整行须与目标一致（含括号）",
    },
    chosen: {
      en: `the authors' program is not published; this is what gives the scores beside their outputs; ${DIRECT.en}`,
      zh: `作者未公布评分程序；此规则可得出其输出所附的分数；${DIRECT.zh}`,
    },
  },
  "lm-eval": {
    shots: 3,
    description: {
      en: "lm-evaluation-harness bbh_cot_fewshot (bbh_fewshot with option direct): what stands behind `the answer is ` but for its last character; mean over all questions",
      zh: "lm-evaluation-harness 的 bbh_cot_fewshot（选项 direct 时为 bbh_fewshot）：取 `the answer is ` 之后除最后一个字符外的内容；对全部问题取平均",
    },
    chosen: {
      en: "with option direct, the answer is read without the space before it",
      zh: "选项 direct 时，去掉答案前的空格",
    },
  },
};
