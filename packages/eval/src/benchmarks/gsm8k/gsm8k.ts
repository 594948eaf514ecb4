import type { Benchmark, Grade, LoadOptions, Sample, Task } from "../../benchmark.ts";
import { choosePrompt } from "../../options/choose-prompt.ts";
import { generationSample } from "../../generation/generation-sample.ts";
import { selectTasks } from "../../options/select-tasks.ts";
import { loadGsm8k, TEST_FILE, TRAIN_FILE, type Gsm8kRow, type Gsm8kRows } from "./load-gsm8k.ts";
import { GSM8K_PROMPTS, type Gsm8kPrompt } from "./prompts.ts";
import { GSM8K_RECIPES } from "./recipes.ts";
import type { Scorer } from "./scorers.ts";

/** GSM8K: word problems of primary school, in English. */
export const gsm8k: Benchmark = {
  name: "gsm8k",
  title: { en: "GSM8K", zh: "GSM8K" },
  category: "math-code",
  published: "GSM8K",
  recipes: GSM8K_RECIPES,
  options: ["shots", "prompt", "heldOutShots"],
  aggregation: "micro",
  groups: {},
  source: {
    url: "https://github.com/openai/grade-school-math",
    steps: {
      en: "copy test.jsonl and train.jsonl from grade_school_math/data: gsm8k/{test,train}.jsonl",
      zh: "复制 grade_school_math/data 中的 test.jsonl 与 train.jsonl：gsm8k/{test,train}.jsonl",
    },
    licence: "MIT",
  },
  files: [
    { path: TEST_FILE, rows: 1319 },
    { path: TRAIN_FILE, rows: 7473, isOptional: true },
  ],
  load,
};

async function load(options: LoadOptions): Promise<readonly Task[]> {
  const { directory, recipe, heldOutShots, signal } = options;
  await selectTasks(options, ["gsm8k"], () => TEST_FILE);
  const prompt = choosePrompt(options, GSM8K_PROMPTS[recipe]);
  const { examples, shots: usual } = prompt;
  const { shots = usual } = options;
  const read = await loadGsm8k({ directory, examples, shots, heldOutShots, signal });
  return [
    {
      name: "gsm8k",
      title: { en: "GSM8K", zh: "GSM8K" },
      groups: [],
      samples: samplesOf(read, prompt),
      notes: read.notes,
    },
  ];
}

function samplesOf({ shots, rows }: Gsm8kRows, prompt: Gsm8kPrompt): Sample[] {
  const before = shots.map(prompt.show).join("");
  return rows.map((row) => toSample(row, prompt, before));
}

function toSample(
  { row, question, answer }: Gsm8kRow,
  prompt: Gsm8kPrompt,
  before: string,
): Sample {
  const { ask, maxNewTokens, stop, scorer } = prompt;
  const gold = scorer.goldOf(answer);
  return generationSample({
    id: `gsm8k/test/${row}`,
    question,
    prompt: `${before}${ask(question)}`,
    maxNewTokens,
    stop,
    gradeText: (text) => gradeOf(text, gold, scorer),
  });
}

function gradeOf(text: string, gold: string, { extract, isRight, lax }: Scorer): Grade {
  const scoreOf = (answer: string | null): number =>
    Number(answer !== null && isRight(answer, gold));
  const answer = extract(text);
  const others = lax && { [lax.name]: scoreOf(lax.extract(text)) };
  return { answer, gold, score: scoreOf(answer), others };
}
