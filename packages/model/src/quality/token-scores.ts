import { argmax } from "../sampling/argmax.ts";
import { ComparisonError } from "./comparison-error.ts";
import { klDivergence } from "./kl-divergence.ts";
import { logSumExp } from "./log-sum-exp.ts";
import { percentile } from "./percentile.ts";

/** How close the next-token distributions of two models are. */
export interface TokenScores {
  /** Positions whose next token both models predicted. */
  readonly predictions: number;
  /** `exp` of the mean negative log-likelihood of the text's next tokens, by model. */
  readonly perplexity: { readonly a: number; readonly b: number };
  /** Over the positions, in nats. */
  readonly klDivergence: {
    readonly mean: number;
    readonly median: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Fraction of positions where both models have the same most likely token. */
  readonly top1Agreement: number;
}

/** Scores of two models over the positions of a text. */
export interface TokenScoreSum {
  /**
   * Adds a position.
   *
   * @param a - Logits of the reference; shape `[V]`.
   * @param b - Logits of the candidate; shape `[V]`.
   * @param nextId - The text's next token.
   * @throws {ComparisonError} if either gives no distribution.
   */
  add(a: Float32Array, b: Float32Array, nextId: number): void;
  /** The scores so far; NaN before the first position. */
  result(): TokenScores;
}

/** Starts the scores of two models. Sums are float64. */
export function createTokenScoreSum(): TokenScoreSum {
  const divergences: number[] = [];
  let aLoss = 0;
  let bLoss = 0;
  let agreements = 0;
  return {
    add(a, b, nextId) {
      const aLogSum = finiteLogSum(a, "A");
      const bLogSum = finiteLogSum(b, "B");
      aLoss += aLogSum - (a[nextId] as number);
      bLoss += bLogSum - (b[nextId] as number);
      divergences.push(klDivergence(a, b, { aLogSum, bLogSum }));
      agreements += Number(argmax(a) === argmax(b));
    },
    result() {
      const count = divergences.length;
      const sorted = Float64Array.from(divergences).toSorted();
      return {
        predictions: count,
        perplexity: { a: Math.exp(aLoss / count), b: Math.exp(bLoss / count) },
        klDivergence: {
          mean: divergences.reduce((sum, value) => sum + value, 0) / count,
          median: percentile(sorted, 0.5),
          p99: percentile(sorted, 0.99),
          max: percentile(sorted, 1),
        },
        top1Agreement: agreements / count,
      };
    },
  };
}

function finiteLogSum(logits: Float32Array, side: string): number {
  const sum = logSumExp(logits);
  if (Number.isNaN(sum))
    throw new ComparisonError(
      `finite logits from ${side}`,
      "NaN or infinite ones",
      "its weights are damaged, or its number format overflows",
    );
  return sum;
}
