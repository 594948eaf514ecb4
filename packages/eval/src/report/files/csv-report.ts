import { stringify } from "csv-stringify/sync";
import { publishedScore } from "../../published/published-scores.ts";
import type { RunScores } from "../../scores/score-run.ts";
import { rounded } from "../table/format.ts";
import { publishedModels, type ReportOptions } from "../table/report-options.ts";
import { reportRows, type ReportRow } from "../table/report-row.ts";

/** A cell; null is empty. */
export type CsvCell = string | number | null;

/**
 * Rows as CSV, with LF. Cells that a spreadsheet would take for a formula get an apostrophe before them.
 *
 * @param rows - The first one names the columns.
 */
export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true },
  );
}

/** A run as CSV: one row for each benchmark, group and task. */
export function csvReport(scores: RunScores, options: ReportOptions = {}): string {
  const models = publishedModels(options, scores.facts);
  const rows = reportRows(scores);
  const others = [...new Set(rows.flatMap((row) => Object.keys(row.others)))].toSorted();
  const header = [
    ...COLUMNS,
    ...others.map((name) => `other ${name}`),
    ...models.map((model) => `published ${model}`),
  ];
  const cells = rows.map((row) => [
    ...rowCells(row, options),
    ...others.map((name) => rounded(row.others[name])),
    ...models.map((model) => publishedScore(model, row.published)),
  ]);
  return toCsv([header, ...cells]);
}

const COLUMNS = [
  "level",
  "benchmark",
  "recipe",
  "shots",
  "name",
  "title",
  "score",
  "low",
  "high",
  "micro",
  "macro",
  "planned",
  "done",
  "graded",
  "ungraded",
  "unanswered",
  "truncated",
];

function rowCells(row: ReportRow, { language = "en" }: ReportOptions): CsvCell[] {
  const { benchmark, score, micro, macro } = row;
  return [
    row.level,
    benchmark.name,
    benchmark.recipe,
    benchmark.shots,
    row.name,
    row.title[language],
    rounded(score.percent),
    rounded(score.interval?.low),
    rounded(score.interval?.high),
    rounded(micro?.percent),
    rounded(macro?.percent),
    row.planned,
    row.done,
    row.graded,
    row.ungraded,
    row.unanswered,
    row.truncated,
  ];
}
