import { join } from "node:path";
import type { Benchmark, LoadOptions, Sample, Task } from "../../benchmark.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { ceval } from "../ceval/ceval.ts";
import { cevalFile } from "../ceval/load-ceval.ts";
import { cmmlu } from "../cmmlu/cmmlu.ts";
import { cmmluFile } from "../cmmlu/load-cmmlu.ts";
import { mmlu } from "../mmlu/mmlu.ts";
import { mmluFile } from "../mmlu/load-mmlu.ts";

/** The subjects of a benchmark that are of medicine. */
interface Part {
  readonly benchmark: Benchmark;
  readonly split: "val" | "test";
  /** The file of a subject's questions and of its examples, below the folder of the benchmark. */
  readonly filesOf: (subject: string) => readonly string[];
  readonly subjects: readonly string[];
}

/** @see Baichuan2 README at ed1cf0f; the Chinese one says that val of C-Eval was asked */
const PARTS: readonly Part[] = [
  {
    benchmark: ceval,
    split: "val",
    filesOf: (subject) => [cevalFile(subject, "val"), cevalFile(subject, "dev")],
    subjects: ["clinical_medicine", "basic_medicine"],
  },
  {
    benchmark: mmlu,
    split: "test",
    filesOf: (subject) => [mmluFile(subject, "test"), mmluFile(subject, "dev")],
    subjects: [
      "clinical_knowledge",
      "anatomy",
      "college_medicine",
      "college_biology",
      "nutrition",
      "virology",
      "medical_genetics",
      "professional_medicine",
    ],
  },
  {
    benchmark: cmmlu,
    split: "test",
    filesOf: (subject) => [cmmluFile(subject, "test"), cmmluFile(subject, "dev")],
    subjects: [
      "anatomy",
      "clinical_knowledge",
      "college_medicine",
      "genetics",
      "nutrition",
      "traditional_chinese_medicine",
      "virology",
    ],
  },
];

/** Where a part's folder lies: beside the one that this benchmark would have, e.g. `data/medical/../ceval`. */
const folderOf = ({ benchmark }: Part): string => join("..", benchmark.name);

const nameOf = ({ benchmark }: Part, subject: string): string => `${benchmark.name}-${subject}`;

/** The subjects of each part, as tasks. */
const TASKS = PARTS.flatMap((part) =>
  part.subjects.map((subject) => ({ part, subject, name: nameOf(part, subject) })),
);

/** The 17 subjects of C-Eval, MMLU and CMMLU that are of medicine. */
export const medical: Benchmark = {
  name: "medical",
  title: { en: "C-Eval, MMLU, CMMLU: medicine", zh: "C-Eval、MMLU、CMMLU 医学学科" },
  category: "law-medicine",
  published: "CEval-MMLU-CMMLU",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "each subject as the README asks it in its benchmark: C-Eval's val, MMLU's and CMMLU's test",
        zh: "各学科采用其所属评测的方案：C-Eval 的 val，MMLU 与 CMMLU 的 test",
      },
      chosen: {
        en: "The README does not say how 17 subjects make one number: here it is their mean, whatever their size.",
        zh: "README 未说明 17 个学科如何合并；此处不论题数对学科取平均。",
      },
    },
  },
  options: ["shots", "letters", "answers", "seed"],
  aggregation: "macro",
  groups: Object.fromEntries(PARTS.map(({ benchmark: { name, title } }) => [name, title])),
  source: {
    url: "https://github.com/baichuan-inc/Baichuan2",
    steps: {
      en: "nothing of its own: ceval, mmlu and cmmlu are read where they lie, in folders beside `medical`",
      zh: "无需另行下载：读取与 `medical` 同级的 ceval、mmlu、cmmlu 文件夹",
    },
    licence: "those of C-Eval, MMLU and CMMLU",
    restriction: { en: "not for commercial use", zh: "不可用于商业目的" },
  },
  files: TASKS.flatMap(({ part, subject }) => {
    const paths = part.filesOf(subject);
    return part.benchmark.files
      .filter(({ path }) => paths.includes(path))
      .map((file) => ({ ...file, path: join(folderOf(part), file.path) }));
  }),
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const files = new Map(
    TASKS.map(({ part, subject, name }) => [
      name,
      join(folderOf(part), part.filesOf(subject)[0] ?? ""),
    ]),
  );
  const present = await selectTasks(options, [...files.keys()], (name) => files.get(name) ?? "");
  const parts = await Promise.all(PARTS.map((part) => loadPart(part, present, options)));
  return parts.flat();
}

async function loadPart(
  part: Part,
  present: readonly string[],
  options: LoadOptions,
): Promise<readonly Task[]> {
  const subjects = part.subjects.filter((subject) => present.includes(nameOf(part, subject)));
  if (subjects.length === 0) return [];
  const directory = join(options.directory, folderOf(part));
  const { split } = part;
  const tasks = await part.benchmark.load({ ...options, directory, split, tasks: subjects });
  return tasks.map((task) => toTask(part, task));
}

function toTask(part: Part, task: Task): Task {
  const { name, title } = part.benchmark;
  return {
    ...task,
    name: nameOf(part, task.name),
    title: { en: `${title.en}: ${task.title.en}`, zh: `${title.zh}：${task.title.zh}` },
    groups: [name],
    samples: task.samples.map((sample): Sample => ({ ...sample, id: nameOf(part, sample.id) })),
  };
}
