import { publishedScore } from "../../published/published-scores.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { formatCount, formatInterval, formatPercent, formatPoints } from "./format.ts";
import type { ReportRow } from "./report-row.ts";

/** A column of a table of scores. */
export interface ScoreColumn {
  readonly title: string;
  readonly isNumber: boolean;
  readonly text: (row: ReportRow) => string;
}

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
    text(labels.benchmark, ({ title }) => title[options.language]),
    text(labels.recipe, ({ benchmark }) => benchmark.recipe),
    number(labels.shots, ({ benchmark }) => String(benchmark.shots)),
    ...scoreColumns(options, rows),
    ...meanColumns(options),
    ...publishedColumns(options),
  ];
}

/** Columns of the groups of a benchmark. */
export function groupColumns(
  options: ScoreTableOptions,
  rows: readonly ReportRow[],
): ScoreColumn[] {
  const labels = reportLabels[options.language];
  return [
    text(labels.group, ({ title }) => title[options.language]),
    ...scoreColumns(options, rows),
    ...meanColumns(options),
  ];
}

/** Columns of the tasks of a benchmark; those of the README where it knows one of them. */
export function taskColumns(options: ScoreTableOptions, rows: readonly ReportRow[]): ScoreColumn[] {
  const labels = reportLabels[options.language];
  const names = new Set(rows.flatMap(({ others }) => Object.keys(others)));
  const isPublished = rows.some(({ published }) => published !== null);
  return [
    text(labels.task, ({ title }) => title[options.language]),
    ...scoreColumns(options, rows),
    ...[...names]
      .toSorted()
      .map((name) => number(name, ({ others }) => formatPercent(others[name]))),
    ...(isPublished ? publishedColumns(options) : []),
  ];
}

function text(title: string, of: ScoreColumn["text"]): ScoreColumn {
  return { title, isNumber: false, text: of };
}

function number(title: string, of: ScoreColumn["text"]): ScoreColumn {
  return { title, isNumber: true, text: of };
}

function scoreColumns({ language }: ScoreTableOptions, rows: readonly ReportRow[]): ScoreColumn[] {
  const labels = reportLabels[language];
  const isUngraded = rows.some(({ ungraded }) => ungraded > 0);
  return [
    number(labels.score, ({ score }) => formatPercent(score.percent)),
    number(labels.interval, ({ score }) => formatInterval(score.interval)),
    number(labels.samples, ({ done, planned }) =>
      done === planned
        ? formatCount(done)
        : fill(labels.ofPlanned, { done: formatCount(done), planned: formatCount(planned) }),
    ),
    number(labels.unanswered, ({ unanswered }) => formatCount(unanswered)),
    ...(isUngraded ? [number(labels.ungraded, ({ ungraded }) => formatCount(ungraded))] : []),
  ];
}

function meanColumns({ language }: ScoreTableOptions): ScoreColumn[] {
  const labels = reportLabels[language];
  return [
    number(labels.micro, ({ micro }) => formatPercent(micro?.percent)),
    number(labels.macro, ({ macro }) => formatPercent(macro?.percent)),
  ];
}

function publishedColumns({ language, models }: ScoreTableOptions): ScoreColumn[] {
  const labels = reportLabels[language];
  return models.flatMap((model) => [
    number(fill(labels.published, { model }), ({ published }) =>
      formatPercent(publishedScore(model, published)),
    ),
    number(labels.difference, ({ published, score }) => {
      const theirs = publishedScore(model, published);
      return formatPoints(
        theirs === null || score.percent === null ? null : score.percent - theirs,
      );
    }),
  ]);
}
