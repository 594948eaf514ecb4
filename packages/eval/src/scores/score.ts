import { normalInterval, wilsonInterval, type Interval } from "./interval.ts";
import { weightedMean, type Weighted } from "./weighted.ts";

/** A number and how sure it is. */
export interface Score {
  /** 0 to 100; null: nothing was graded. */
  readonly percent: number | null;
  /** null: too little was graded. */
  readonly interval: Interval | null;
}

/** What became of samples. */
export interface Counts {
  /** Samples that are to be asked. */
  readonly planned: number;
  /** Samples that were asked. */
  readonly done: number;
  /** Of these, those whose right answer is known: what scores are made of. */
  readonly graded: number;
  /** Of these, those whose right answer nobody has published. */
  readonly ungraded: number;
  /** Graded, but no answer was found in the response: not right. */
  readonly unanswered: number;
  /** Done, with a prompt that lost its beginning. */
  readonly truncated: number;
}

/** What of no samples is known. */
export const NO_SCORE: Score = { percent: null, interval: null };

/** Mean of samples' scores. Where they are all 0 or 1 and count alike, the interval is Wilson's, else the normal one. */
export function meanScore(items: readonly Weighted[]): Score {
  if (items.length === 0) return NO_SCORE;
  const percent = 100 * weightedMean(items);
  const values = items.map(({ value }) => value);
  const countAlike = items.every(({ weight }) => weight === items[0]?.weight);
  if (!isBinary(values) || !countAlike) return { percent, interval: normalInterval(items) };
  const right = values.filter((value) => value === 1).length;
  return { percent, interval: wilsonInterval(right, values.length) };
}

/** Whether there is nothing but right and wrong. */
export function isBinary(values: readonly number[]): boolean {
  return values.every((value) => value === 0 || value === 1);
}

/** Counts of several tasks together. */
export function sumCounts(parts: readonly Counts[]): Counts {
  const sum = (key: keyof Counts): number => parts.reduce((total, part) => total + part[key], 0);
  return {
    planned: sum("planned"),
    done: sum("done"),
    graded: sum("graded"),
    ungraded: sum("ungraded"),
    unanswered: sum("unanswered"),
    truncated: sum("truncated"),
  };
}
