import { describe, expect, it } from "vitest";
import {
  benchmarkOf,
  choiceRecord,
  marksOf,
  resultOf,
  runOf,
  taskOf,
  taskWith,
} from "../__fixtures__/run-result.ts";
import type { Grade } from "../benchmark.ts";
import { wilsonInterval } from "./interval.ts";
import { scoreBenchmark, scoreRun } from "./score-run.ts";

const groups = { sciences: { en: "Sciences", zh: "理科" }, hard: { en: "Hard", zh: "难" } };

describe("scores of a benchmark", () => {
  const tasks = [
    taskOf("physics", marksOf(8, 10), { groups: ["sciences", "hard"] }),
    taskOf("history", marksOf(1, 2)),
  ];

  it("are means over samples or over tasks, as the benchmark has it", () => {
    // micro (8 + 1) / 12 = 75 %, macro (80 + 50) / 2 = 65 %
    for (const [aggregation, percent] of [
      ["micro", 75],
      ["macro", 65],
    ] as const) {
      const { overall } = scoreBenchmark(resultOf(benchmarkOf("b", { aggregation }), tasks));
      expect(overall).toMatchObject({
        aggregation,
        score: { percent },
        micro: { percent: 75, interval: wilsonInterval(9, 12) },
        macro: { percent: 65 },
        tasks: 2,
        scoredTasks: 2,
      });
    }
  });

  it("follow the recipe's aggregation, and the README's where the recipe has none", () => {
    const benchmark = benchmarkOf("b", { aggregation: { readme: "macro", "lm-eval": "micro" } });
    const percentOf = (recipe: "lm-eval" | "official") =>
      scoreBenchmark(resultOf(benchmark, tasks, { recipe })).overall.score.percent;
    expect(percentOf("lm-eval")).toBe(75);
    expect(percentOf("official")).toBe(65);
  });

  it("have the intervals of Wilson for samples, and of added squares for tasks", () => {
    const { overall, tasks: scored } = scoreBenchmark(resultOf(benchmarkOf("b"), tasks));
    const [physics, history] = scored.map(({ score }) => score.interval!);
    expect(physics).toEqual(wilsonInterval(8, 10));
    // halves: 22.658, 40.545; √(22.658² + 40.545²) / 2 = 23.22
    const half = Math.hypot(physics!.high - physics!.low, history!.high - history!.low) / 4;
    expect(half).toBeCloseTo(23.22, 1);
    expect(overall.macro.interval!.low).toBeCloseTo(65 - half, 10);
    expect(overall.macro.interval!.high).toBeCloseTo(65 + half, 10);
  });

  it("are also made for groups, of all tasks that count for them", () => {
    const { groups: scored } = scoreBenchmark(resultOf(benchmarkOf("b", { groups }), tasks));
    expect(scored.map(({ name, score, planned }) => [name, score.percent, planned])).toEqual([
      ["sciences", 80, 10],
      ["hard", 80, 10],
    ]);
  });

  it("leave out groups without a task", () => {
    const benchmark = benchmarkOf("b", { groups: { ...groups, none: { en: "None", zh: "无" } } });
    const names = scoreBenchmark(resultOf(benchmark, tasks)).groups.map(({ name }) => name);
    expect(names).toEqual(["sciences", "hard"]);
  });
});

