import type { Title } from "../../benchmark.ts";
import type { CombinedScores } from "../../scores/combine-tasks.ts";
import type { BenchmarkScores, RunScores } from "../../scores/score-run.ts";
import type { TaskScores } from "../../scores/score-task.ts";
import type { Counts, Score } from "../../scores/score.ts";

/** A line of a report. */
export interface ReportRow extends Counts {
  readonly level: "benchmark" | "group" | "task";
  readonly benchmark: BenchmarkScores;
  readonly name: string;
  readonly title: Title;
  readonly score: Score;
  /** null: there is no such mean. */
  readonly micro: Score | null;
  readonly macro: Score | null;
  readonly others: Readonly<Record<string, number>>;
  /** Column of the README's tables. */
  readonly published: string | null;
}

/** Lines of a run: each benchmark, with its groups and its tasks behind it. */
export function reportRows({ benchmarks }: RunScores): ReportRow[] {
  return benchmarks.flatMap((benchmark) => [
    benchmarkRow(benchmark),
    ...groupRows(benchmark),
    ...taskRows(benchmark),
  ]);
}

/** The line of a benchmark. */
export function benchmarkRow(benchmark: BenchmarkScores): ReportRow {
  const { overall, published } = benchmark;
  return { ...combinedRow(benchmark, overall), level: "benchmark", published };
}

/** Lines of a benchmark's groups. */
export function groupRows(benchmark: BenchmarkScores): ReportRow[] {
  return benchmark.groups.map((group) => combinedRow(benchmark, group));
}

/** Lines of a benchmark's tasks. */
export function taskRows(benchmark: BenchmarkScores): ReportRow[] {
  return benchmark.tasks.map((task) => taskRow(benchmark, task));
}

function combinedRow(benchmark: BenchmarkScores, scores: CombinedScores): ReportRow {
  return { level: "group", benchmark, ...scores, published: null };
}

function taskRow(benchmark: BenchmarkScores, task: TaskScores): ReportRow {
  return { level: "task", benchmark, ...task, micro: null, macro: null };
}
