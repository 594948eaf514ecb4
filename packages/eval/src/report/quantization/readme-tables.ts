import { README_MEMORY, README_QUANTIZATION } from "../../published/readme-quantization.ts";
import { fill, reportLabels, type ReportLanguage } from "../labels/report-labels.ts";
import { numberColumn, textColumn, type Column } from "../table/column.ts";
import { formatPercent, formatPoints, GAP } from "../table/format.ts";

/** A line of the README's table of memory. */
interface MemoryRow {
  readonly bits: number;
}

/** A line of the README's table of scores. */
interface ScoreRow {
  readonly model: string;
  readonly values: readonly (number | null)[];
}

/** A table, ready to be written. */
export interface ReadmeTable<Row> {
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** The README's table of memory, of both languages: they disagree in places. */
export function memoryTable(language: ReportLanguage): ReadmeTable<MemoryRow> {
  const labels = reportLabels[language];
  const models = [...new Set(README_MEMORY.map(({ model }) => model))];
  const columns = models.flatMap((model) =>
    (["zh", "en"] as const).map((key) =>
      numberColumn(
        fill(key === "zh" ? labels.inZh : labels.inEn, { model }),
        ({ bits }: MemoryRow) => {
          const found = README_MEMORY.find((one) => one.model === model && one.bits === bits);
          return found ? `${found[key].toFixed(1)} GB` : GAP;
        },
      ),
    ),
  );
  return {
    title: labels.readmeMemory,
    columns: [
      textColumn(labels.precision, ({ bits }) => (bits === 16 ? "bf16 / fp16" : `${bits}bits`)),
      ...columns,
    ],
    rows: [16, 8, 4].map((bits) => ({ bits })),
  };
}

/** The README's table of scores; those of quantised models with what they lost. */
export function quantizedScoresTable(language: ReportLanguage): ReadmeTable<ScoreRow> {
  const labels = reportLabels[language];
  const columns = README_QUANTIZATION.columns.map((name, i) =>
    numberColumn(name, ({ model, values }: ScoreRow) => {
      const value = values[i] ?? null;
      const before = README_QUANTIZATION.rows[model.replace(/-4bits$/, "")]?.[i] ?? null;
      if (value === null || before === null || !model.endsWith("-4bits"))
        return formatPercent(value);
      return `${formatPercent(value)} (${formatPoints(value - before)})`;
    }),
  );
  return {
    title: labels.readmeScores,
    columns: [textColumn(labels.model, ({ model }) => model), ...columns],
    rows: Object.entries(README_QUANTIZATION.rows).map(([model, values]) => ({ model, values })),
  };
}
