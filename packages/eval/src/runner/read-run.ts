import { findBenchmark } from "../benchmarks/benchmarks.ts";
import type { BenchmarkResult, RunResult, TaskResult } from "../results.ts";
import { EvalRunError } from "./eval-run-error.ts";
import { Journal } from "./journal.ts";
import type { JournalLine } from "./journal-line.ts";
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
  checkPlanned(manifest, lines, where);
  const byTask = Map.groupBy(lines, taskOf);
  return {
    facts: { model, version, limit },
    benchmarks: manifest.benchmarks.map((one) => benchmarkResult(one, byTask, where)),
  };
}

const taskOf = ({ benchmark, task }: Pick<JournalLine, "benchmark" | "task">): string =>
  `${benchmark}/${task}`;

/** @throws {EvalRunError} for a line of a sample that the run does not ask, or has asked before. */
function checkPlanned(manifest: RunManifest, lines: readonly JournalLine[], where: string): void {
  const planned = new Map(
    manifest.benchmarks.flatMap(({ name, tasks }) =>
      tasks.map((task) => [taskOf({ benchmark: name, task: task.name }), task.planned] as const),
    ),
  );
  const seen = new Set<string>();
  for (const line of lines) {
    const place = `${taskOf(line)}, number ${line.index}`;
    const isPlanned = line.index < (planned.get(taskOf(line)) ?? 0);
    const expected = isPlanned ? "a sample once in its journal" : "samples of this run alone";
    if (!isPlanned || seen.has(place)) throw new EvalRunError(where, expected, place);
    seen.add(place);
  }
}

function benchmarkResult(
  { name, recipe, options, dataHash, tasks }: ManifestBenchmark,
  byTask: ReadonlyMap<string, readonly JournalLine[]>,
  where: string,
): BenchmarkResult {
  const benchmark = findBenchmark(name);
  if (!benchmark) throw new EvalRunError(where, "a benchmark of this version", name);
  const results = tasks.map(({ planned, ...task }): TaskResult => {
    const lines = byTask.get(taskOf({ benchmark: name, task: task.name })) ?? [];
    const records = lines
      .toSorted((a, b) => a.index - b.index)
      .map(({ index: _index, ...record }) => record);
    const corpusScore = benchmark.corpusScore?.(task.name, { ...options, recipe });
    return { task, corpusScore, planned, records };
  });
  return { benchmark, recipe, options, dataHash, tasks: results };
}
