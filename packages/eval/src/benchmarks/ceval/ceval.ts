import type { Benchmark, LoadOptions, Task } from "../../benchmark.ts";
import { choiceSamples, type ChoiceRecipe, type SubjectRows } from "../../choice/choice-samples.ts";
import { LM_EVAL_LETTERS } from "../../choice/lm-eval-letters.ts";
import { checkedOption } from "../../options/checked-option.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { CEVAL_RECIPES } from "./ceval-recipes.ts";
import { extractCevalAnswer } from "./extract-ceval-answer.ts";
import { CEVAL_FILES } from "./files.ts";
import { cevalFile, loadCevalSubject, type CevalSplit } from "./load-ceval.ts";
import { CEVAL_SUBJECTS, cevalGroups } from "./subjects.ts";

const SUBJECTS = Object.keys(CEVAL_SUBJECTS);
const SPLITS = ["val", "test", "dev"] as const;

/** What is to be known of a split's numbers. */
const NOTES: Readonly<Record<CevalSplit, readonly string[] | undefined>> = {
  val: undefined,
  test: ["answers to test are not published: C-Eval's site scores a submission"],
  dev: ["the examples hold the questions that are asked"],
};

/** C-Eval: 52 subjects in Chinese. */
export const ceval: Benchmark = {
  name: "ceval",
  title: { en: "C-Eval", zh: "C-Eval" },
  category: "general",
  published: "C-Eval",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "Baichuan-7B's evaluate_zh.py: logits of A to D behind its prompt, mean over subjects",
        zh: "Baichuan-7B 的 evaluate_zh.py：在其提示后比较 A 至 D 的 logits，对各科目取平均",
      },
      chosen: {
        en: "The script shuffles the examples for each question, without a seed: here they stand in the file's order, and `seed` shuffles them. The script asks val; the README's numbers are of test, which only C-Eval's site can score.",
        zh: "该脚本对每道题都无种子地打乱示例；此处按文件顺序，给出 `seed` 则打乱。该脚本默认使用 val；README 的数字来自 test，只有 C-Eval 网站能评分。",
      },
    },
    official: {
      shots: 5,
      description: {
        en: "C-Eval's own code: logits of A to D, examples with blank lines between them, mean over subjects",
        zh: "C-Eval 官方代码：比较 A 至 D 的 logits，示例之间有空行，对各科目取平均",
      },
      chosen: {
        en: "Generated answers are read as the original reads those without examples: with examples it takes nothing but the bare letter.",
        zh: "生成式回答按官方零样本方式提取；官方在有示例时只接受单独的字母。",
      },
    },
    opencompass: {
      shots: 5,
      description: {
        en: "OpenCompass ceval_ppl_578f8d: cross-entropy of the whole prompt with each letter, mean over subjects",
        zh: "OpenCompass ceval_ppl_578f8d：比较带各字母的整段提示的交叉熵，对各科目取平均",
      },
    },
    "lm-eval": LM_EVAL_LETTERS,
  },
  options: ["shots", "split", "letters", "answers", "seed"],
  aggregation: { readme: "macro", official: "macro", opencompass: "macro", "lm-eval": "micro" },
  groups: {
    STEM: { en: "STEM", zh: "理工科" },
    "Social Science": { en: "Social Science", zh: "社会科学" },
    Humanities: { en: "Humanities", zh: "人文学科" },
    Other: { en: "Other", zh: "其他" },
    Hard: { en: "C-Eval Hard", zh: "C-Eval Hard" },
  },
  source: {
    url: "https://github.com/hkust-nlp/ceval",
    steps: {
      en: "download ceval-exam.zip, which the README links, and unpack it: ceval/{dev,val,test}/*.csv",
      zh: "下载其 README 链接的 ceval-exam.zip 并解压：ceval/{dev,val,test}/*.csv",
    },
    licence: "CC BY-NC-SA 4.0",
    restriction: { en: "not for commercial use", zh: "不可用于商业目的" },
  },
  files: CEVAL_FILES,
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, signal } = options;
  const split = checkedOption("split", options.split ?? "val", SPLITS);
  const present = await selectTasks(options, SUBJECTS, (subject) => cevalFile(subject, split));
  const subjects = await Promise.all(
    present.map((subject) => loadCevalSubject(directory, subject, { split, signal })),
  );
  return subjects.map((rows) => toTask(rows, { ...options, split }));
}

function toTask(rows: SubjectRows, options: LoadOptions & { readonly split: CevalSplit }): Task {
  const { subject } = rows;
  const [en = subject, zh = subject] = CEVAL_SUBJECTS[subject] ?? [];
  const recipe = CEVAL_RECIPES[options.recipe] as ChoiceRecipe;
  return {
    name: subject,
    title: { en, zh },
    groups: cevalGroups(subject),
    samples: choiceSamples(rows, { ...options, recipe, extract: extractCevalAnswer }),
    notes: NOTES[options.split],
  };
}
