import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Benchmark, BenchmarkOptions, RecipeName, Sample, Task } from "../benchmark.ts";
import type { EvalModel } from "../eval-model.ts";
import { EvalDataError } from "../data/eval-data-error.ts";
import { EvalRunError } from "./eval-run-error.ts";
import type { RunManifest } from "./run-manifest.ts";

/** A benchmark of a run. */
export interface BenchmarkChoice {
  readonly benchmark: Benchmark;
  /** Default `readme`. */
  readonly recipe?: RecipeName | undefined;
  /** Options that the benchmark takes; others are refused. */
  readonly options?: BenchmarkOptions | undefined;
  /** Only these tasks. Default: all whose files are there. */
  readonly tasks?: readonly string[] | undefined;
  /** It is left out where its data is not there. */
  readonly isOptional?: boolean | undefined;
}

/** What a run asks. */
export interface RunChoice {
  readonly benchmarks: readonly BenchmarkChoice[];
  /** Folder with a folder of each benchmark in it. */
  readonly dataDirectory: string;
  /** Most samples of a task; the first ones are taken. */
  readonly limit?: number | undefined;
  /** Part `index` of `count`, from 1: every `count`-th sample. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
}

/** A sample, and where it stands. */
export interface PlannedSample {
  readonly benchmark: string;
  readonly task: string;
  /** In its task. */
  readonly index: number;
  readonly sample: Sample;
}

/** A run before its first question. */
export interface RunPlan {
  readonly manifest: RunManifest;
  /** In the order in which they are asked: questions of a task one after the other, because they begin alike. */
  readonly samples: readonly PlannedSample[];
}

/** How a run is planned. */
export interface PlanOptions {
  /** Of this package. */
  readonly version: string;
  /** Told of each optional benchmark that is left out. */
  readonly onSkip?: ((benchmark: Benchmark, reason: EvalDataError) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads what a run asks.
 *
 * @throws {EvalRunError} for a recipe or option that a benchmark does not have.
 * @throws {EvalDataError} as the benchmarks' loaders.
 */
export async function planRun(
  model: Pick<EvalModel, "name" | "fingerprint">,
  choice: RunChoice,
  options: PlanOptions,
): Promise<RunPlan> {
  const { limit, shard } = choice;
  const benchmarks: RunManifest["benchmarks"] = [];
  const samples: PlannedSample[] = [];
  for (const one of choice.benchmarks) {
    const loaded = await loadChoice(one, choice, options);
    if (!loaded) continue;
    const tasks = loaded.tasks.map((task) => limited(task, limit));
    samples.push(...tasks.flatMap((task) => planned(one.benchmark.name, task)));
    benchmarks.push(manifestOf(one.benchmark.name, { ...loaded, tasks }));
  }
  const facts = { name: model.name, fingerprint: model.fingerprint };
  const { version } = options;
  const parts = definedOf({ limit, shard: shard && { ...shard } });
  const manifest = { format: 1 as const, version, model: facts, ...parts, benchmarks };
  return { manifest, samples: shard ? samples.filter(isOfShard(shard)) : samples };
}

interface LoadedChoice {
  readonly recipe: RecipeName;
  readonly options: BenchmarkOptions;
  readonly tasks: readonly Task[];
}

async function loadChoice(
  choice: BenchmarkChoice,
  { dataDirectory }: RunChoice,
  { onSkip, signal }: PlanOptions,
): Promise<LoadedChoice | undefined> {
  const { benchmark, isOptional = false } = choice;
  const { recipe, options } = checkChoice(choice);
  const directory = join(dataDirectory, benchmark.folder ?? benchmark.name);
  const load = { ...options, directory, recipe, tasks: choice.tasks, signal };
  try {
    return { recipe, options, tasks: await benchmark.load(load) };
  } catch (error) {
    if (!isOptional || !(error instanceof EvalDataError) || !error.isMissing) throw error;
    onSkip?.(benchmark, error);
    return undefined;
  }
}

function manifestOf(
  name: string,
  { recipe, options, tasks }: LoadedChoice,
): RunManifest["benchmarks"][number] {
  return {
    name,
    recipe,
    options: definedOf(options),
    dataHash: hashOf(tasks),
    tasks: tasks.map(({ name: task, title, groups, published, notes, samples }) => ({
      name: task,
      title,
      groups: [...groups],
      ...(published !== undefined && { published }),
      ...(notes && { notes: [...notes] }),
      planned: samples.length,
    })),
  };
}

function checkChoice({ benchmark, recipe = "readme", options = {} }: BenchmarkChoice): {
  readonly recipe: RecipeName;
  readonly options: BenchmarkOptions;
} {
  const { name, recipes } = benchmark;
  if (!recipes[recipe])
    throw new EvalRunError(name, `a recipe of ${Object.keys(recipes).join(", ")}`, recipe);
  const given = Object.keys(definedOf(options));
  const known: readonly string[] = benchmark.options;
  const stranger = given.find((option) => !known.includes(option));
  if (stranger !== undefined)
    throw new EvalRunError(name, `options of ${known.join(", ")}`, stranger, "leave it out");
  return { recipe, options };
}

function limited(task: Task, limit: number | undefined): Task {
  return limit === undefined ? task : { ...task, samples: task.samples.slice(0, limit) };
}

function planned(benchmark: string, { name, samples }: Task): PlannedSample[] {
  return samples.map((sample, index) => ({ benchmark, task: name, index, sample }));
}

function isOfShard({ index, count }: { readonly index: number; readonly count: number }) {
  return (_: PlannedSample, place: number): boolean => place % count === index - 1;
}

/** Counts tokens of nobody: whole prompts are hashed. */
const WHOLE = { countTokens: () => 0 };

/** A hash of what is asked, and of what is right: of questions, examples, prompts and answers. */
function hashOf(tasks: readonly Task[]): string {
  const hash = createHash("sha256");
  for (const { name, samples } of tasks)
    for (const sample of samples)
      hash.update(JSON.stringify([name, sample.id, sample.request(WHOLE), sample.basis()]));
  return hash.digest("hex").slice(0, 32);
}

/** An object without what is undefined: as it comes back from JSON. */
function definedOf<Value extends object>(
  value: Value,
): { [Key in keyof Value]: NonNullable<Value[Key]> } {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Value]: NonNullable<Value[Key]> };
}
