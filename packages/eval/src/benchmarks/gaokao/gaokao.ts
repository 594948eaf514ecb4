import { join } from "node:path";
import type { Benchmark, LoadOptions, Task } from "../../benchmark.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { officialSamples, readmeSamples } from "./gaokao-samples.ts";
import { gaokaoPath, loadGaokaoPaper, PROMPT_PATH } from "./load-gaokao.ts";
import { GAOKAO_PAPERS, type GaokaoPaper } from "./papers.ts";

/** GAOKAO-Bench: objective questions of China's college entrance exams. */
export const gaokao: Benchmark = {
  name: "gaokao",
  title: { en: "Gaokao", zh: "高考" },
  category: "general",
  published: "Gaokao",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "the questions with one answer of one letter, asked as Baichuan-7B's evaluate_zh.py asks C-Eval: logits of A to D, mean over papers",
        zh: "仅单项选择题，按 Baichuan-7B 的 evaluate_zh.py（C-Eval）提问：比较 A 至 D 的 logits，对各科试题取平均",
      },
      chosen: {
        en:
          "Per paper, 5 rows drawn with the seed are the examples, all others are asked; questions keep their numbers, and their options stay in them. " +
          "Physics and Chinese count with their rows of one letter. Examples are dropped from the end beyond 4096 tokens. " +
          "The mean is over papers: no number of questions below 6214 gives the README's figures as a mean over questions.",
        zh:
          "每科用种子抽取 5 题作为示例，其余全部测试；题目保留题号，选项保留在题目中。物理和语文只取答案为一个字母的题目。" +
          "超过 4096 个 token 时从末尾去掉示例。对各科取平均：若对题目取平均，少于 6214 题无法得到 README 的全部数字。",
      },
    },
    official: {
      shots: 0,
      description: {
        en: "GAOKAO-Bench's own prompts on all objective questions, answers read from what is generated, share of all points",
        zh: "GAOKAO-Bench 官方提示，测试全部客观题，从生成文本中提取答案，按得分率计分",
      },
      chosen: {
        en: "Answers are the likeliest text; the original draws them with temperature 0.3.",
        zh: "回答取概率最大的文本；官方以温度 0.3 采样。",
      },
    },
  },
  options: ["shots", "letters", "answers", "seed"],
  aggregation: { readme: "macro", official: "micro" },
  groups: {},
  source: {
    url: "https://github.com/OpenLMLab/GAOKAO-Bench",
    steps: {
      en: "take the commit 6dbb24f and copy gaokao/Data/Objective_Questions/*.json and gaokao/Bench/Obj_Prompt.json",
      zh: "取提交 6dbb24f，复制 gaokao/Data/Objective_Questions/*.json 和 gaokao/Bench/Obj_Prompt.json",
    },
    licence: "Apache-2.0",
  },
  files: [
    ...Object.entries(GAOKAO_PAPERS).map(([name, { rows, sha256, subject }]) => ({
      path: gaokaoPath(name),
      rows,
      sha256,
      isOptional: subject === undefined,
    })),
    {
      path: PROMPT_PATH,
      sha256: "df0f2e16cf33e36bfd35dfa6d1694f3bfc05b5defb6aff6f30b79bf6e879b466",
      isOptional: true,
    },
  ],
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, recipe, signal } = options;
  const names = Object.keys(GAOKAO_PAPERS).filter(
    (name) => recipe !== "readme" || GAOKAO_PAPERS[name]?.subject !== undefined,
  );
  const present = await selectTasks(options, names, gaokaoPath);
  const samplesOf = recipe === "readme" ? readmeSamples : await officialSamples(options);
  return Promise.all(
    present.map(async (name) => {
      const paper = GAOKAO_PAPERS[name] as GaokaoPaper;
      const file = join(directory, gaokaoPath(name));
      const rows = await loadGaokaoPaper(file, signal);
      return { name, title: paper.title, groups: [], ...samplesOf({ name, file, rows }, options) };
    }),
  );
}
