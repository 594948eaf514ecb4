import { join } from "node:path";
import type { Benchmark, LoadOptions, Task } from "../../benchmark.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { officialSamples, readmeSamples } from "./agieval-samples.ts";
import { FOUR_OPTION_TASKS } from "./exam-rows.ts";
import { EXAMPLE_PATH } from "./few-shot-table.ts";
import { agievalPath, loadAgievalTask } from "./load-agieval.ts";
import { AGIEVAL_TASKS, type AgievalTask } from "./tasks.ts";

/** AGIEval v1: admission and qualification exams in Chinese and English. */
export const agieval: Benchmark = {
  name: "agieval",
  title: { en: "AGIEval", zh: "AGIEval" },
  category: "general",
  published: "AGIEval",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "the questions with four options and one answer, asked as Baichuan-7B's evaluate_zh.py asks C-Eval: logits of A to D, mean over tasks",
        zh: "仅四选一单项选择题，按 Baichuan-7B 的 evaluate_zh.py（C-Eval）提问：比较 A 至 D 的 logits，对各任务取平均",
      },
      chosen: {
        en:
          "Per task, 5 rows drawn with the seed are the examples, all others are asked. Passage, question and options stand in lines of their own; " +
          "`(A)` is written `A.`. Exams in English have MMLU's header and `Answer:`. Examples are dropped from the end beyond 4096 tokens. " +
          "The mean is over tasks: no number of questions below 6190 gives the README's figures as a mean over questions.",
        zh:
          "每个任务用种子抽取 5 题作为示例，其余全部测试。文章、题目和选项各占一行，`(A)` 写作 `A.`。英文考试使用 MMLU 的开头和 `Answer:`。" +
          "超过 4096 个 token 时从末尾去掉示例。对各任务取平均：若对题目取平均，少于 6190 题无法得到 README 的全部数字。",
      },
    },
    official: {
      shots: 5,
      description: {
        en: "AGIEval's own prompts with its 3 to 5 examples (shots 0: zero-shot; prompt few-shot-CoT: with explanations), answers read from what is generated, mean over tasks",
        zh: "AGIEval 官方提示，含其 3 至 5 个示例（shots 0 为零样本；prompt few-shot-CoT 带解析），从生成文本中提取答案，对各任务取平均",
      },
      chosen: {
        en: "An answer behind examples ends at an empty line, as they do. zero-shot-CoT is not offered: it asks twice.",
        zh: "有示例时回答在空行处结束，与示例一致。不提供 zero-shot-CoT：它需要提问两次。",
      },
    },
  },
  options: ["shots", "prompt", "letters", "answers", "seed"],
  aggregation: "macro",
  groups: {
    chinese: { en: "exams in Chinese", zh: "中文考试" },
    english: { en: "exams in English", zh: "英文考试" },
  },
  source: {
    url: "https://github.com/ruixiangcui/AGIEval",
    steps: {
      en: "take the commit 5c77d07, which has v1 (later ones have other questions), and copy its data: agieval/data/v1/*.jsonl, agieval/data/few_shot_prompts.csv",
      zh: "取提交 5c77d07（v1；之后的版本题目不同），复制其 data：agieval/data/v1/*.jsonl、agieval/data/few_shot_prompts.csv",
    },
    licence: "MIT for Gaokao and SAT; those of their sources for the others (data/v1/LICENSE)",
    restriction: {
      en: "JEC-QA is for research, on application",
      zh: "JEC-QA 仅供研究，需申请",
    },
  },
  files: [
    ...Object.entries(AGIEVAL_TASKS).map(([name, { rows, sha256 }]) => ({
      path: agievalPath(name),
      rows,
      sha256,
    })),
    {
      path: EXAMPLE_PATH,
      sha256: "b3dc9466d5cb758c77d8ab2b58026e448be0039b30819b4bcb67a9e13a09de8a",
      rows: 10,
      isOptional: true,
    },
  ],
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, recipe, signal } = options;
  const names = recipe === "readme" ? FOUR_OPTION_TASKS : Object.keys(AGIEVAL_TASKS);
  const present = await selectTasks(options, names, agievalPath);
  const samplesOf = recipe === "readme" ? readmeSamples : await officialSamples(options);
  return Promise.all(
    present.map(async (name) => {
      const task = AGIEVAL_TASKS[name] as AgievalTask;
      const file = join(directory, agievalPath(name));
      const rows = await loadAgievalTask(file, task, signal);
      const groups = [task.language === "zh" ? "chinese" : "english"];
      return { name, title: task.title, groups, ...samplesOf({ name, task, file, rows }, options) };
    }),
  );
}
