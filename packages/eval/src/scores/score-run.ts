import type {
  Aggregation,
  Benchmark,
  BenchmarkOptions,
  Category,
  Recipe,
  RecipeName,
  Title,
} from "../benchmark.ts";
import type { BenchmarkResult, RunFacts, RunResult } from "../results.ts";
import { DEFAULT_SEED } from "../random/random-source.ts";
import { combineTasks, type CombinedScores } from "./combine-tasks.ts";
import { scoreTask, type ScoredTask, type TaskScores } from "./score-task.ts";

/** Scores of a benchmark. */
export interface BenchmarkScores {
  readonly name: string;
  readonly title: Title;
  readonly category: Category;
  /** Column of the README's tables. */
  readonly published: string | null;
  readonly recipe: RecipeName;
  /** Examples before a question. */
  readonly shots: number;
  /** What the recipe is. */
  readonly description: Title;
  /** What nobody published, and is chosen here. */
  readonly chosen: Title | null;
  readonly options: BenchmarkOptions;
  /** Of questions, prompts and right answers: equal for runs that asked the same. */
  readonly dataHash: string;
  readonly overall: CombinedScores;
  /** In the benchmark's order; those without a task are left out. */
  readonly groups: readonly CombinedScores[];
  readonly tasks: readonly TaskScores[];
}

/** Scores of a run. */
export interface RunScores {
  readonly facts: RunFacts;
  /** Samples that are to be asked, and those that were. */
  readonly planned: number;
  readonly done: number;
  readonly benchmarks: readonly BenchmarkScores[];
}

/** How scores are made. */
export interface ScoreOptions {
  /** Of the intervals that are drawn. Unsigned 32-bit; default 1234. */
  readonly seed?: number | undefined;
}

/** Scores a run, or what there is of it. */
export function scoreRun({ facts, benchmarks }: RunResult, options: ScoreOptions = {}): RunScores {
  const scored = benchmarks.map((benchmark) => scoreBenchmark(benchmark, options));
  const sum = (key: "planned" | "done"): number =>
    scored.reduce((total, { overall }) => total + overall[key], 0);
  return { facts, planned: sum("planned"), done: sum("done"), benchmarks: scored };
}

/** Scores a benchmark, or what there is of it. */
export function scoreBenchmark(
  { benchmark, recipe, options, dataHash, tasks }: BenchmarkResult,
  { seed = DEFAULT_SEED }: ScoreOptions = {},
): BenchmarkScores {
  const scored = tasks.map((task) => scoreTask(task, seed));
  const { name, title } = benchmark;
  const aggregation = aggregationOf(benchmark, recipe);
  const { shots, description, chosen } = recipeOf(benchmark, recipe);
  return {
    name,
    title,
    category: benchmark.category,
    published: benchmark.published ?? null,
    recipe,
    shots: options.shots ?? shots,
    description,
    chosen: chosen ?? null,
    options,
    dataHash,
    overall: combineTasks({ name, title, aggregation }, scored),
    groups: scoreGroups(benchmark, aggregation, scored),
    tasks: scored.map(({ scores }) => scores),
  };
}

function scoreGroups(
  { groups }: Benchmark,
  aggregation: Aggregation,
  tasks: readonly ScoredTask[],
): CombinedScores[] {
  return Object.entries(groups)
    .map(([name, title]) => {
      const members = tasks.filter(({ scores }) => scores.groups.includes(name));
      return combineTasks({ name, title, aggregation }, members);
    })
    .filter(({ tasks: members }) => members > 0);
}

/** How the benchmark's number is made: a recipe that says nothing follows `readme`. */
export function aggregationOf({ aggregation }: Benchmark, recipe: RecipeName): Aggregation {
  if (typeof aggregation === "string") return aggregation;
  return aggregation[recipe] ?? aggregation.readme ?? "micro";
}

function recipeOf({ recipes }: Benchmark, recipe: RecipeName): Recipe {
  return recipes[recipe] ?? recipes.readme;
}
