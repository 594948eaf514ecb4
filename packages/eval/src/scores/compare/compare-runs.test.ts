import { describe, expect, it } from "vitest";
import {
  benchmarkOf,
  choiceRecord,
  marksOf,
  resultOf,
  runOf,
  taskOf,
  taskWith,
  type Mark,
} from "../../__fixtures__/run-result.ts";
import type { Aggregation, Grade } from "../../benchmark.ts";
import type { RunResult, TaskResult } from "../../results.ts";
import { compareRuns } from "./compare-runs.ts";

function run(tasks: readonly TaskResult[], aggregation: Aggregation = "micro"): RunResult {
  return runOf([resultOf(benchmarkOf("b", { aggregation }), tasks)]);
}

function compare(left: readonly Mark[], right: readonly Mark[]) {
  const [only] = compareRuns(run([taskOf("t", left)]), run([taskOf("t", right)])).benchmarks;
  return only!;
}

describe("the comparison of two runs", () => {
  it("counts what was lost and won, and tests it", () => {
    // 6 both, 2 lost, 8 won: (14 - 8) / 20 = 30 points
    const left = [...marksOf(8, 8), ...marksOf(0, 12)];
    const right = [...marksOf(6, 8), ...marksOf(8, 12)];
    const { overall, changes } = compare(left, right);
    expect(overall).toMatchObject({
      pairs: 20,
      left: 40,
      right: 70,
      difference: expect.closeTo(30, 10),
      lost: 2,
      won: 8,
      agreement: 50,
      test: { method: "mcnemar", p: expect.closeTo(0.109375, 10) },
    });
    // p = 3/22, q = 9/22: z √((12/22 - (6/22)²) / 22) = 28.69 points
    expect(overall.interval!.low).toBeCloseTo(30 - 28.69, 1);
    expect(overall.interval!.high).toBeCloseTo(30 + 28.69, 1);
    expect(changes.map(({ kind, left: { id } }) => `${kind} ${id}`)).toEqual([
      "lost t/test/6",
      "lost t/test/7",
      ...[8, 9, 10, 11, 12, 13, 14, 15].map((row) => `won t/test/${row}`),
    ]);
  });

  it("of a run with itself finds nothing", () => {
    const marks = [1, 0, "-", "?"] as const;
    const { overall, changes } = compare(marks, marks);
    expect(overall).toMatchObject({ pairs: 3, difference: 0, agreement: 100, test: { p: 1 } });
    expect(changes).toEqual([]);
  });

  it("sees other wrong answers, and others where nobody knows what is right", () => {
    const record = (answer: string, gold: string | null) =>
      choiceRecord("t/test/0", 0, { grade: { answer, gold, score: gold === null ? null : 0 } });
    const kinds = (gold: string | null) =>
      compareRuns(
        run([taskWith("t", [record("B", gold)])]),
        run([taskWith("t", [record("C", gold)])]),
      ).benchmarks[0]!.changes.map(({ kind }) => kind);
    expect(kinds("A")).toEqual(["otherAnswer"]);
    expect(kinds(null)).toEqual(["otherAnswer"]);
  });

  it("is over samples that both have, with the same question and right answer", () => {
    const changed = choiceRecord("t/test/1", 1, { question: "Another one" });
    const left = taskOf("t", [1, 1, 1, 1]);
    const right = taskWith("t", [
      choiceRecord("t/test/0", 0),
      changed,
      choiceRecord("t/test/9", 1),
    ]);
    const [only] = compareRuns(run([left]), run([right])).benchmarks;
    expect(only).toMatchObject({ onlyLeft: 2, onlyRight: 1, changed: 1, overall: { pairs: 1 } });
  });

  it("names benchmarks that only one run has, and matches recipes", () => {
    const result = (name: string, recipe: "readme" | "lm-eval") =>
      resultOf(benchmarkOf(name), [taskOf("t", [1])], { recipe });
    const left = runOf([result("a", "lm-eval"), result("b", "readme")]);
    const right = runOf([result("a", "readme"), result("a", "lm-eval"), result("c", "readme")]);
    const { benchmarks, onlyLeft, onlyRight } = compareRuns(left, right);
    expect(benchmarks.map(({ recipes }) => recipes)).toEqual([
      { left: "lm-eval", right: "lm-eval" },
    ]);
    expect([onlyLeft, onlyRight]).toEqual([["b"], ["c"]]);
  });

  it("has no numbers where there is nothing to compare", () => {
    const { benchmarks } = compareRuns(run([taskOf("t", [1])]), run([taskOf("u", [1])]));
    expect(benchmarks[0]).toMatchObject({
      onlyLeft: 1,
      onlyRight: 1,
      overall: { pairs: 0, difference: null, interval: null, test: null, agreement: null },
    });
  });
});

