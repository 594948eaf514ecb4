import type { Category } from "../benchmark.ts";

/** Scores of a table: of each model, one per column, in percent; null: none was published. */
export type PublishedRows = Readonly<Record<string, readonly (number | null)[]>>;

/** A column of a table. */
export interface PublishedColumn {
  /** What the README calls it. */
  readonly name: string;
  readonly shots: number;
}

/** A table of the README. */
export interface PublishedTable {
  readonly category: Category;
  /** Size of the models that it compares, besides GPT. */
  readonly size: "7B" | "13B";
  readonly columns: readonly PublishedColumn[];
  readonly rows: PublishedRows;
}

/** Columns with the same number of examples. */
function columns(shots: number, ...names: string[]): PublishedColumn[] {
  return names.map((name) => ({ name, shots }));
}

/** C-Eval is of its test questions. */
export const GENERAL_COLUMNS = [
  ...columns(5, "C-Eval", "MMLU", "CMMLU", "Gaokao", "AGIEval"),
  ...columns(3, "BBH"),
];

/** The second one is the medical subjects of the three; its C-Eval is of the val questions. */
export const LAW_MEDICINE_COLUMNS = columns(
  5,
  "JEC-QA",
  "CEval-MMLU-CMMLU",
  "MedQA-USMLE",
  "MedQA-MCMLE",
  "MedMCQA",
);

/** HumanEval is pass@1. */
export const MATH_CODE_COLUMNS = [
  ...columns(4, "GSM8K", "MATH"),
  ...columns(0, "HumanEval"),
  ...columns(3, "MBPP"),
];

/** BLEU from Chinese; `Average` is the mean of the seven. */
export const MULTILINGUAL_COLUMNS = columns(
  8,
  "CN-EN",
  "CN-FR",
  "CN-ES",
  "CN-AR",
  "CN-RU",
  "CN-JP",
  "CN-DE",
  "Average",
);
