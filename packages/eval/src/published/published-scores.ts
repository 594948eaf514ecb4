import type { PublishedRows, PublishedTable } from "./published-table.ts";
import { README_13B } from "./readme-13b.ts";
import { README_7B } from "./readme-7b.ts";
import { README_QUANTIZATION } from "./readme-quantization.ts";

/**
 * The READMEs that the numbers are of. Both have the same scores; they disagree on memory. Drafts before the release had
 * others: no BBH of GPT, MPT and Falcon, and 57.32 for HumanEval of GPT-4.
 */
export const README_SOURCES = {
  zh: "https://github.com/baichuan-inc/Baichuan2/blob/84fbd6f229be6b8042411e4e353759f3723e6ad0/README.md",
  en: "https://github.com/baichuan-inc/Baichuan2/blob/dde8bdb353bead91361e0e3e41df2bf3dc6d314e/README_EN.md",
} as const;

/** The README's tables of benchmarks. */
export const README_TABLES: readonly PublishedTable[] = [...README_7B, ...README_13B];

/** Other names of columns. */
const COLUMN_ALIASES: Readonly<Record<string, string>> = {
  "Flores-101": "Average",
  "CN-JA": "CN-JP",
};

/** A model is asked for that the README does not have. */
export class PublishedModelError extends Error {
  override readonly name = "PublishedModelError";
  readonly code = "ERR_PUBLISHED_MODEL";
  readonly model: string;

  constructor(model: string) {
    super(`published: expected one of ${PUBLISHED_MODELS.join(", ")}, got ${model}`);
    this.model = model;
  }
}

const SCORES = new Map<string, Map<string, number>>();
for (const { columns, rows } of README_TABLES)
  addRows(
    columns.map(({ name }) => name),
    rows,
  );
addRows(README_QUANTIZATION.columns, README_QUANTIZATION.rows);

/** Models that the README has scores of. */
export const PUBLISHED_MODELS: readonly string[] = [...SCORES.keys()];

function addRows(columns: readonly string[], rows: PublishedRows): void {
  for (const [model, values] of Object.entries(rows)) {
    const scores = SCORES.get(model) ?? new Map<string, number>();
    values.forEach((value, i) => value !== null && scores.set(columns[i] ?? "", value));
    SCORES.set(model, scores);
  }
}

/**
 * What the README says of a model.
 *
 * @param column - As the README calls it; null: it has none.
 * @returns percent; null: the README does not say.
 * @throws {PublishedModelError} if it does not have the model at all.
 */
export function publishedScore(model: string, column: string | null): number | null {
  const scores = SCORES.get(model);
  if (!scores) throw new PublishedModelError(model);
  return column === null ? null : (scores.get(COLUMN_ALIASES[column] ?? column) ?? null);
}

/** The model of the README that a name means: the longest that is part of it, e.g. of a path or of a quantised model. */
export function publishedModelOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  const found = PUBLISHED_MODELS.filter((model) => lower.includes(model.toLowerCase()));
  return found.toSorted((a, b) => b.length - a.length)[0];
}
