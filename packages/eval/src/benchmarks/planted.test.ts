import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { madeUpRows } from "../__fixtures__/made-up-rows.ts";
import { plantedModel, plantedSamples, type PlantedSample } from "../__fixtures__/planted-model.ts";
import type { Benchmark, OptionName, RecipeName } from "../benchmark.ts";
import { corpusBleu } from "../bleu/corpus-bleu.ts";
import { describeSandbox } from "../code/__fixtures__/sandbox.ts";
import type { EvalModel } from "../eval-model.ts";
import type { PythonRunner } from "../code/python-runner.ts";
import { evaluate } from "../runner/evaluate.ts";
import { planRun, type RunPlan } from "../runner/plan-run.ts";
import { readRun } from "../runner/read-run.ts";
import { scoreRun, type BenchmarkScores } from "../scores/score-run.ts";
import { benchmarks } from "./benchmarks.ts";
import { isUnreadable, writeAnswer } from "./__fixtures__/write-answer.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "planted-"));
});
afterAll(() => rm(directory, { recursive: true }));

interface Asked {
  readonly name: string;
  readonly benchmark: Benchmark;
  readonly recipe: RecipeName;
}

const asked: Asked[] = benchmarks.flatMap((benchmark) =>
  (Object.keys(benchmark.recipes) as RecipeName[]).map((recipe) => {
    return { name: `${benchmark.name} (${recipe})`, benchmark, recipe };
  }),
);

/** All made-up rows of a benchmark whose right answer the recipe can read; those that it cannot read. */
async function plan({ benchmark, recipe }: Asked): Promise<{
  readonly run: RunPlan;
  readonly samples: PlantedSample[];
  readonly unreadable: PlantedSample[];
}> {
  const takes = (option: OptionName): boolean => benchmark.options.includes(option);
  const options = {
    ...(takes("heldOutShots") && { heldOutShots: true }),
    ...(takes("tokenize") && { tokenize: "char" }), // 13a sees one word in a Japanese sentence, and BLEU wants four
  };
  const choice = { benchmarks: [{ benchmark, recipe, options }], dataDirectory: madeUpRows(".") };
  const all = await planRun({ name: "planted", fingerprint: "planted" }, choice, { version: "1" });
  const planted = await plantedSamples(all);
  const samples = planted.filter((sample) => !isUnreadable(sample, recipe));
  const run = { ...all, samples: samples.map(({ planned }) => planned) };
  return { run, samples, unreadable: planted.filter((sample) => !samples.includes(sample)) };
}

async function score(
  run: RunPlan,
  model: EvalModel,
  python?: PythonRunner,
): Promise<BenchmarkScores> {
  const folder = await mkdtemp(join(directory, "run-"));
  for await (const _event of evaluate(model, run, { folder, python }));
  const [scores] = scoreRun(await readRun(folder)).benchmarks;
  if (!scores) throw new Error("expected a benchmark, got none");
  return scores;
}

/** Writes the right answer. */
const know =
  ({ recipe }: Asked) =>
  (sample: PlantedSample): string =>
    writeAnswer(sample, recipe);

const runsCode = ({ benchmark }: Asked): boolean => benchmark.runsCode === true;
const isFlores = ({ benchmark }: Asked): boolean => benchmark.name === "flores";
const withoutCode = asked.filter((one) => !runsCode(one));

it.each(withoutCode)("a model that knows all answers scores 100 % in $name", async (one) => {
  const { run, samples } = await plan(one);
  const scores = await score(run, plantedModel(samples, know(one)));
  expect(scores.overall).toMatchObject({ done: run.samples.length, unanswered: 0 });
  expect(scores.overall.score.percent).toBeCloseTo(100, 9);
  for (const task of scores.tasks) expect(task.score.percent).toBeCloseTo(100, 9);
});

