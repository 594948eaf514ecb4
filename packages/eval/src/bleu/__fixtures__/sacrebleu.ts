import { readFileSync } from "node:fs";
import type { BleuOptions } from "../corpus-bleu.ts";

/** Options as sacreBLEU's constructor has them. */
interface SacrebleuOptions {
  readonly tokenize?: BleuOptions["tokenize"];
  readonly lowercase?: boolean;
  readonly effective_order?: boolean;
  readonly smooth_method?: BleuOptions["smoothing"];
  readonly smooth_value?: number;
}

interface Interval {
  readonly score: number;
  readonly mean: number;
  readonly halfWidth: number;
}

/** What sacreBLEU 2.6.0 made of made-up sentences. */
interface SacrebleuFixture {
  readonly baseline: string[];
  readonly system: string[];
  readonly references: string[][];
  readonly corpus: readonly {
    readonly references: number;
    readonly options: SacrebleuOptions;
    readonly score: number;
    readonly counts: number[];
    readonly totals: number[];
    readonly hypothesisLength: number;
    readonly referenceLength: number;
    readonly signature: string;
  }[];
  readonly sentence: number[];
  readonly bootstrap: readonly {
    readonly options: SacrebleuOptions;
    readonly baseline: Interval;
    readonly system: Interval;
    readonly pValue: number;
  }[];
  readonly random: readonly { readonly seed: number; readonly count: number; readonly drawn: number[] }[];
}

/** Scores, intervals and draws of sacreBLEU and numpy. */
export const sacrebleu = JSON.parse(
  readFileSync(new URL("sacrebleu.json", import.meta.url), "utf8"),
) as SacrebleuFixture;

/** sacreBLEU's options in our words. */
export function toBleuOptions(options: SacrebleuOptions): BleuOptions {
  return {
    tokenize: options.tokenize,
    lowercase: options.lowercase,
    effectiveOrder: options.effective_order,
    smoothing: options.smooth_method,
    smoothingValue: options.smooth_value,
  };
}
