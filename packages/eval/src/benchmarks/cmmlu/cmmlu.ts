import type { Benchmark, LoadOptions, Task } from "../../benchmark.ts";
import { choiceSamples, type ChoiceRecipe, type SubjectRows } from "../../choice/choice-samples.ts";
import { LM_EVAL_LETTERS } from "../../choice/lm-eval-letters.ts";
import { choosePrompt, type Prompts } from "../../options/choose-prompt.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { CMMLU_RECIPES, type CmmluRecipe } from "./cmmlu-recipes.ts";
import { extractChoice } from "./extract-choice.ts";
import { CMMLU_FILES } from "./files.ts";
import { cmmluFile, loadCmmluSubject } from "./load-cmmlu.ts";
import { CMMLU_SUBJECTS, cmmluGroups, cmmluZh } from "./subjects.ts";

const SUBJECTS = Object.keys(CMMLU_SUBJECTS);

/** CMMLU: 67 subjects in Chinese. */
export const cmmlu: Benchmark = {
  name: "cmmlu",
  title: { en: "CMMLU", zh: "CMMLU" },
  category: "general",
  published: "CMMLU",
  recipes: {
    readme: {
      shots: 5,
      description: {
        en: "CMMLU's own code, as the README says: logits of A to D, the longest examples dropped above 2048 tokens, mean over subjects",
        zh: "按 README 使用 CMMLU 官方代码：比较 A 至 D 的 logits，超过 2048 个 token 时去掉最长的示例，对各科目取平均",
      },
    },
    official: {
      shots: 5,
      description: {
        en: "CMMLU's own code, the same as readme; `prompt` cot asks for thoughts first, without examples",
        zh: "CMMLU 官方代码，与 readme 相同；`prompt` 为 cot 时先分析再作答，不带示例",
      },
      chosen: {
        en: "A generated answer without a letter is none: the original draws one.",
        zh: "生成式回答中没有字母时视为未作答；官方此时随机选一个。",
      },
    },
    opencompass: {
      shots: 5,
      description: {
        en: "OpenCompass cmmlu_ppl_8b9c76: cross-entropy of the whole prompt with each letter, mean over subjects",
        zh: "OpenCompass cmmlu_ppl_8b9c76：比较带各字母的整段提示的交叉熵，对各科目取平均",
      },
    },
    "lm-eval": LM_EVAL_LETTERS,
  },
  options: ["shots", "prompt", "letters", "answers"],
  aggregation: { readme: "macro", official: "macro", opencompass: "macro", "lm-eval": "micro" },
  groups: {
    STEM: { en: "STEM", zh: "理工科" },
    Humanities: { en: "Humanities", zh: "人文学科" },
    "Social Science": { en: "Social Science", zh: "社会科学" },
    Other: { en: "Other", zh: "其他" },
    "China specific": { en: "China specific", zh: "中国特定主题" },
  },
  source: {
    url: "https://github.com/haonan-li/CMMLU",
    steps: {
      en: "copy the folders below its `data`: cmmlu/{dev,test}/*.csv",
      zh: "复制其 `data` 下的文件夹：cmmlu/{dev,test}/*.csv",
    },
    licence: "CC BY-NC 4.0",
    restriction: { en: "not for commercial use", zh: "不可用于商业目的" },
  },
  files: CMMLU_FILES,
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, signal } = options;
  const prompts = CMMLU_RECIPES[options.recipe] as Prompts<CmmluRecipe>;
  const recipe = choosePrompt(options, prompts);
  const present = await selectTasks(options, SUBJECTS, (subject) => cmmluFile(subject, "test"));
  const subjects = await Promise.all(
    present.map((subject) => loadCmmluSubject(directory, subject, signal)),
  );
  return subjects.map((rows) => toTask(rows, recipe, options));
}

function toTask(rows: SubjectRows, recipe: ChoiceRecipe, options: LoadOptions): Task {
  const { subject } = rows;
  return {
    name: subject,
    title: { en: subject.replaceAll("_", " "), zh: cmmluZh(subject) },
    groups: cmmluGroups(subject),
    samples: choiceSamples(rows, { ...options, split: "test", recipe, extract: extractChoice }),
  };
}
