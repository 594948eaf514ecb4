import type {
  BenchmarkComparison,
  Change,
  RunComparison,
} from "../../scores/compare/compare-runs.ts";
import { documentOf, escapeMarkdown, factList, tableOf } from "../files/markdown.ts";
import { firstLine } from "../table/cut-text.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { textColumn, type Column } from "../table/column.ts";
import { formatCount, GAP } from "../table/format.ts";
import {
  benchmarkNotes,
  CHANGE_KINDS,
  diffColumns,
  diffFacts,
  noChangesNote,
  overallRow,
  runNames,
  type DiffOptions,
} from "./diff-table.ts";

/** Settings of comparisons as Markdown. */
export interface MarkdownDiffOptions extends DiffOptions {
  /** Samples of a benchmark that are listed, those first that were lost or won. Default 20. */
  readonly changesPerBenchmark?: number | undefined;
}

/** Characters of a question or an answer that are listed. */
const MAX_CELL = 80;

/** Two runs as Markdown: a summary, then each benchmark with its groups, its tasks and the samples that changed. */
export function markdownDiff(comparison: RunComparison, options: MarkdownDiffOptions = {}): string {
  const { language = "en", changesPerBenchmark = 20 } = options;
  const labels = reportLabels[language];
  const names = runNames(comparison, options);
  return documentOf([
    `# ${escapeMarkdown(fill(labels.diffTitle, { ...names }))}`,
    factList(diffFacts(comparison, options)),
    `## ${labels.summary}`,
    tableOf(diffColumns(labels.benchmark, language), comparison.benchmarks.map(overallRow)),
    ...comparison.benchmarks.flatMap((benchmark) =>
      details(benchmark, language, changesPerBenchmark),
    ),
    escapeMarkdown(labels.diffMethod),
  ]);
}

function details(
  benchmark: BenchmarkComparison,
  language: ReportLanguage,
  limit: number,
): string[] {
  const labels = reportLabels[language];
  const { title, groups, tasks, changes } = benchmark;
  const listed = listedChanges(changes, limit);
  const shown = { shown: formatCount(listed.length), total: formatCount(changes.length) };
  return [
    `## ${escapeMarkdown(title[language])}`,
    benchmarkNotes(benchmark, language).map(escapeMarkdown).join("\n\n"),
    ...(groups.length > 0
      ? [`### ${labels.groups}`, tableOf(diffColumns(labels.group, language), groups)]
      : []),
    `### ${labels.tasks}`,
    tableOf(diffColumns(labels.task, language), tasks),
    `### ${labels.changes}`,
    ...(changes.length === 0
      ? [escapeMarkdown(noChangesNote([benchmark], language))]
      : [
          escapeMarkdown(fill(labels.changesShown, shown)),
          tableOf(changeColumns(language), listed),
        ]),
  ];
}

function listedChanges(changes: readonly Change[], limit: number): Change[] {
  const rank = ({ kind }: Change): number => CHANGE_KINDS.indexOf(kind);
  return changes.toSorted((a, b) => rank(a) - rank(b)).slice(0, limit);
}

function changeColumns(language: ReportLanguage): Column<Change>[] {
  const labels = reportLabels[language];
  const cut = (text: string | null): string => (text === null ? GAP : firstLine(text, MAX_CELL));
  return [
    textColumn(labels.change, ({ kind }) => labels[kind]),
    textColumn(labels.samples, ({ left }) => cut(left.id)),
    textColumn(labels.question, ({ left }) => cut(left.question)),
    textColumn(labels.gold, ({ left }) => cut(left.grade.gold)),
    textColumn(labels.left, ({ left }) => cut(left.grade.answer)),
    textColumn(labels.rightRun, ({ right }) => cut(right.grade.answer)),
  ];
}
