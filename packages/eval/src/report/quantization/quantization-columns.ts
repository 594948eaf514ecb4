import { reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { numberColumn, textColumn, type Column } from "../table/column.ts";
import { formatBytes, formatPercent, formatPoints, GAP } from "../table/format.ts";
import type { QuantizationCell, QuantizationRow, QuantizationTable } from "./quantization-table.ts";

/** Differences that are marked. */
const SIGNIFICANT = 0.05;

/** Columns of the table: a benchmark each. */
export function quantizationColumns(
  { benchmarks }: QuantizationTable,
  language: ReportLanguage,
): Column<QuantizationRow>[] {
  const labels = reportLabels[language];
  return [
    textColumn(labels.format, ({ format }) => format),
    numberColumn(
      labels.size,
      ({ bytes, share }) => `${formatBytes(bytes)} (${(100 * share).toFixed(0)} %)`,
    ),
    ...benchmarks.map(({ title }, i) =>
      numberColumn(title[language], ({ cells }: QuantizationRow) => cellText(cells[i])),
    ),
  ];
}

function cellText(cell: QuantizationCell | undefined): string {
  if (!cell) return GAP;
  const { score, difference } = cell;
  const percent = formatPercent(score.percent);
  if (!difference || difference.difference === null) return percent;
  const isSignificant = (difference.test?.p ?? 1) < SIGNIFICANT;
  return `${percent} (${formatPoints(difference.difference)}${isSignificant ? " *" : ""})`;
}