describe("the difference of several tasks", () => {
  const left = [taskOf("a", marksOf(5, 10)), taskOf("b", marksOf(0, 90))];
  const right = [taskOf("a", marksOf(10, 10)), taskOf("b", marksOf(0, 90))];

  it("is made as the benchmark's number is", () => {
    const differenceOf = (aggregation: Aggregation) =>
      compareRuns(run(left, aggregation), run(right, aggregation)).benchmarks[0]!.overall;
    // 5 of 100 samples; 50 points in one of two tasks
    expect(differenceOf("micro").difference).toBeCloseTo(5, 10);
    expect(differenceOf("macro").difference).toBeCloseTo(25, 10);
  });

  it("is also told for groups and tasks", () => {
    const benchmark = benchmarkOf("b", { groups: { g: { en: "G", zh: "组" } } });
    const both = [left, right].map((tasks) => {
      const [first, second] = tasks as [TaskResult, TaskResult];
      return runOf([
        resultOf(benchmark, [{ ...first, task: { ...first.task, groups: ["g"] } }, second]),
      ]);
    });
    const [only] = compareRuns(both[0]!, both[1]!).benchmarks;
    expect(only?.groups).toMatchObject([{ name: "g", difference: 50, pairs: 10 }]);
    expect(only?.tasks).toMatchObject([
      { name: "a", difference: 50 },
      { name: "b", difference: 0 },
    ]);
  });
});

describe("scores that are not right or wrong", () => {
  const scores = (shift: number) => Array.from({ length: 50 }, (_, i) => (i % 5) / 10 + shift);

  it("are tested by drawing pairs again", () => {
    const { overall } = compare(scores(0), scores(0.1));
    expect(overall.test?.method).toBe("bootstrap");
    // Each sample is better by 10 points.
    expect(overall.interval!.low).toBeCloseTo(10, 10);
    expect(overall.interval!.high).toBeCloseTo(10, 10);
    // 2 · (0 + 1) / 1001
    expect(overall.test?.p).toBeCloseTo(2 / 1001, 10);
  });

  it("may be no means, and are drawn task by task then", () => {
    const corpusScore = {
      signature: "squared mean",
      of: (grades: readonly Grade[]) =>
        100 * (grades.reduce((sum, { score }) => sum + (score ?? 0), 0) / grades.length) ** 2,
    };
    const tasks = (shift: number) =>
      ["a", "b"].map((name) => taskOf(name, scores(shift), { corpusScore }));
    const [only] = compareRuns(run(tasks(0)), run(tasks(0.1))).benchmarks;
    // Means are 0.2 and 0.3: 4 and 9
    expect(only?.overall).toMatchObject({
      left: expect.closeTo(4, 10),
      right: expect.closeTo(9, 10),
      test: { method: "bootstrap" },
    });
    const { low, high } = only!.overall.interval!;
    expect(low).toBeGreaterThan(4);
    expect(high).toBeLessThan(6);
    expect(low).toBeLessThan(high);
  });

  it("give the same numbers each time", () => {
    expect(compare(scores(0), scores(0.1))).toEqual(compare(scores(0), scores(0.1)));
  });
});
