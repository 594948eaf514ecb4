import { toCsv, type CsvCell } from "../files/csv-report.ts";
import { documentOf, escapeMarkdown, noteList, tableOf } from "../files/markdown.ts";
import { markup, type Markup } from "../html/markup.ts";
import { notesHtml, tableHtml } from "../html/page-table.ts";
import { page } from "../html/page.ts";
import { reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { rounded } from "../table/format.ts";
import { partialNotes, sourceNote } from "../table/report-notes.ts";
import { quantizationColumns } from "./quantization-columns.ts";
import type { QuantizationTable } from "./quantization-table.ts";
import { memoryTable, quantizedScoresTable, type ReadmeTable } from "./readme-tables.ts";

/** Settings of tables of quantised models. */
export interface QuantizationOptions {
  /** Default: English. */
  readonly language?: ReportLanguage | undefined;
}

/** Formats of a model as Markdown, beside the README's own tables. */
export function markdownQuantization(
  table: QuantizationTable,
  { language = "en" }: QuantizationOptions = {},
): string {
  const labels = reportLabels[language];
  const readme = <Row>({ title, columns, rows }: ReadmeTable<Row>): string[] => [
    `## ${title}`,
    tableOf(columns, rows),
  ];
  return documentOf([
    `# ${labels.quantizationTitle}`,
    noteList(partialFormats(table, language)),
    tableOf(quantizationColumns(table, language), table.rows),
    escapeMarkdown(labels.quantizationMethod),
    ...readme(memoryTable(language)),
    ...readme(quantizedScoresTable(language)),
    escapeMarkdown(sourceNote(language)),
  ]);
}

function partialFormats({ rows }: QuantizationTable, language: ReportLanguage): string[] {
  return partialNotes(
    rows.map(({ format, planned, done }) => ({ label: format, planned, done })),
    language,
  );
}

/** Formats of a model as CSV: a row for each format and benchmark. */
export function csvQuantization({ benchmarks, rows }: QuantizationTable): string {
  const cells = rows.flatMap((row) =>
    row.cells.map(({ score, difference }, i): CsvCell[] => [
      row.format,
      row.bytes,
      benchmarks[i]?.name ?? "",
      rounded(score.percent),
      rounded(score.interval?.low),
      rounded(score.interval?.high),
      rounded(difference?.difference),
      rounded(difference?.interval?.low),
      rounded(difference?.interval?.high),
      pCell(difference?.test?.p),
      rounded(difference?.agreement),
      row.planned,
      row.done,
    ]),
  );
  return toCsv([CSV_HEADER, ...cells]);
}

/** Six digits of a probability that may be very small. */
function pCell(p: number | undefined): CsvCell {
  return p === undefined ? null : Number(p.toPrecision(6));
}

const CSV_HEADER = [
  "format",
  "bytes",
  "benchmark",
  "score",
  "low",
  "high",
  "difference",
  "difference low",
  "difference high",
  "p",
  "agreement",
  "planned",
  "done",
];

/** Formats of a model as one HTML page that needs no other file, beside the README's own tables. */
export function htmlQuantization(
  table: QuantizationTable,
  { language = "en" }: QuantizationOptions = {},
): string {
  const labels = reportLabels[language];
  const columns = quantizationColumns(table, language);
  const readme = <Row>({ title, ...parts }: ReadmeTable<Row>): Markup =>
    markup`<section><h2>${title}</h2>${tableHtml(parts)}</section>`;
  return page({
    language,
    title: labels.quantizationTitle,
    body: markup`${notesHtml(partialFormats(table, language))}
<section>${tableHtml({ columns, rows: table.rows })}<p class="quiet">${labels.quantizationMethod}</p></section>
${readme(memoryTable(language))}
${readme(quantizedScoresTable(language))}
<p class="quiet">${sourceNote(language)}</p>`,
  });
}
