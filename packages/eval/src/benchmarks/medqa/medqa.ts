import { join } from "node:path";
import type { Benchmark, LoadOptions, Task, Title } from "../../benchmark.ts";
import { examSamples, type Exam } from "../../choice/exam.ts";
import { readShots } from "../../choice/shots.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { isThere } from "../../data/is-there.ts";
import { checkedOption } from "../../options/checked-option.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { loadMedqa } from "./load-medqa.ts";

/** One of the exams, and its folder. */
interface MedqaExam {
  /** The benchmark is `medqa-` and this, and so is its task. */
  readonly name: "usmle" | "mcmle";
  readonly title: Title;
  readonly published: string;
  readonly exam: Exam;
  readonly folder: string;
  /** Rows of the published files. */
  readonly rows: Readonly<Record<"dev" | "test", number>>;
  /** The test split of the variant with four options. */
  readonly fourOptions: string;
}

/** MedQA of the United States Medical Licensing Examination. */
export const medqaUsmle: Benchmark = medqa({
  name: "usmle",
  title: { en: "MedQA, United States", zh: "MedQA 美国医师执照考试" },
  published: "MedQA-USMLE",
  exam: {
    language: "en",
    subject: "the United States Medical Licensing Examination",
    letters: "ABCDE",
  },
  folder: "US",
  rows: { dev: 1272, test: 1273 },
  fourOptions: "4_options/phrases_no_exclude_test",
});

/** MedQA of mainland China's medical licensing examination. */
export const medqaMcmle: Benchmark = medqa({
  name: "mcmle",
  title: { en: "MedQA, mainland China", zh: "MedQA 中国大陆医师资格考试" },
  published: "MedQA-MCMLE",
  exam: { language: "zh", subject: "医师资格", letters: "ABCDE" },
  folder: "Mainland",
  rows: { dev: 3425, test: 3426 },
  fourOptions: "4_options/test",
});

const SPLITS = ["test", "dev", "train"] as const;

/** The file of a split, below the benchmark's folder. */
function pathOf({ folder }: Pick<MedqaExam, "folder">, split: string): string {
  return `questions/${folder}/${split}.jsonl`;
}

function medqa(one: MedqaExam): Benchmark {
  const { name, title, published, folder, rows } = one;
  const path = (split: string): string => pathOf(one, split);
  return {
    name: `medqa-${name}`,
    folder: "medqa",
    title,
    category: "law-medicine",
    published,
    recipes: {
      readme: {
        shots: 5,
        description: {
          en: "five options, asked as Baichuan-7B's evaluate_zh.py asks C-Eval: logits of A to E, mean over all questions",
          zh: "五个选项，按 Baichuan-7B 的 evaluate_zh.py（C-Eval）提问：比较 A 至 E 的 logits，对全部题目取平均",
        },
        chosen: {
          en:
            "The first rows of dev are the examples. An exam in English has MMLU's header and `Answer:`. Examples are dropped from the end beyond 4096 tokens. " +
            "The README's figures are whole numbers of right answers of the whole test file.",
          zh:
            "以 dev 的前几题作为示例。英文考试使用 MMLU 的开头和 `Answer:`。超过 4096 个 token 时从末尾去掉示例。" +
            "README 的数字与整个 test 文件上的正确题数相符。",
        },
      },
    },
    options: ["shots", "split", "letters", "answers", "seed", "heldOutShots"],
    aggregation: "micro",
    groups: {},
    source: {
      url: "https://github.com/jind11/MedQA",
      steps: {
        en: `download the archive that its README links and copy data_clean/questions/${folder}: medqa/${path("{train,dev,test}")}`,
        zh: `下载其 README 链接的压缩包，复制 data_clean/questions/${folder}：medqa/${path("{train,dev,test}")}`,
      },
      licence: "MIT",
    },
    files: [
      { path: path("test"), rows: rows.test },
      { path: path("dev"), rows: rows.dev },
      { path: path("train"), isOptional: true },
    ],
    load: (options) => load(one, options),
  };
}

async function load(one: MedqaExam, options: LoadOptions): Promise<readonly Task[]> {
  const { directory, signal } = options;
  const split = checkedOption("split", options.split ?? "test", SPLITS);
  const fileOf = (part: string): string => join(directory, pathOf(one, part));
  const file = fileOf(split);
  await refuseFourOptions(file, fileOf(one.fourOptions));
  await selectTasks(options, [one.name], () => pathOf(one, split));
  const { notes, ...separate } = await readShots(await loadMedqa(file, signal), file, {
    ...options,
    files: ["dev", "train"].filter((part) => part !== split).map(fileOf),
    read: (source) => loadMedqa(source, signal),
  });
  const path = `${one.name}/${split}`;
  const samples = examSamples(one.exam, { ...separate, path }, options);
  return [{ name: one.name, title: one.title, groups: [], samples, notes }];
}

/** A folder may hold the variant alone: many evaluations ask it, and its numbers are other ones. */
async function refuseFourOptions(file: string, variant: string): Promise<void> {
  if ((await isThere(file)) || !(await isThere(variant))) return;
  throw new EvalDataError({
    file,
    expected: "the questions with five options",
    actual: `those with four alone, ${variant}`,
    hint: "they are in the same archive, one folder above",
  });
}
