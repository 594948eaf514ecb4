import type { Category } from "../../benchmark.ts";
import type { BenchmarkScores, RunScores } from "../../scores/score-run.ts";
import { fill, reportLabels } from "../labels/report-labels.ts";
import {
  benchmarkFacts,
  cutPromptNotes,
  partialNotes,
  runFacts,
  sourceNote,
} from "../table/report-notes.ts";
import { CATEGORIES, publishedModels, type ReportOptions } from "../table/report-options.ts";
import { benchmarkRow, groupRows, taskRows } from "../table/report-row.ts";
import {
  groupColumns,
  summaryColumns,
  taskColumns,
  type ScoreTableOptions,
} from "../table/score-table.ts";
import { documentOf, escapeMarkdown, factList, noteList, tableOf } from "./markdown.ts";

/** Settings of reports as Markdown. */
export interface MarkdownReportOptions extends ReportOptions {
  /** Each benchmark with its groups and tasks stands behind the summary. Default true. */
  readonly hasDetails?: boolean | undefined;
}

/** A run as Markdown: a summary, then each benchmark with its groups and tasks. */
export function markdownReport(scores: RunScores, options: MarkdownReportOptions = {}): string {
  const { language = "en", hasDetails = true } = options;
  const labels = reportLabels[language];
  const table = { language, models: publishedModels(options, scores.facts) };
  return documentOf([
    `# ${escapeMarkdown(fill(labels.reportTitle, { model: scores.facts.model.name }))}`,
    factList(runFacts(scores, language)),
    noteList(partialNotes([scores], language)),
    ...CATEGORIES.flatMap((category) => summary(scores, category, table)),
    noteList(cutPromptNotes(scores, language)),
    ...(hasDetails ? scores.benchmarks.flatMap((benchmark) => details(benchmark, table)) : []),
    escapeMarkdown(labels.method),
    table.models.length > 0 && escapeMarkdown(sourceNote(language)),
  ]);
}

function summary(scores: RunScores, category: Category, table: ScoreTableOptions): string[] {
  const benchmarks = scores.benchmarks.filter((benchmark) => benchmark.category === category);
  if (benchmarks.length === 0) return [];
  const title = `## ${reportLabels[table.language][category]}`;
  const rows = benchmarks.map(benchmarkRow);
  return [title, tableOf(summaryColumns(table, rows), rows)];
}

function details(benchmark: BenchmarkScores, table: ScoreTableOptions): string[] {
  const labels = reportLabels[table.language];
  const [groups, tasks] = [groupRows(benchmark), taskRows(benchmark)];
  return [
    `## ${escapeMarkdown(benchmark.title[table.language])}`,
    factList(benchmarkFacts(benchmark, table.language)),
    ...(groups.length > 0
      ? [`### ${labels.groups}`, tableOf(groupColumns(table, groups), groups)]
      : []),
    `### ${labels.tasks}`,
    tableOf(taskColumns(table, tasks), tasks),
  ];
}
