import type { Aggregation } from "../../benchmark.ts";
import { bootstrapP, percentileInterval } from "../bootstrap.ts";
import { stratifiedHalfWidth, Z, type Interval } from "../interval.ts";
import { percentOf } from "../score-task.ts";
import { isBinary } from "../score.ts";
import { totalWeight, weightedOf } from "../weighted.ts";
import { RESAMPLES, type DrawDifferences } from "./draw-differences.ts";
import { mcnemarP } from "./mcnemar.ts";
import { gradesOf, scoreOf, type Pair, type PairedTask } from "./pair-tasks.ts";

/** What distinguishes two runs over the samples that both have answered. */
export interface Difference {
  /** Samples of both whose right answer is known: what the scores here are made of. */
  readonly pairs: number;
  /** Percent over the pairs; null: there are none. */
  readonly left: number | null;
  readonly right: number | null;
  /** `right - left`, in points. */
  readonly difference: number | null;
  /** 95 % interval of the difference. */
  readonly interval: Interval | null;
  /** Samples that only the left run has right, or has better. */
  readonly lost: number;
  /** Samples that only the right run has right, or has better. */
  readonly won: number;
  /** Share of samples of both with equal answers, in percent, whether or not it is known what is right. */
  readonly agreement: number | null;
  readonly test: SignificanceTest | null;
}

/** How probable a difference at least as large is where there is none. */
export interface SignificanceTest {
  /** `mcnemar`: exact, for right and wrong; `bootstrap`: paired, for other scores. */
  readonly method: "mcnemar" | "bootstrap";
  readonly p: number;
}

/** Compares two runs over some tasks. */
export function differenceOf(
  tasks: readonly PairedTask[],
  aggregation: Aggregation,
  draw: DrawDifferences,
): Difference {
  const parts = tasks.filter(({ graded }) => graded.length > 0);
  const pairs = parts.flatMap(({ graded }) => graded);
  const isMicro = aggregation === "micro" && parts.every(({ corpusScore }) => !corpusScore);
  const weights = parts.map(({ graded }) =>
    isMicro ? weightOf(graded) / weightOf(pairs) : 1 / parts.length,
  );
  const left = weightedPercent(parts, weights, "left");
  const right = weightedPercent(parts, weights, "right");
  const difference = left === null || right === null ? null : right - left;
  const changes = {
    difference,
    lost: countBetter(pairs, "left"),
    won: countBetter(pairs, "right"),
  };
  return {
    pairs: pairs.length,
    left,
    right,
    ...changes,
    agreement: agreementOf(tasks.flatMap((task) => task.pairs)),
    ...significance({ parts, weights, isMicro, ...changes, draw }),
  };
}

function weightOf(pairs: readonly Pair[]): number {
  return totalWeight(weightedOf(gradesOf(pairs, "left")));
}

function countBetter(pairs: readonly Pair[], side: keyof Pair): number {
  const other = side === "left" ? "right" : "left";
  return pairs.filter((pair) => scoreOf(pair, side) > scoreOf(pair, other)).length;
}

function weightedPercent(
  parts: readonly PairedTask[],
  weights: readonly number[],
  side: keyof Pair,
): number | null {
  if (parts.length === 0) return null;
  const percents = parts.map(
    ({ corpusScore, graded }) => percentOf(corpusScore, gradesOf(graded, side)) ?? 0,
  );
  return percents.reduce((sum, percent, i) => sum + percent * (weights[i] ?? 0), 0);
}

function agreementOf(pairs: readonly Pair[]): number | null {
  if (pairs.length === 0) return null;
  const equal = pairs.filter(({ left, right }) => left.grade.answer === right.grade.answer);
  return (100 * equal.length) / pairs.length;
}

interface Evidence {
  readonly parts: readonly PairedTask[];
  readonly weights: readonly number[];
  readonly isMicro: boolean;
  readonly difference: number | null;
  readonly lost: number;
  readonly won: number;
  readonly draw: DrawDifferences;
}

function significance(evidence: Evidence): Pick<Difference, "interval" | "test"> {
  const { parts, difference, lost, won } = evidence;
  if (difference === null) return { interval: null, test: null };
  if (!parts.every(hasRightAndWrong)) return bootstrapped(evidence);
  const test = { method: "mcnemar", p: mcnemarP(lost, won) } as const;
  const half = halfWidth(evidence);
  return { interval: half === null ? null : intervalAround(difference, half), test };
}

function intervalAround(difference: number, half: number): Interval {
  return { low: Math.max(-100, difference - half), high: Math.min(100, difference + half) };
}

function hasRightAndWrong({ corpusScore, graded }: PairedTask): boolean {
  const scores = graded.flatMap((pair) => [scoreOf(pair, "left"), scoreOf(pair, "right")]);
  return !corpusScore && isBinary(scores);
}

function halfWidth({ parts, isMicro }: Evidence): number | null {
  if (isMicro) return pairedHalfWidth(parts.flatMap(({ graded }) => graded));
  const halves = parts.map(({ graded }) => pairedHalfWidth(graded));
  return stratifiedHalfWidth(halves.map((half) => ({ low: -half, high: half })));
}

/**
 * Half the width of the interval of a difference of paired shares, in percent: `z √((p + q - (p - q)²) / (n + 2))`, with
 * `p = (lost + 1) / (n + 2)` and `q = (won + 1) / (n + 2)`.
 *
 * @see Bonett & Price 2012, https://doi.org/10.3102/1076998611411915
 */
function pairedHalfWidth(pairs: readonly Pair[]): number {
  const n = pairs.length + 2;
  const p = (countBetter(pairs, "left") + 1) / n;
  const q = (countBetter(pairs, "right") + 1) / n;
  return 100 * Z * Math.sqrt((p + q - (p - q) ** 2) / n);
}

function bootstrapped({ parts, weights, draw }: Evidence): Pick<Difference, "interval" | "test"> {
  const drawn = parts.map(draw);
  const differences = Array.from({ length: RESAMPLES }, (_, round) =>
    drawn.reduce((sum, values, i) => sum + (values[round] ?? 0) * (weights[i] ?? 0), 0),
  );
  return {
    interval: percentileInterval(differences),
    test: { method: "bootstrap", p: bootstrapP(differences) },
  };
}
