import { join } from "node:path";
import type { Benchmark, LoadOptions, Task, Title } from "../../benchmark.ts";
import { examSamples } from "../../choice/exam.ts";
import { drawShots } from "../../choice/shots.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { loadJecqa } from "./load-jecqa.ts";

/** The two kinds of questions; answers are published for the training files alone. */
const KINDS: Readonly<Record<string, { file: string; title: Title; rows: number }>> = {
  knowledge: {
    file: "0_train.json",
    title: { en: "concepts of law", zh: "概念理解题" },
    rows: 7775,
  },
  "case-analysis": {
    file: "1_train.json",
    title: { en: "analysis of cases", zh: "情景分析题" },
    rows: 13_297,
  },
};

const EXAM = { language: "zh", subject: "国家司法", letters: "ABCD" } as const;

/** JEC-QA: China's national judicial examination. */
export const jecqa: Benchmark = {
  name: "jecqa",
  title: { en: "JEC-QA", zh: "JEC-QA" },
  category: "law-medicine",
  published: "JEC-QA",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "the questions with one answer, asked as Baichuan-7B's evaluate_zh.py asks C-Eval: logits of A to D, mean over all questions",
        zh: "仅单选题，按 Baichuan-7B 的 evaluate_zh.py（C-Eval）提问：比较 A 至 D 的 logits，对全部题目取平均",
      },
      chosen: {
        en:
          "Of each training file (the answers of the test files are not published), 5 rows drawn with the seed are the examples, all others are asked. " +
          "Examples are dropped from the end beyond 4096 tokens.",
        zh: "测试集答案未公布，因此从每个训练文件中用种子抽取 5 题作为示例，其余全部测试。超过 4096 个 token 时从末尾去掉示例。",
      },
    },
  },
  options: ["shots", "letters", "answers", "seed"],
  aggregation: "micro",
  groups: {},
  source: {
    url: "https://jecqa.thunlp.org/",
    steps: {
      en: "ask for the data there, and copy jecqa/0_train.json and jecqa/1_train.json",
      zh: "在该网站申请数据，复制 jecqa/0_train.json 和 jecqa/1_train.json",
    },
    licence: "none stated",
    restriction: {
      en: "for research, on application; not to be passed on",
      zh: "仅供研究，需申请；不得转发",
    },
  },
  files: Object.values(KINDS).map(({ file, rows }) => ({ path: file, rows })),
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const pathOf = (name: string): string => KINDS[name]?.file ?? name;
  const present = await selectTasks(options, Object.keys(KINDS), pathOf);
  return Promise.all(
    present.map((name) => loadTask(name, join(options.directory, pathOf(name)), options)),
  );
}

async function loadTask(name: string, file: string, options: LoadOptions): Promise<Task> {
  const { rows, several, none } = await loadJecqa(file, options.signal);
  const { notes, ...separate } = drawShots(rows, file, options);
  const left = `${several} rows with several answers and ${none} without any are left out`;
  return {
    name,
    title: KINDS[name]?.title ?? { en: name, zh: name },
    groups: [],
    samples: examSamples(EXAM, { ...separate, path: `${name}/train` }, options),
    notes: [left, ...notes],
  };
}