describe("counts", () => {
  it("keep samples apart that have no answer, or none that anybody knows", () => {
    const task = taskOf("a", [1, 0, "-", "?", "?"], { planned: 9 });
    const { tasks, overall } = scoreBenchmark(resultOf(benchmarkOf("b"), [task]));
    const counts = { planned: 9, done: 5, graded: 3, unanswered: 1, ungraded: 2, truncated: 0 };
    expect(overall).toMatchObject(counts);
    // 1 of the 3 that are graded
    expect(tasks[0]).toMatchObject({ ...counts, score: { percent: expect.closeTo(100 / 3, 10) } });
  });

  it("are there before anything is", () => {
    const result = resultOf(benchmarkOf("b"), [taskOf("a", [], { planned: 3 })]);
    const { overall } = scoreBenchmark(result);
    expect(overall).toMatchObject({ planned: 3, done: 0, scoredTasks: 0 });
    expect(overall.score).toEqual({ percent: null, interval: null });
  });

  it("leave tasks out of the mean that have not begun", () => {
    const tasks = [taskOf("a", marksOf(1, 2)), taskOf("z", [], { planned: 2 })];
    const result = resultOf(benchmarkOf("b", { aggregation: "macro" }), tasks);
    const { overall } = scoreBenchmark(result);
    expect(overall).toMatchObject({ score: { percent: 50 }, tasks: 2, scoredTasks: 1 });
  });

  it("of a run are those of its benchmarks together", () => {
    const run = runOf([
      resultOf(benchmarkOf("a"), [taskOf("x", marksOf(1, 2), { planned: 5 })]),
      resultOf(benchmarkOf("b"), [taskOf("x", marksOf(1, 3))]),
    ]);
    expect(scoreRun(run)).toMatchObject({ planned: 8, done: 5 });
  });
});

describe("further scores", () => {
  const record = (row: number, others: Grade["others"]) =>
    choiceRecord(`t/test/${row}`, 1, { grade: { answer: "A", gold: "A", score: 1, others } });

  it("are means over the samples that have them", () => {
    const task = taskWith("t", [record(0, { norm: 1 }), record(1, { norm: 0 }), record(2, {})]);
    const { tasks, overall } = scoreBenchmark(resultOf(benchmarkOf("b"), [task]));
    expect(tasks[0]?.others).toEqual({ norm: 50 });
    expect(overall.others).toEqual({ norm: 50 });
  });

  it("are means over tasks where the headline is", () => {
    const result = resultOf(benchmarkOf("b", { aggregation: "macro" }), [
      taskWith("t", [record(0, { norm: 1 })]),
      taskWith("u", [record(0, { norm: 1 }), record(1, { norm: 0 }), record(2, { norm: 0 })]),
    ]);
    // (100 + 33.33) / 2
    expect(scoreBenchmark(result).overall.others["norm"]).toBeCloseTo(200 / 3, 10);
  });
});

describe("a score that is no mean", () => {
  /** Share of right samples, squared. */
  const corpusScore = {
    signature: "squared",
    of: (grades: readonly Grade[]) =>
      100 * (grades.filter(({ score }) => score === 1).length / grades.length) ** 2,
  };

  it("is the task's, with an interval that is drawn", () => {
    const task = taskOf("a", marksOf(50, 100), { corpusScore });
    const [scores] = scoreBenchmark(resultOf(benchmarkOf("b"), [task])).tasks;
    expect(scores).toMatchObject({ score: { percent: 25 }, signature: "squared" });
    // p is between 0.4 and 0.6 in 95 of 100 cases
    const { low, high } = scores!.score.interval!;
    expect(low).toBeGreaterThan(13);
    expect(low).toBeLessThan(19);
    expect(high).toBeGreaterThan(33);
    expect(high).toBeLessThan(39);
  });

  it("depends on the seed alone, and not on other tasks", () => {
    const intervalOf = (seed: number, names: string[]) => {
      const tasks = names.map((name) => taskOf(name, marksOf(5, 10), { corpusScore }));
      const { tasks: scored } = scoreBenchmark(resultOf(benchmarkOf("b"), tasks), { seed });
      return scored.at(-1)?.score.interval;
    };
    expect(intervalOf(1, ["a"])).toEqual(intervalOf(1, ["b", "a"]));
  });

  it("makes the mean over tasks the headline, whatever the benchmark says", () => {
    const tasks = ["a", "b"].map((name) => taskOf(name, marksOf(5, 10), { corpusScore }));
    const { overall } = scoreBenchmark(resultOf(benchmarkOf("b", { aggregation: "micro" }), tasks));
    expect(overall).toMatchObject({ aggregation: "macro", micro: null, score: { percent: 25 } });
  });
});
