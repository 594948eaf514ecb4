import type { Category } from "../../benchmark.ts";
import type { BenchmarkScores, RunScores } from "../../scores/score-run.ts";
import { fill, reportLabels } from "../labels/report-labels.ts";
import {
  benchmarkFacts,
  partialNote,
  runFacts,
  sourceNote,
  type Fact,
} from "../table/report-notes.ts";
import { publishedModels, type ReportOptions } from "../table/report-options.ts";
import { benchmarkRow, groupRows, taskRows, type ReportRow } from "../table/report-row.ts";
import {
  groupColumns,
  summaryColumns,
  taskColumns,
  type ScoreColumn,
  type ScoreTableOptions,
} from "../table/score-table.ts";
import { documentOf, escapeMarkdown, tableOf } from "./markdown.ts";

/** The README's tables, in its order. */
export const CATEGORIES: readonly Category[] = [
  "general",
  "law-medicine",
  "math-code",
  "multilingual",
];

/** A run as Markdown: a summary, then each benchmark with its groups and tasks. */
export function markdownReport(scores: RunScores, options: ReportOptions = {}): string {
  const { language = "en" } = options;
  const labels = reportLabels[language];
  const table = { language, models: publishedModels(options, scores.facts) };
  const partial = partialNote(scores, language);
  return documentOf([
    `# ${escapeMarkdown(fill(labels.reportTitle, { model: scores.facts.model.name }))}`,
    factList(runFacts(scores, language)),
    partial && `> **${escapeMarkdown(partial)}**`,
    ...CATEGORIES.flatMap((category) => summary(scores, category, table)),
    ...scores.benchmarks.flatMap((benchmark) => details(benchmark, table)),
    escapeMarkdown(labels.method),
    table.models.length > 0 && escapeMarkdown(sourceNote(language)),
  ]);
}

function summary(scores: RunScores, category: Category, table: ScoreTableOptions): string[] {
  const benchmarks = scores.benchmarks.filter((benchmark) => benchmark.category === category);
  if (benchmarks.length === 0) return [];
  const title = `## ${reportLabels[table.language][category]}`;
  const rows = benchmarks.map(benchmarkRow);
  return [title, scoreTable(summaryColumns(table, rows), rows)];
}

function details(benchmark: BenchmarkScores, table: ScoreTableOptions): string[] {
  const labels = reportLabels[table.language];
  const [groups, tasks] = [groupRows(benchmark), taskRows(benchmark)];
  return [
    `## ${escapeMarkdown(benchmark.title[table.language])}`,
    factList(benchmarkFacts(benchmark, table.language)),
    ...(groups.length > 0
      ? [`### ${labels.groups}`, scoreTable(groupColumns(table, groups), groups)]
      : []),
    `### ${labels.tasks}`,
    scoreTable(taskColumns(table, tasks), tasks),
  ];
}

function scoreTable(columns: readonly ScoreColumn[], rows: readonly ReportRow[]): string {
  return tableOf(
    columns,
    rows.map((row) => columns.map((column) => column.text(row))),
  );
}

/** Facts as a list. */
export function factList(facts: readonly Fact[]): string {
  return facts
    .map(([label, value]) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(value)}`)
    .join("\n");
}
