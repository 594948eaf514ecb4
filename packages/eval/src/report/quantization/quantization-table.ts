import type { Title } from "../../benchmark.ts";
import type { RunResult } from "../../results.ts";
import { compareRuns } from "../../scores/compare/compare-runs.ts";
import type { Difference } from "../../scores/compare/difference.ts";
import { scoreRun, type RunScores, type ScoreOptions } from "../../scores/score-run.ts";
import { NO_SCORE, type Score } from "../../scores/score.ts";

/** A format of a model that was evaluated. */
export interface QuantizedRun {
  /** E.g. `bf16`, `int8`, `nf4`. */
  readonly format: string;
  /** Of the weights, or of the memory that they take. */
  readonly bytes: number;
  readonly run: RunResult;
}

/** Formats of a model side by side. */
export interface QuantizationTable {
  readonly benchmarks: readonly { readonly name: string; readonly title: Title }[];
  /** In the order in which they were given: the first one is what the others are compared with. */
  readonly rows: readonly QuantizationRow[];
}

/** A format. */
export interface QuantizationRow {
  readonly format: string;
  readonly bytes: number;
  /** Share of the first one's bytes. */
  readonly share: number;
  readonly planned: number;
  readonly done: number;
  /** One for each benchmark. */
  readonly cells: readonly QuantizationCell[];
}

/** A benchmark's score of a format. */
export interface QuantizationCell {
  readonly score: Score;
  /** From the first format to this one, over the samples that both have; undefined: this is it, or one lacks the benchmark. */
  readonly difference: Difference | undefined;
}

/** Compares formats of a model with the first one. */
export function quantizationTable(
  runs: readonly QuantizedRun[],
  options: ScoreOptions = {},
): QuantizationTable {
  const scored = runs.map(({ run }) => scoreRun(run, options));
  const benchmarks = new Map(
    scored.flatMap((scores) => scores.benchmarks.map(({ name, title }) => [name, { name, title }])),
  );
  const names = [...benchmarks.keys()];
  const [reference] = runs;
  const rows = runs.map(({ format, bytes, run }, i): QuantizationRow => {
    const scores = scored[i] as RunScores;
    const comparison = reference && i > 0 ? compareRuns(reference.run, run, options) : undefined;
    return {
      format,
      bytes,
      share: bytes / (reference?.bytes ?? bytes),
      planned: scores.planned,
      done: scores.done,
      cells: names.map((name) => ({
        score: scores.benchmarks.find((one) => one.name === name)?.overall.score ?? NO_SCORE,
        difference: comparison?.benchmarks.find((one) => one.name === name)?.overall,
      })),
    };
  });
  return { benchmarks: [...benchmarks.values()], rows };
}
