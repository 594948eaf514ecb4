import type { Aggregation, Category, Grade, RecipeName, Title } from "../../benchmark.ts";
import type { BenchmarkResult, RunFacts, RunResult } from "../../results.ts";
import { DEFAULT_SEED } from "../../random/random-source.ts";
import { aggregationOf, type ScoreOptions } from "../score-run.ts";
import { differenceOf, type Difference } from "./difference.ts";
import { drawDifferences } from "./draw-differences.ts";
import { pairTasks, type Pair, type PairedTask, type Unpaired } from "./pair-tasks.ts";

/** Two runs over the samples that both have answered. */
export interface RunComparison {
  readonly left: RunFacts;
  readonly right: RunFacts;
  readonly benchmarks: readonly BenchmarkComparison[];
  /** Benchmarks that only one of the runs has. */
  readonly onlyLeft: readonly string[];
  readonly onlyRight: readonly string[];
}

/** A benchmark of two runs. */
export interface BenchmarkComparison extends Unpaired {
  readonly name: string;
  readonly title: Title;
  readonly category: Category;
  readonly recipes: { readonly left: RecipeName; readonly right: RecipeName };
  /** The left run's. */
  readonly aggregation: Aggregation;
  readonly overall: Difference;
  readonly groups: readonly NamedDifference[];
  readonly tasks: readonly NamedDifference[];
  /** Samples whose score or answer differs, in the order of the data. */
  readonly changes: readonly Change[];
}

/** The difference of a group or of a task. */
export interface NamedDifference extends Difference {
  readonly name: string;
  readonly title: Title;
}

/** A sample that the runs do not answer alike. `lost`: only the left one has it right, or has it better. */
export interface Change extends Pair {
  readonly task: string;
  readonly kind: "lost" | "won" | "otherAnswer";
}

/** Compares two runs; samples belong together that have the same benchmark and id. */
export function compareRuns(
  left: RunResult,
  right: RunResult,
  { seed = DEFAULT_SEED }: ScoreOptions = {},
): RunComparison {
  const partnerOf = (one: BenchmarkResult): BenchmarkResult | undefined => {
    const same = right.benchmarks.filter(({ benchmark }) => benchmark.name === one.benchmark.name);
    return same.find(({ recipe }) => recipe === one.recipe) ?? same[0];
  };
  const namesOf = (run: RunResult): string[] =>
    run.benchmarks.map(({ benchmark }) => benchmark.name);
  const [lefts, rights] = [namesOf(left), namesOf(right)];
  return {
    left: left.facts,
    right: right.facts,
    benchmarks: left.benchmarks.flatMap((one) => {
      const partner = partnerOf(one);
      return partner ? [compareBenchmarks(one, partner, seed)] : [];
    }),
    onlyLeft: lefts.filter((name) => !rights.includes(name)),
    onlyRight: rights.filter((name) => !lefts.includes(name)),
  };
}

function compareBenchmarks(
  left: BenchmarkResult,
  right: BenchmarkResult,
  seed: number,
): BenchmarkComparison {
  const { benchmark, recipe } = left;
  const tasks = pairTasks(left, right);
  const aggregation = aggregationOf(benchmark, recipe);
  const draw = drawDifferences(seed);
  const difference = (some: readonly PairedTask[]): Difference =>
    differenceOf(some, aggregation, draw);
  const groups = Object.entries(benchmark.groups).map(([name, title]) => {
    const members = tasks.filter((task) => task.groups.includes(name));
    return { name, title, ...difference(members) };
  });
  return {
    name: benchmark.name,
    title: benchmark.title,
    category: benchmark.category,
    recipes: { left: recipe, right: right.recipe },
    aggregation,
    ...sumUnpaired(tasks),
    overall: difference(tasks),
    groups: groups.filter(({ pairs }) => pairs > 0),
    tasks: tasks.map((task) => ({ name: task.name, title: task.title, ...difference([task]) })),
    changes: tasks.flatMap(changesOf),
  };
}

function sumUnpaired(tasks: readonly PairedTask[]): Unpaired {
  const sum = (key: keyof Unpaired): number =>
    tasks.reduce((total, { unpaired }) => total + unpaired[key], 0);
  return { onlyLeft: sum("onlyLeft"), onlyRight: sum("onlyRight"), changed: sum("changed") };
}

function changesOf({ name, pairs }: PairedTask): Change[] {
  return pairs.flatMap(({ left, right }) => {
    const kind = kindOf(left.grade, right.grade);
    return kind ? [{ task: name, kind, left, right }] : [];
  });
}

function kindOf(left: Grade, right: Grade): Change["kind"] | undefined {
  const difference = (right.score ?? 0) - (left.score ?? 0);
  if (difference < 0) return "lost";
  if (difference > 0) return "won";
  return left.answer === right.answer ? undefined : "otherAnswer";
}
