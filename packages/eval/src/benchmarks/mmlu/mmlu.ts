import type { Benchmark, LoadOptions, RecipeName, Task } from "../../benchmark.ts";
import { choiceSamples, type ChoiceRecipe, type SubjectRows } from "../../choice/choice-samples.ts";
import { LM_EVAL_LETTERS } from "../../choice/lm-eval-letters.ts";
import { firstLetter } from "../../choice/first-letter.ts";
import { dropLast, keepAll } from "../../choice/prompt-pieces.ts";
import { checkedOption } from "../../options/checked-option.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { MMLU_FILES } from "./files.ts";
import { loadMmluSubject, mmluFile } from "./load-mmlu.ts";
import { lmEvalMmluPrompt, mmluPrompt, openCompassMmluPrompt } from "./mmlu-prompt.ts";
import { MMLU_CATEGORIES, MMLU_SUBCATEGORY, mmluGroups } from "./subjects.ts";

/** Tokens of a prompt in the original, and in OpenCompass's configurations of Baichuan. */
const MAX_TOKENS = 2048;

const SUBJECTS = Object.keys(MMLU_SUBCATEGORY);
const SPLITS = ["test", "val"] as const;

const RECIPES: Readonly<Partial<Record<RecipeName, ChoiceRecipe>>> = {
  readme: {
    prompt: mmluPrompt,
    shorten: dropLast(MAX_TOKENS),
    compare: { kind: "letters", ids: "bare" },
  },
  official: {
    prompt: mmluPrompt,
    shorten: dropLast(MAX_TOKENS),
    compare: { kind: "letters", ids: "spaced" },
  },
  opencompass: {
    prompt: openCompassMmluPrompt,
    shorten: dropLast(MAX_TOKENS, " A"),
    compare: { kind: "perplexity", textOf: (prompt, letter) => `${prompt} ${letter}` },
  },
  "lm-eval": {
    prompt: lmEvalMmluPrompt,
    shorten: keepAll,
    compare: { kind: "logLikelihood", delimiter: " " },
  },
};

/** MMLU: 57 subjects in English. */
export const mmlu: Benchmark = {
  name: "mmlu",
  title: { en: "MMLU", zh: "MMLU" },
  category: "general",
  published: "MMLU",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "Baichuan-7B's evaluate_mmlu.py: logits of A to D behind hendrycks' prompt, mean over all questions",
        zh: "Baichuan-7B 的 evaluate_mmlu.py：在 hendrycks 的提示后比较 A 至 D 的 logits，对全部题目取平均",
      },
    },
    official: {
      shots: 5,
      description: {
        en: "hendrycks/test: as readme, but the letters have the space before them that the examples show",
        zh: "hendrycks/test：与 readme 相同，但字母带有示例中的前置空格",
      },
    },
    opencompass: {
      shots: 5,
      description: {
        en: "OpenCompass mmlu_ppl_ac766d: cross-entropy of the whole prompt with each letter, mean over subjects",
        zh: "OpenCompass mmlu_ppl_ac766d：比较带各字母的整段提示的交叉熵，对各科目取平均",
      },
    },
    "lm-eval": LM_EVAL_LETTERS,
  },
  options: ["shots", "split", "letters", "answers"],
  aggregation: { readme: "micro", official: "micro", "lm-eval": "micro", opencompass: "macro" },
  groups: Object.fromEntries(
    [...Object.keys(MMLU_CATEGORIES), ...new Set(Object.values(MMLU_SUBCATEGORY))].map((name) => [
      name,
      { en: name, zh: name },
    ]),
  ),
  source: {
    url: "https://github.com/hendrycks/test",
    steps: {
      en: "download data.tar, which the README links, and unpack it: mmlu/data/{dev,val,test}/*.csv",
      zh: "下载其 README 链接的 data.tar 并解压：mmlu/data/{dev,val,test}/*.csv",
    },
    licence: "MIT",
  },
  files: MMLU_FILES,
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, signal } = options;
  const split = checkedOption("split", options.split ?? "test", SPLITS);
  const present = await selectTasks(options, SUBJECTS, (subject) => mmluFile(subject, split));
  const subjects = await Promise.all(
    present.map((subject) => loadMmluSubject(directory, subject, { split, signal })),
  );
  return subjects.map((rows) => toTask(rows, { ...options, split }));
}

function toTask(rows: SubjectRows, options: LoadOptions & { readonly split: string }): Task {
  const { subject } = rows;
  const title = subject.replaceAll("_", " ");
  const recipe = RECIPES[options.recipe] as ChoiceRecipe;
  return {
    name: subject,
    title: { en: title, zh: title },
    groups: mmluGroups(subject),
    samples: choiceSamples(rows, { ...options, recipe, extract: firstLetter("ABCD") }),
  };
}
