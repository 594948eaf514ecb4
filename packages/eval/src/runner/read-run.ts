import { findBenchmark } from "../benchmarks/benchmarks.ts";
import type { BenchmarkResult, RunResult, TaskResult } from "../results.ts";
import { EvalRunError } from "./eval-run-error.ts";
import { Journal, type JournalLine } from "./journal.ts";
import { readManifest, type RunManifest } from "./run-manifest.ts";

type ManifestBenchmark = RunManifest["benchmarks"][number];

/**
 * What a run's folder holds so far, also while it is being written.
 *
 * @throws {EvalRunError} if the folder holds no run, or one of a benchmark that this version does not know.
 */
export async function readRun(folder: string): Promise<RunResult> {
  const manifest = await readManifest(folder);
  return resultOf(manifest, await Journal.read(folder), folder);
}

/** A run's result, of its manifest and the lines of its journal in any order. */
function resultOf(manifest: RunManifest, lines: readonly JournalLine[], where: string): RunResult {
  const { model, version, limit } = manifest;
  const byTask = Map.groupBy(lines, ({ benchmark, task }) => `${benchmark}/${task}`);
  return {
    facts: { model, version, limit },
    benchmarks: manifest.benchmarks.map((one) => benchmarkResult(one, byTask, where)),
  };
}

function benchmarkResult(
  { name, recipe, options, tasks }: ManifestBenchmark,
  byTask: ReadonlyMap<string, readonly JournalLine[]>,
  where: string,
): BenchmarkResult {
  const benchmark = findBenchmark(name);
  if (!benchmark) throw new EvalRunError(where, "a benchmark of this version", name);
  const results = tasks.map(({ planned, ...task }): TaskResult => {
    const lines = byTask.get(`${name}/${task.name}`) ?? [];
    const records = lines
      .toSorted((a, b) => a.index - b.index)
      .map(({ index: _index, ...record }) => record);
    const corpusScore = benchmark.corpusScore?.(task.name, { ...options, recipe });
    return { task, corpusScore, planned, records };
  });
  return { benchmark, recipe, options, tasks: results };
}
