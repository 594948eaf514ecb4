import type {
  Benchmark,
  BenchmarkOptions,
  CorpusScore,
  Grade,
  RecipeName,
  Task,
} from "./benchmark.ts";
import type { EvalRequest, EvalResponse } from "./eval-request.ts";

/** A sample that was asked and graded: a line of a run's journal. */
export interface SampleRecord {
  readonly benchmark: string;
  readonly task: string;
  /** Of the sample, unique in its benchmark. */
  readonly id: string;
  /** The question alone. */
  readonly question: string;
  readonly request: EvalRequest;
  readonly response: EvalResponse;
  readonly grade: Grade;
}

/** What of a task has been answered so far. */
export interface TaskResult {
  readonly task: Omit<Task, "samples">;
  /** A score of all samples together. Default: the mean of their scores. */
  readonly corpusScore?: CorpusScore | undefined;
  /** Samples that are to be asked. */
  readonly planned: number;
  /** Those that were, in the order of the data, however they came in. */
  readonly records: readonly SampleRecord[];
}

/** What of a benchmark has been answered so far. */
export interface BenchmarkResult {
  readonly benchmark: Benchmark;
  readonly recipe: RecipeName;
  /** Options that the benchmark takes and that were given. */
  readonly options: BenchmarkOptions;
  /** Of questions, prompts and right answers: equal for runs that asked the same. */
  readonly dataHash: string;
  readonly tasks: readonly TaskResult[];
}

/** What was run. */
export interface RunFacts {
  /** The model's name and fingerprint. */
  readonly model: { readonly name: string; readonly fingerprint: string };
  /** Version of this package. */
  readonly version: string;
  /** Most samples of a task that were asked; undefined: all. */
  readonly limit?: number | undefined;
}

/** A run, or what there is of it. Nothing in it depends on when, how fast, or in how many parts it ran. */
export interface RunResult {
  readonly facts: RunFacts;
  readonly benchmarks: readonly BenchmarkResult[];
}
