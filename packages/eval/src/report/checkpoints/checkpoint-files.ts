import { toCsv, type CsvCell } from "../files/csv-report.ts";
import { documentOf, escapeMarkdown, noteList, tableOf } from "../files/markdown.ts";
import { reportLabels } from "../labels/report-labels.ts";
import { rounded } from "../table/format.ts";
import { partialNotes, sourceNote } from "../table/report-notes.ts";
import type { ReportOptions } from "../table/report-options.ts";
import type { CheckpointCurve } from "./checkpoint-curve.ts";
import { checkpointColumns, checkpointRows } from "./checkpoint-table.ts";

/** Scores over training tokens as a table of Markdown. */
export function markdownCheckpoints(curve: CheckpointCurve, options: ReportOptions = {}): string {
  const { language = "en", published = [] } = options;
  const labels = reportLabels[language];
  return documentOf([
    `# ${labels.checkpointsTitle}`,
    noteList(partialNotes(curve.points, language)),
    tableOf(checkpointColumns(curve, options), checkpointRows(curve, options)),
    escapeMarkdown(labels.method),
    published.length > 0 && escapeMarkdown(sourceNote(language)),
  ]);
}

/** Scores over training tokens as CSV: a row for each checkpoint and benchmark. */
export function csvCheckpoints({ benchmarks, points }: CheckpointCurve): string {
  const header = ["label", "tokens", "benchmark", "score", "low", "high", "planned", "done"];
  const rows = points.flatMap(({ label, tokens, planned, done, scores }) =>
    scores.map(({ percent, interval }, i): CsvCell[] => [
      label,
      tokens,
      benchmarks[i]?.name ?? "",
      rounded(percent),
      rounded(interval?.low),
      rounded(interval?.high),
      planned,
      done,
    ]),
  );
  return toCsv([header, ...rows]);
}
