import { numberCell, toCsv, type CsvCell } from "../files/csv-report.ts";
import { documentOf, escapeMarkdown, noteList, tableOf } from "../files/markdown.ts";
import { markup, type Markup } from "../html/markup.ts";
import { notesHtml, tableHtml } from "../html/page-table.ts";
import { page } from "../html/page.ts";
import { reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { sourceNote } from "../table/report-notes.ts";
import { partialFormats, quantizationColumns } from "./quantization-columns.ts";
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
    noteList(partialFormats(table.rows, language)),
    tableOf(quantizationColumns(table, language), table.rows),
    escapeMarkdown(labels.quantizationMethod),
    ...readme(memoryTable(language)),
    ...readme(quantizedScoresTable(language)),
    escapeMarkdown(sourceNote(language)),
  ]);
}

/** Formats of a model as CSV: a row for each format and benchmark. */
export function csvQuantization({ benchmarks, rows }: QuantizationTable): string {
  const cells = rows.flatMap((row) =>
    row.cells.map(({ score, difference }, i): CsvCell[] => [
      row.format,
      row.bytes,
      benchmarks[i]?.name ?? "",
      numberCell(score.percent),
      numberCell(score.interval?.low),
      numberCell(score.interval?.high),
      numberCell(difference?.difference),
      numberCell(difference?.interval?.low),
      numberCell(difference?.interval?.high),
      pCell(difference?.test?.p),
      numberCell(difference?.agreement),
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
    body: markup`${notesHtml(partialFormats(table.rows, language))}
<section>${tableHtml({ columns, rows: table.rows })}<p class="quiet">${labels.quantizationMethod}</p></section>
${readme(memoryTable(language))}
${readme(quantizedScoresTable(language))}
<p class="quiet">${sourceNote(language)}</p>`,
  });
}
