import { NumpyRandom } from "../python/numpy-random.ts";
import { BleuError } from "./bleu-error.ts";
import { bleuOfStatistics, type BleuScoring } from "./bleu-score.ts";
import { sumStatistics, type BleuStatistics } from "./bleu-statistics.ts";

/** How a corpus is resampled; the defaults are sacreBLEU's. */
export interface BootstrapOptions extends BleuScoring {
  /** Default 1000. */
  readonly resamples?: number | undefined;
  /** Default 12345. */
  readonly seed?: number | undefined;
}

/** BLEU of a corpus, and of resamples of it. */
export interface BleuInterval {
  readonly score: number;
  /** Of the resamples. */
  readonly mean: number;
  /** Half of what the middle 95 % of the resamples span: sacreBLEU writes `mean ± halfWidth`. */
  readonly halfWidth: number;
}

/** Two systems compared. */
export interface PairedBootstrap {
  readonly baseline: BleuInterval;
  readonly system: BleuInterval;
  /** How likely a difference as large as theirs is if there is none between the systems. */
  readonly pValue: number;
}

const RESAMPLES = 1000;
const SEED = 12_345;

/**
 * A confidence interval of corpus BLEU: sentences are drawn with replacement, as many as there are, again and again.
 *
 * @param statistics - Of each sentence.
 * @throws {BleuError} if there is no sentence.
 * @see Koehn 2004; sacrebleu/significance.py `_bootstrap_resample` at 2.6.0
 */
export function bleuInterval(
  statistics: readonly BleuStatistics[],
  options: BootstrapOptions = {},
): BleuInterval {
  return intervalOf(statistics, resampledScores(statistics, options), options);
}

/**
 * Paired bootstrap resampling: both systems are scored on the same draws, and their difference is compared with how far
 * differences stray from their own mean.
 *
 * A system compared with itself gets the smallest value, not 1: no difference is ever larger than none.
 *
 * @param baseline - Statistics of each sentence.
 * @param system - Those of the same sentences.
 * @throws {BleuError} if there is no sentence, or the systems have not as many.
 * @see sacrebleu/significance.py `_paired_bs_test` at 2.6.0
 */
export function pairedBootstrap(
  baseline: readonly BleuStatistics[],
  system: readonly BleuStatistics[],
  options: BootstrapOptions = {},
): PairedBootstrap {
  if (baseline.length !== system.length)
    throw new BleuError({
      where: "pairedBootstrap",
      expected: `${baseline.length} sentences of the second system`,
      actual: `${system.length}`,
    });
  const ofBaseline = resampledScores(baseline, options);
  const ofSystem = resampledScores(system, options);
  const differences = ofSystem.map((score, index) => Math.abs(score - (ofBaseline[index] ?? 0)));
  const intervals = {
    baseline: intervalOf(baseline, ofBaseline, options),
    system: intervalOf(system, ofSystem, options),
  };
  const observed = Math.abs(intervals.system.score - intervals.baseline.score);
  const usual = meanOf(differences);
  const larger = differences.filter((difference) => difference - usual > observed).length;
  return { ...intervals, pValue: (larger + 1) / (differences.length + 1) };
}

function resampledScores(
  statistics: readonly BleuStatistics[],
  { resamples = RESAMPLES, seed = SEED, ...scoring }: BootstrapOptions,
): number[] {
  const { length } = statistics;
  if (length === 0 || resamples < 1)
    throw new BleuError({
      where: "bootstrap",
      expected: "sentences, and a resample of them",
      actual: `${length} sentences, ${resamples} resamples`,
    });
  const random = new NumpyRandom(seed);
  return Array.from({ length: resamples }, () => {
    const drawn = Array.from({ length }, () => statistics[random.below(length)] ?? []);
    return bleuOfStatistics(sumStatistics(drawn), scoring).score;
  });
}

function intervalOf(
  statistics: readonly BleuStatistics[],
  scores: readonly number[],
  scoring: BleuScoring,
): BleuInterval {
  const sorted = scores.toSorted((a, b) => a - b);
  const cut = Math.floor(sorted.length / 40);
  const [lower = 0, upper = 0] = [sorted[cut], sorted[sorted.length - cut - 1]];
  return {
    score: bleuOfStatistics(sumStatistics(statistics), scoring).score,
    mean: meanOf(sorted),
    halfWidth: (upper - lower) / 2,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
