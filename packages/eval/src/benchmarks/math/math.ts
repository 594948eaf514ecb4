import type { Benchmark, Grade, LoadOptions, Sample, Task } from "../../benchmark.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { choosePrompt } from "../../options/choose-prompt.ts";
import { generationSample } from "../../generation/generation-sample.ts";
import { firstShots } from "../../options/first-shots.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { loadMathSubject, subjectPath, type MathRow } from "./load-math.ts";
import { MATH_PROMPTS, type MathPrompt, type Scorer } from "./prompts.ts";
import { MATH_RECIPES } from "./recipes.ts";
import { MATH_SUBJECTS } from "./subjects.ts";

/** MATH: problems of competitions, in English and TeX. */
export const math: Benchmark = {
  name: "math",
  title: { en: "MATH", zh: "MATH" },
  category: "math-code",
  published: "MATH",
  recipes: MATH_RECIPES,
  options: ["shots", "prompt"],
  aggregation: "micro",
  groups: {},
  source: {
    url: "https://github.com/hendrycks/math",
    steps: {
      en: "download MATH.tar, which the README links, and unpack it: math/MATH/test/<subject>/<number>.json",
      zh: "下载其 README 链接的 MATH.tar 并解压：math/MATH/test/<科目>/<编号>.json",
    },
    licence: "MIT",
  },
  files: Object.entries(MATH_SUBJECTS).map(([subject, { problems }]) => ({
    path: subjectPath(subject),
    rows: problems,
  })),
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, recipe, signal } = options;
  const prompt = choosePrompt(options, MATH_PROMPTS[recipe]);
  const { heading, examples, show } = prompt;
  const shots = firstShots(examples, options.shots ?? examples.length, directory);
  const before = `${heading}${shots.map(show).join("")}`;
  const present = await selectTasks(options, Object.keys(MATH_SUBJECTS), subjectPath);
  return await Promise.all(
    present.map(async (subject) => {
      const rows = await loadMathSubject(directory, subject, signal);
      return toTask(subject, rows, { prompt, before });
    }),
  );
}

interface Asking {
  readonly prompt: MathPrompt;
  /** What stands before the problem. */
  readonly before: string;
}

function toTask(subject: string, rows: readonly MathRow[], asking: Asking): Task {
  const { title } = MATH_SUBJECTS[subject] ?? { title: { en: subject, zh: subject } };
  const samples = rows.map((row) => toSample(subject, row, asking));
  return { name: subject, title, groups: [], samples };
}

function toSample(subject: string, row: MathRow, { prompt, before }: Asking): Sample {
  const { ask, maxNewTokens, stop } = prompt;
  const gold = goldOf(row, prompt);
  return generationSample({
    id: `${subject}/test/${row.number}`,
    question: row.problem,
    prompt: `${before}${ask(row.problem)}`,
    maxNewTokens,
    stop,
    gradeText: (text) => gradeOf(text, gold, prompt),
  });
}

function goldOf({ file, solution }: MathRow, scorer: Scorer): string {
  const gold = scorer.goldOf(solution);
  if (gold !== null) return gold;
  const actual = solution.slice(-80);
  throw new EvalDataError({ file, expected: "a solution with \\boxed{…} in it", actual });
}

function gradeOf(text: string, gold: string, { extract, isRight }: Scorer): Grade {
  const answer = extract(text) || null;
  return { answer, gold, score: Number(isRight(answer, gold)) };
}
