import { en, type ReportLabels } from "./labels-en.ts";
import { zh } from "./labels-zh.ts";

export type { ReportLabels } from "./labels-en.ts";

/** Languages of reports. */
export type ReportLanguage = "en" | "zh";

/** Words of each language. */
export const reportLabels: Readonly<Record<ReportLanguage, ReportLabels>> = { en, zh };

/** Puts values in the place of `{name}`. */
export function fill(label: string, values: Readonly<Record<string, string | number>>): string {
  return label.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
