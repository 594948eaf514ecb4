import { MAX_ORDER, type BleuStatistics } from "./bleu-statistics.ts";

/** What becomes of a precision that is 0. */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

/** How statistics make a score. */
export interface BleuScoring {
  /**
   * `exp` halves the precision for each order without a match, `floor` counts `smoothingValue` matches, `add-k` adds
   * `smoothingValue` to matches and sequences from order 2 on. Default `exp`.
   */
  readonly smoothing?: BleuSmoothing | undefined;
  /** Default 0.1 for `floor`, 1 for `add-k`. */
  readonly smoothingValue?: number | undefined;
  /** Leaves out orders that the hypothesis is too short for: for single sentences. Default false. */
  readonly effectiveOrder?: boolean | undefined;
}

/** BLEU, and what it is made of. */
export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** In percent, of orders 1 to 4. */
  readonly precisions: readonly number[];
  /** Matches of each order; with what `add-k` adds. */
  readonly counts: readonly number[];
  /** Sequences of each order; with what `add-k` adds. */
  readonly totals: readonly number[];
  readonly brevityPenalty: number;
  /** Words of the hypotheses. */
  readonly hypothesisLength: number;
  /** Words of the references. */
  readonly referenceLength: number;
}

/** sacreBLEU's for the logarithm of 0. */
const LOG_OF_ZERO = -9_999_999_999;

/** Defaults of `smoothingValue`. */
export const SMOOTHING_VALUES: Readonly<Partial<Record<BleuSmoothing, number>>> = {
  floor: 0.1,
  "add-k": 1,
};

/**
 * `BLEU = BP * exp(mean of the logarithms of the precisions)`, `BP = min(1, exp(1 - reference / hypothesis))`.
 *
 * A corpus without any match is 0 whatever the smoothing. Orders from the first on that the hypotheses are too short for are
 * 0 too, so that the score is, unless `effectiveOrder` leaves them out.
 *
 * @see Papineni et al. 2002; sacrebleu/metrics/bleu.py `compute_bleu` at 2.6.0
 */
export function bleuOfStatistics(statistics: BleuStatistics, scoring: BleuScoring = {}): BleuScore {
  const [hypothesisLength = 0, referenceLength = 0, ...rest] = statistics;
  const [counts, totals] = [rest.slice(0, MAX_ORDER), rest.slice(MAX_ORDER)];
  const brevityPenalty = brevityPenaltyOf(hypothesisLength, referenceLength);
  const parts = { counts, totals, brevityPenalty, hypothesisLength, referenceLength };
  if (counts.every((count) => count === 0))
    return { score: 0, precisions: counts.map(() => 0), ...parts };
  const { precisions, orders } = precisionsOf(counts, totals, scoring);
  const logs = precisions.slice(0, orders).map((one) => (one === 0 ? LOG_OF_ZERO : Math.log(one)));
  const score = brevityPenalty * Math.exp(logs.reduce((sum, log) => sum + log, 0) / orders);
  return { score, precisions, ...parts };
}

function brevityPenaltyOf(hypothesisLength: number, referenceLength: number): number {
  if (hypothesisLength >= referenceLength) return 1;
  return hypothesisLength > 0 ? Math.exp(1 - referenceLength / hypothesisLength) : 0;
}

/** Adds what `add-k` adds to `counts` and `totals`. */
function precisionsOf(
  counts: number[],
  totals: number[],
  { smoothing = "exp", smoothingValue, effectiveOrder = false }: BleuScoring,
): { readonly precisions: number[]; readonly orders: number } {
  const value = smoothingValue ?? SMOOTHING_VALUES[smoothing] ?? 0;
  const precisions = counts.map(() => 0);
  let orders = MAX_ORDER;
  let halving = 1;
  for (let order = 1; order <= MAX_ORDER; order++) {
    const added = smoothing === "add-k" && order > 1 ? value : 0;
    const count = (counts[order - 1] = (counts[order - 1] ?? 0) + added);
    const total = (totals[order - 1] = (totals[order - 1] ?? 0) + added);
    if (total === 0) break;
    if (effectiveOrder) orders = order;
    let matches = count;
    if (count === 0 && smoothing === "exp") matches = 1 / (halving *= 2);
    if (count === 0 && smoothing === "floor") matches = value;
    precisions[order - 1] = (100 * matches) / total;
  }
  return { precisions, orders };
}
