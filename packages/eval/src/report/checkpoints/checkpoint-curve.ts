import type { Title } from "../../benchmark.ts";
import type { RunResult } from "../../results.ts";
import { scoreRun, type ScoreOptions } from "../../scores/score-run.ts";
import { NO_SCORE, type Score } from "../../scores/score.ts";

/** A checkpoint that was evaluated. */
export interface CheckpointRun {
  /** E.g. the revision, `train_00220B`. */
  readonly label: string;
  /** Tokens that it was trained on. Default: what the label says, see {@link checkpointTokens}. */
  readonly tokens?: number | undefined;
  readonly run: RunResult;
}

/** Scores over the tokens that a model was trained on. */
export interface CheckpointCurve {
  readonly benchmarks: readonly CurveBenchmark[];
  /** By tokens; those whose tokens nobody knows come last, in the order in which they were given. */
  readonly points: readonly CurvePoint[];
}

/** A line of the curve. */
export interface CurveBenchmark {
  readonly name: string;
  readonly title: Title;
  /** Column of the README's tables. */
  readonly published: string | null;
}

/** A checkpoint's scores. */
export interface CurvePoint {
  readonly label: string;
  readonly tokens: number | null;
  /** Samples that are to be asked, and those that were. */
  readonly planned: number;
  readonly done: number;
  /** One for each benchmark of the curve. */
  readonly scores: readonly Score[];
}

/** Tokens that are in the name of a revision of Baichuan2's intermediate checkpoints: `train_00220B` says 220 billion. */
export function checkpointTokens(label: string): number | undefined {
  const [, billions] = /train_(\d+)B/.exec(label) ?? [];
  return billions === undefined ? undefined : Number(billions) * 1e9;
}

/** Scores of checkpoints, by the tokens that they were trained on. */
export function checkpointCurve(
  runs: readonly CheckpointRun[],
  options: ScoreOptions = {},
): CheckpointCurve {
  const scored = runs.map(({ label, tokens = checkpointTokens(label), run }) => ({
    label,
    tokens: tokens ?? null,
    ...scoreRun(run, options),
  }));
  const benchmarks = new Map(
    scored.flatMap((one) =>
      one.benchmarks.map(({ name, title, published }) => [name, { name, title, published }]),
    ),
  );
  const points = scored.map(({ label, tokens, planned, done, ...one }): CurvePoint => {
    const scoreOf = (name: string): Score =>
      one.benchmarks.find((benchmark) => benchmark.name === name)?.overall.score ?? NO_SCORE;
    return { label, tokens, planned, done, scores: [...benchmarks.keys()].map(scoreOf) };
  });
  const order = ({ tokens }: CurvePoint): number => tokens ?? Number.MAX_VALUE;
  return {
    benchmarks: [...benchmarks.values()],
    points: points.toSorted((a, b) => order(a) - order(b)),
  };
}
