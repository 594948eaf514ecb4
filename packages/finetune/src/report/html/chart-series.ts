import type { ReportRow } from "../report-row.ts";

/** Points of a line, by step. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Evaluations without a better one, and the best. */
export interface EarlyStop {
  readonly patience: number;
  readonly bestStep: number;
  readonly bestLoss: number;
}

/** What a log holds, ready to be drawn. */
export interface LogSummary {
  readonly loss: Points;
  readonly evalLoss: Points;
  readonly learningRate: Points;
  readonly gradNorm: Points;
  readonly steps: number;
  readonly epoch: number;
  readonly tokens: number;
  readonly seconds: number;
  /** What ended the run early. */
  readonly stop: EarlyStop | undefined;
}

/** Most points of a line: more than a screen has columns. */
const MAX_POINTS = 2000;

/** Collects the rows of a log. */
export async function summarizeLog(rows: AsyncIterable<ReportRow>): Promise<LogSummary> {
  const steps: ReportRow[] = [];
  const evaluations: ReportRow[] = [];
  let stop: EarlyStop | undefined;
  for await (const row of rows) {
    if (row.type === "step") steps.push(row);
    if (row.type === "evaluation") evaluations.push(row);
    if (row.type === "stop") stop = stopOf(row);
  }
  const sum = (key: string): number => steps.reduce((total, row) => total + numberOf(row, key), 0);
  const last = steps.at(-1);
  return {
    loss: pointsOf(steps, "loss"),
    evalLoss: pointsOf(evaluations, "eval_loss"),
    learningRate: pointsOf(steps, "learning_rate"),
    gradNorm: pointsOf(steps, "grad_norm"),
    steps: last?.step ?? 0,
    epoch: last ? numberOf(last, "epoch") : 0,
    tokens: sum("tokens"),
    seconds: sum("seconds"),
    stop,
  };
}

function stopOf(row: ReportRow): EarlyStop {
  return {
    patience: numberOf(row, "patience"),
    bestStep: numberOf(row, "best_step"),
    bestLoss: numberOf(row, "best_loss"),
  };
}

function numberOf(row: ReportRow, key: string): number {
  return Number(row[key] ?? Number.NaN);
}

function pointsOf(rows: readonly ReportRow[], key: string): Points {
  const finite = rows.filter((row) => Number.isFinite(numberOf(row, key)));
  return { x: finite.map(({ step }) => step ?? 0), y: finite.map((row) => numberOf(row, key)) };
}

/** As many points as a chart can show: each the mean of those that it stands for, at the last one's step. */
export function thin({ x, y }: Points, limit = MAX_POINTS): Points {
  const size = Math.ceil(x.length / limit);
  if (size <= 1) return { x, y };
  const thinned = { x: [] as number[], y: [] as number[] };
  for (let start = 0; start < x.length; start += size) {
    const values = y.slice(start, start + size);
    thinned.x.push(x[start + values.length - 1] ?? 0);
    thinned.y.push(values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return thinned;
}

/** Points below which a line is shown as it is. */
const MIN_SMOOTHED = 20;

/**
 * Exponential moving average that is not drawn to 0 at its start: `s = Σ aⁱ y / Σ aⁱ`, with a weight `a` that looks back over
 * a sixtieth of the line.
 *
 * @returns no points where there are too few to be smoothed.
 */
export function smooth({ x, y }: Points): Points {
  if (x.length < MIN_SMOOTHED) return { x: [], y: [] };
  const a = 1 - 1 / Math.max(3, x.length / 60);
  let [sum, weight] = [0, 0];
  const smoothed = y.map((value) => {
    sum = a * sum + value;
    weight = a * weight + 1;
    return sum / weight;
  });
  return { x, y: smoothed };
}
