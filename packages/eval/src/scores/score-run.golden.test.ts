import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { goldenCases } from "../__fixtures__/golden.ts";
import { benchmarkOf, marksOf, resultOf, taskOf } from "../__fixtures__/run-result.ts";
import { mmlu } from "../benchmarks/mmlu/mmlu.ts";
import { MMLU_CATEGORIES, MMLU_SUBCATEGORY } from "../benchmarks/mmlu/subjects.ts";
import { scoreBenchmark, type BenchmarkScores } from "./score-run.ts";

interface MmluCase {
  readonly kind: string;
  readonly per_subject: Record<string, { n: number; correct: number }>;
  readonly expected: {
    subcategories: Record<string, number>;
    categories: Record<string, number>;
    weighted_average_micro: number;
    unweighted_subject_mean_macro_NOT_the_reported_number: number;
  };
}

interface CevalCase {
  readonly kind: string;
  readonly per_subject_accuracy: Record<string, number>;
  readonly rows_per_subject: number;
  readonly expected_average: number;
}

interface CmmluCase {
  readonly kind: string;
  /** In percent. */
  readonly per_subject: Record<string, number>;
  readonly members: Record<string, string[]>;
  readonly expected: Record<string, number>;
  readonly overall: number;
}

function groupPercents({ groups }: BenchmarkScores): Record<string, number | null> {
  return Object.fromEntries(groups.map(({ name, score }) => [name, score.percent]));
}

function inPercent(shares: Record<string, number>, scale = 100): Record<string, unknown> {
  const close = (share: number): unknown => expect.closeTo(scale * share, 9);
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, close(share)]));
}

function groupsOfMmlu(subject: string): string[] {
  const subcategory = MMLU_SUBCATEGORY[subject] ?? "";
  const categories = Object.entries(MMLU_CATEGORIES).filter(([, all]) => all.includes(subcategory));
  return [...categories.map(([name]) => name), subcategory];
}

describeShared("aggregates of the original scorers", "eval-golden", () => {
  it("are MMLU's: means over the questions of subcategories, of categories and of all", () => {
    const cases = goldenCases<MmluCase>("mmlu_baichuan7b_script");
    const aggregates = cases.filter(({ kind }) => kind === "aggregate");
    expect(aggregates).toHaveLength(2);
    for (const { per_subject, expected } of aggregates) {
      const tasks = Object.entries(per_subject).map(([subject, { n, correct }]) =>
        taskOf(subject, marksOf(correct, n), { groups: groupsOfMmlu(subject) }),
      );
      const scores = scoreBenchmark(resultOf(mmlu, tasks));
      const { micro, macro, score } = scores.overall;
      const { categories, subcategories } = expected;
      expect(groupPercents(scores)).toEqual(inPercent({ ...categories, ...subcategories }));
      expect(score).toEqual(micro);
      expect(micro?.percent).toBeCloseTo(100 * expected.weighted_average_micro, 9);
      const unweighted = expected.unweighted_subject_mean_macro_NOT_the_reported_number;
      expect(macro.percent).toBeCloseTo(100 * unweighted, 9);
    }
  });

  it("are C-Eval's: the mean over its subjects", () => {
    const cases = goldenCases<CevalCase>("ceval_baichuan7b_script");
    const [average] = cases.filter(({ kind }) => kind === "subjects_average");
    const { per_subject_accuracy, rows_per_subject: rows, expected_average } = average!;
    const tasks = Object.entries(per_subject_accuracy).map(([subject, accuracy]) =>
      taskOf(subject, marksOf(Math.round(accuracy * rows), rows)),
    );
    const ceval = benchmarkOf("ceval", { aggregation: "macro" });
    const { percent } = scoreBenchmark(resultOf(ceval, tasks)).overall.score;
    expect(percent).toBeCloseTo(100 * expected_average, 9);
  });

  it("are CMMLU's: the means over the subjects of each group, which overlap, and over all", () => {
    const cases = goldenCases<CmmluCase>("cmmlu_official");
    const [categories] = cases.filter(({ kind }) => kind === "categories");
    const { per_subject, members, expected, overall } = categories!;
    const names = Object.keys(members);
    const tasks = Object.entries(per_subject).map(([subject, percent]) =>
      // Percents are eighths.
      taskOf(subject, marksOf(percent * 8, 800), {
        groups: names.filter((name) => members[name]?.includes(subject)),
      }),
    );
    const groups = Object.fromEntries(names.map((name) => [name, { en: name, zh: name }]));
    const cmmlu = benchmarkOf("cmmlu", { aggregation: "macro", groups });
    const scores = scoreBenchmark(resultOf(cmmlu, tasks));
    expect(groupPercents(scores)).toEqual(inPercent(expected, 1));
    expect(scores.overall.score.percent).toBeCloseTo(overall, 9);
  });
});
