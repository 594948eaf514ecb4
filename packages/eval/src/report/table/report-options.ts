import type { Category } from "../../benchmark.ts";
import { publishedModelOf } from "../../published/published-scores.ts";
import type { RunFacts } from "../../results.ts";
import type { ReportLanguage } from "../labels/report-labels.ts";

/** The README's tables, in its order. */
export const CATEGORIES: readonly Category[] = [
  "general",
  "law-medicine",
  "math-code",
  "multilingual",
];

/** Settings of reports. */
export interface ReportOptions {
  /** Default: English. */
  readonly language?: ReportLanguage | undefined;
  /** Models of the README whose scores stand beside the run's. Default: the one that the run's model is named after. */
  readonly published?: readonly string[] | undefined;
}

/** Models of the README whose scores stand beside a run's. */
export function publishedModels({ published }: ReportOptions, { model }: RunFacts): string[] {
  return published ? [...published] : [publishedModelOf(model.name) ?? []].flat();
}
