import { publishedScore } from "../../published/published-scores.ts";
import { fill, reportLabels } from "../labels/report-labels.ts";
import { numberColumn, textColumn, type Column } from "../table/column.ts";
import { formatInterval, formatPercent, GAP } from "../table/format.ts";
import type { ReportOptions } from "../table/report-options.ts";
import type { CheckpointCurve } from "./checkpoint-curve.ts";

/** A line of the table: a checkpoint, or a model of the README. */
export interface CheckpointRow {
  readonly label: string;
  readonly tokens: number | null;
  /** One for each benchmark. */
  readonly scores: readonly string[];
}

/** Columns of the table: a benchmark each. */
export function checkpointColumns(
  { benchmarks }: CheckpointCurve,
  { language = "en" }: ReportOptions,
): Column<CheckpointRow>[] {
  const labels = reportLabels[language];
  return [
    textColumn(labels.checkpoint, ({ label }) => label),
    numberColumn(labels.tokens, ({ tokens }) => formatBillions(tokens)),
    ...benchmarks.map(({ title }, i) =>
      numberColumn(title[language], ({ scores }: CheckpointRow) => scores[i] ?? GAP),
    ),
  ];
}

/** Lines of the table; those of the README's models last. */
export function checkpointRows(
  { benchmarks, points }: CheckpointCurve,
  { language = "en", published = [] }: ReportOptions,
): CheckpointRow[] {
  const labels = reportLabels[language];
  return [
    ...points.map(({ label, tokens, scores }) => ({
      label,
      tokens,
      scores: scores.map(({ percent, interval }) =>
        percent === null ? GAP : `${formatPercent(percent)} (${formatInterval(interval)})`,
      ),
    })),
    ...published.map((model) => ({
      label: fill(labels.published, { model }),
      tokens: null,
      scores: benchmarks.map((one) => formatPercent(publishedScore(model, one.published))),
    })),
  ];
}

function formatBillions(tokens: number | null): string {
  return tokens === null ? GAP : String(Number((tokens / 1e9).toFixed(3)));
}