it.each(withoutCode.filter((one) => !isFlores(one)))(
  "a model that always answers the same scores what is computed in $name",
  async (one) => {
    const { run, samples } = await plan(one);
    const [first] = samples;
    const rule = know(one)(first as PlantedSample);
    const { overall } = await score(
      run,
      plantedModel(samples, () => rule),
    );
    // Right where the right answer is that of the first question; questions alike, or tasks alike, as the benchmark says.
    const weightOf = weightsOf(one);
    const creditOf = ({ gold }: PlantedSample): number =>
      gold === first?.gold ? 1 : partialCredit(one, gold, first?.gold ?? "");
    const shareOf = (some: readonly PlantedSample[]): number =>
      sum(some.map((sample) => weightOf(sample) * creditOf(sample))) / sum(some.map(weightOf));
    const byTask = [...Map.groupBy(samples, ({ planned }) => planned.task).values()];
    const macro = sum(byTask.map(shareOf)) / byTask.length;
    const expected = overall.aggregation === "micro" ? shareOf(samples) : macro;
    expect(overall.score.percent).toBeCloseTo(100 * expected, 9);
  },
);

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Points of a question of Gaokao, as its rows have them; other questions count alike. */
function weightsOf({ benchmark, recipe }: Asked): (sample: PlantedSample) => number {
  if (benchmark.name !== "gaokao" || recipe !== "official") return () => 1;
  return ({ gold, planned: { task, index } }) => {
    const file = join(madeUpRows("gaokao"), "Data/Objective_Questions", `${task}.json`);
    const { example } = JSON.parse(readFileSync(file, "utf8")) as { example: { score: number }[] };
    return (example[index]?.score ?? NaN) * gold.split(" ").length;
  };
}

/** Gaokao gives half the points for some of several right letters. */
function partialCredit({ benchmark, recipe }: Asked, gold: string, answer: string): number {
  const isOfSeveral = gold.length > 1 && !gold.includes(" ") && gold.includes(answer);
  return benchmark.name === "gaokao" && recipe === "official" && isOfSeveral ? 0.5 : 0;
}

it.each(asked)(
  "what the scorer of $name cannot read is not right, however it is written",
  async (one) => {
    const { unreadable } = await plan(one);
    for (const sample of unreadable) {
      const response = await plantedModel([sample], know(one)).answer(sample.request);
      expect(await sample.planned.sample.grade(response, { python: undefined })).toMatchObject({
        score: 0,
      });
    }
  },
);

it("a model that translates all sentences with the first reference scores BLEU of that", async () => {
  for (const one of asked.filter(isFlores)) {
    const { run, samples } = await plan(one);
    const goldsOf = (name: string): string[] =>
      samples.filter(({ planned }) => planned.task === name).map(({ gold }) => gold);
    const rule = ({ planned }: PlantedSample): string => goldsOf(planned.task)[0] ?? "";
    const { tasks } = await score(run, plantedModel(samples, rule));
    for (const { name, score: bleu } of tasks) {
      const golds = goldsOf(name);
      const answers = golds.map(() => golds[0] ?? "");
      const expected = corpusBleu(answers, [golds], { tokenize: "char" }).score;
      expect(bleu.percent).toBeCloseTo(expected, 9);
    }
  }
});

describeSandbox("programs", (python) => {
  it.each(asked.filter(runsCode))(
    "a model that knows all solutions passes all of $name",
    async (one) => {
      const { run, samples } = await plan(one);
      const scores = await score(run, plantedModel(samples, know(one)), python);
      expect(scores.overall.score.percent).toBe(100);
    },
    60_000,
  );

  it.each(asked.filter(runsCode))(
    "a model with one solution for all passes one of $name",
    async (one) => {
      const { run, samples } = await plan(one);
      const rule = know(one)(samples[0] as PlantedSample);
      const scores = await score(
        run,
        plantedModel(samples, () => rule),
        python,
      );
      expect(scores.overall.score.percent).toBeCloseTo(100 / samples.length, 9);
    },
    60_000,
  );
});
