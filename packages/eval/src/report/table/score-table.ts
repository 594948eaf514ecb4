import { publishedScore } from "../../published/published-scores.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { numberColumn, textColumn, type Column } from "./column.ts";
import { formatCount, formatInterval, formatPercent, formatPoints } from "./format.ts";
import type { ReportRow } from "./report-row.ts";

/** A column of a table of scores. */
export type ScoreColumn = Column<ReportRow>;

/** What columns depend on. */
export interface ScoreTableOptions {
  readonly language: ReportLanguage;
  /** Models of the README. */
  readonly models: readonly string[];
}

/** Columns of the summary: a row is a benchmark. */
export function summaryColumns(
  options: ScoreTableOptions,
  rows: readonly ReportRow[],
): ScoreColumn[] {
  const labels = reportLabels[options.language];
  return [
    textColumn(labels.benchmark, ({ title }) => title[options.language]),
    ...scoreColumns(options),
    ...publishedColumns(options),
    ...countColumns(options, rows),
    ...meanColumns(options),
    textColumn(labels.recipe, ({ benchmark }) => benchmark.recipe),
    numberColumn(labels.shots, ({ benchmark }) => String(benchmark.shots)),
  ];
}

/** Columns of the groups of a benchmark. */
export function groupColumns(
  options: ScoreTableOptions,
  rows: readonly ReportRow[],
): ScoreColumn[] {
  const labels = reportLabels[options.language];
  return [
    textColumn(labels.group, ({ title }) => title[options.language]),
    ...scoreColumns(options),
    ...countColumns(options, rows),
    ...meanColumns(options),
  ];
}

/** Columns of the tasks of a benchmark; those of the README where it knows one of them. */
export function taskColumns(options: ScoreTableOptions, rows: readonly ReportRow[]): ScoreColumn[] {
  const labels = reportLabels[options.language];
  const names = new Set(rows.flatMap(({ others }) => Object.keys(others)));
  const isPublished = rows.some(({ published }) => published !== null);
  return [
    textColumn(labels.task, ({ title }) => title[options.language]),
    ...scoreColumns(options),
    ...(isPublished ? publishedColumns(options) : []),
    ...[...names]
      .toSorted()
      .map((name) => numberColumn(name, ({ others }: ReportRow) => formatPercent(others[name]))),
    ...countColumns(options, rows),
  ];
}

function scoreColumns({ language }: ScoreTableOptions): ScoreColumn[] {
  const labels = reportLabels[language];
  return [
    numberColumn(labels.score, ({ score }) => formatPercent(score.percent)),
    numberColumn(labels.interval, ({ score }) => formatInterval(score.interval)),
  ];
}

function countColumns({ language }: ScoreTableOptions, rows: readonly ReportRow[]): ScoreColumn[] {
  const labels = reportLabels[language];
  const isUngraded = rows.some(({ ungraded }) => ungraded > 0);
  return [
    numberColumn(labels.samples, ({ done, planned }) =>
      done === planned
        ? formatCount(done)
        : fill(labels.ofPlanned, { done: formatCount(done), planned: formatCount(planned) }),
    ),
    numberColumn(labels.unanswered, ({ unanswered }) => formatCount(unanswered)),
    ...(isUngraded
      ? [numberColumn(labels.ungraded, ({ ungraded }: ReportRow) => formatCount(ungraded))]
      : []),
  ];
}

function meanColumns({ language }: ScoreTableOptions): ScoreColumn[] {
  const labels = reportLabels[language];
  return [
    numberColumn(labels.micro, ({ micro }) => formatPercent(micro?.percent)),
    numberColumn(labels.macro, ({ macro }) => formatPercent(macro?.percent)),
  ];
}

function publishedColumns({ language, models }: ScoreTableOptions): ScoreColumn[] {
  const labels = reportLabels[language];
  return models.flatMap((model) => [
    numberColumn(fill(labels.published, { model }), ({ published }) =>
      formatPercent(publishedScore(model, published)),
    ),
    numberColumn(labels.difference, ({ published, score }) => {
      const theirs = publishedScore(model, published);
      return formatPoints(
        theirs === null || score.percent === null ? null : score.percent - theirs,
      );
    }),
  ]);
}
