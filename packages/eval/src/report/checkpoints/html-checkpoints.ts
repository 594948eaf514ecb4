import { chartParts, type ChartData } from "../html/chart-script.ts";
import { dataScript, markup } from "../html/markup.ts";
import { notesHtml, tableHtml } from "../html/page-table.ts";
import { page } from "../html/page.ts";
import { reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { partialNotes, sourceNote } from "../table/report-notes.ts";
import type { ReportOptions } from "../table/report-options.ts";
import type { CheckpointCurve } from "./checkpoint-curve.ts";
import { checkpointColumns, checkpointRows } from "./checkpoint-table.ts";

/** Scores over training tokens as one HTML page that needs no other file: a chart and its table. */
export async function htmlCheckpoints(
  curve: CheckpointCurve,
  options: ReportOptions = {},
): Promise<string> {
  const { language = "en", published = [] } = options;
  const labels = reportLabels[language];
  const columns = checkpointColumns(curve, options);
  return page({
    language,
    title: labels.checkpointsTitle,
    body: markup`${notesHtml(partialNotes(curve.points, language))}
<section><div id="chart"></div><noscript>${labels.noScript}</noscript></section>
<section>${tableHtml({ columns, rows: checkpointRows(curve, options) })}</section>
<p class="quiet">${labels.method}</p>
${published.length > 0 && markup`<p class="quiet">${sourceNote(language)}</p>`}`,
    data: [dataScript("chart-data", chartOf(curve, language))],
    ...(await chartParts()),
  });
}

/** The chart: over tokens, or over the checkpoints one by one where the tokens of some are not known. */
function chartOf({ benchmarks, points }: CheckpointCurve, language: ReportLanguage): ChartData {
  const labels = reportLabels[language];
  const isKnown = points.every(({ tokens }) => tokens !== null);
  return {
    xTitle: isKnown ? labels.tokens : labels.checkpoint,
    x: points.map(({ tokens }, i) => (isKnown ? (tokens ?? 0) / 1e9 : i)),
    xLabels: isKnown ? undefined : points.map(({ label }) => label),
    lines: benchmarks.map(({ title }, i) => ({
      label: title[language],
      y: points.map(({ scores }) => scores[i]?.percent ?? null),
      low: points.map(({ scores }) => scores[i]?.interval?.low ?? null),
      high: points.map(({ scores }) => scores[i]?.interval?.high ?? null),
    })),
  };
}
