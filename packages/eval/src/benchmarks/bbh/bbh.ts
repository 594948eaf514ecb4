import type { Benchmark, Grade, LoadOptions, Sample, Task } from "../../benchmark.ts";
import { choosePrompt, type Prompts } from "../../options/choose-prompt.ts";
import { generationSample } from "../../generation/generation-sample.ts";
import { strip } from "../../python/text.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { examplesPath, loadBbhTask, rowsPath, type BbhTaskRows } from "./load-bbh.ts";
import { beginningOf, promptOf, type PromptForm } from "./prompt.ts";
import { PUBLISHED_HASHES } from "./published-hashes.ts";
import { BBH_FORMS, BBH_RECIPES, NEXT_QUESTION } from "./recipes.ts";
import type { Scorer } from "./scorers.ts";
import { BBH_TASKS, type AnswerKind } from "./tasks.ts";

/** BIG-Bench Hard: 27 tasks that take several steps, in English. */
export const bbh: Benchmark = {
  name: "bbh",
  title: { en: "BIG-Bench Hard", zh: "BIG-Bench Hard" },
  category: "general",
  published: "BBH",
  recipes: BBH_RECIPES,
  options: ["shots", "prompt", "direct"],
  aggregation: {
    readme: "macro",
    opencompass: "macro",
    "opencompass-head": "macro",
    official: "macro",
    "lm-eval": "micro",
  },
  groups: {},
  source: {
    url: "https://github.com/suzgunmirac/BIG-Bench-Hard",
    steps: {
      en: "copy its folders bbh and cot-prompts: bbh/{bbh/*.json,cot-prompts/*.txt}",
      zh: "复制其 bbh 与 cot-prompts 文件夹：bbh/{bbh/*.json,cot-prompts/*.txt}",
    },
    licence: "MIT; marked with a GUID so that nobody trains on it",
  },
  files: Object.entries(BBH_TASKS).flatMap(([task, { rows }]) => [
    { path: rowsPath(task), rows, sha256: PUBLISHED_HASHES[task]?.rows },
    { path: examplesPath(task), sha256: PUBLISHED_HASHES[task]?.shots },
  ]),
  load,
};

/** The lines against training on the data are left out, as in OpenCompass's copies, or kept. */
const PROMPTS: Prompts<{ readonly name: string; readonly withCanary: boolean }> = [
  { name: "without-canary", withCanary: false },
  { name: "with-canary", withCanary: true },
];

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, signal } = options;
  const present = await selectTasks(options, Object.keys(BBH_TASKS), rowsPath);
  const asking = askingOf(options);
  const tasks = await Promise.all(present.map((task) => loadBbhTask(directory, task, signal)));
  return tasks.map((task) => toTask(task, asking));
}

/** How questions are asked and answers are read. */
interface Asking {
  readonly form: PromptForm;
  readonly maxNewTokens: number;
  readonly stop: readonly string[];
  readonly scorer: Scorer;
}

function askingOf(options: LoadOptions): Asking {
  const { recipe, direct = false } = options;
  const { shots = BBH_RECIPES[recipe].shots } = options;
  const { opening, closing, cue, thoughts, direct: directly, ...usual } = BBH_FORMS[recipe];
  const { withCanary } = choosePrompt(options, PROMPTS);
  const form = { opening, closing, cue, thoughts, shots, withCanary };
  if (!direct) return { ...usual, form };
  const stop = usual.stop.length === 0 ? NEXT_QUESTION : usual.stop;
  return { ...usual, ...directly, stop, form: { ...form, cue: "A:", thoughts: "none" } };
}

function toTask({ name, rows, examples }: BbhTaskRows, asking: Asking): Task {
  const title = name.replaceAll("_", " ");
  const beginning = beginningOf(examples, asking.form);
  const { kind } = BBH_TASKS[name] ?? { kind: "free" };
  const samples = rows.map(({ input, target }, row): Sample => {
    const { form, maxNewTokens, stop } = asking;
    const gold = asking.scorer.goldOf(target, kind);
    return generationSample({
      id: `${name}/test/${row}`,
      question: input,
      prompt: promptOf(beginning, input, form),
      maxNewTokens,
      stop,
      gradeText: (text) =>
        gradeOf(form.thoughts === "none" ? strip(text) : text, gold, kind, asking.scorer),
    });
  });
  return { name, title: { en: title, zh: title }, groups: [], samples };
}

function gradeOf(text: string, gold: string, kind: AnswerKind, scorer: Scorer): Grade {
  const answer = scorer.extract(text, kind) || null;
  return { answer, gold, score: Number(answer !== null && scorer.isRight(answer, gold, kind)) };
}
