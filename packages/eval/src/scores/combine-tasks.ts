import type { Aggregation, Title } from "../benchmark.ts";
import { meanOf, stratifiedInterval } from "./interval.ts";
import { meansOfOthers, type ScoredTask } from "./score-task.ts";
import { meanScore, NO_SCORE, sumCounts, type Counts, type Score } from "./score.ts";
import { weightedOf } from "./weighted.ts";

/** Scores of several tasks: of a group or of a benchmark. */
export interface CombinedScores extends Counts {
  readonly name: string;
  readonly title: Title;
  /** Tasks that there are. */
  readonly tasks: number;
  /** Of these, those with a graded sample: what a mean over tasks is made of. */
  readonly scoredTasks: number;
  readonly aggregation: Aggregation;
  /** The headline: `micro` or `macro`, as `aggregation` says. */
  readonly score: Score;
  /** Mean over samples; null where tasks have scores that are no means. */
  readonly micro: Score | null;
  /** Mean over tasks. */
  readonly macro: Score;
  /** Further scores, in percent, made as the headline is. */
  readonly others: Readonly<Record<string, number>>;
}

/** What tasks are combined to. */
export interface Combination {
  readonly name: string;
  readonly title: Title;
  readonly aggregation: Aggregation;
}

/** Makes one number of several tasks. A score that is no mean cannot be pooled: the headline is the mean over tasks then. */
export function combineTasks(
  { name, title, aggregation: wanted }: Combination,
  tasks: readonly ScoredTask[],
): CombinedScores {
  const scored = tasks.filter(({ scores }) => scores.score.percent !== null);
  const micro = tasks.some(({ isCorpusScore }) => isCorpusScore)
    ? null
    : meanScore(tasks.flatMap(({ grades }) => weightedOf(grades)));
  const macro = macroScore(scored);
  const aggregation = micro === null ? "macro" : wanted;
  return {
    name,
    title,
    tasks: tasks.length,
    scoredTasks: scored.length,
    ...sumCounts(tasks.map(({ scores }) => scores)),
    aggregation,
    score: aggregation === "micro" && micro ? micro : macro,
    micro,
    macro,
    others: aggregation === "micro" ? microOthers(scored) : macroOthers(scored),
  };
}

function macroScore(scored: readonly ScoredTask[]): Score {
  if (scored.length === 0) return NO_SCORE;
  const percent = meanOf(scored.map(({ scores }) => scores.score.percent ?? 0));
  const intervals = scored.map(({ scores }) => scores.score.interval);
  // One task is its own mean: its interval need not be made symmetric.
  const interval = intervals.length === 1 ? intervals[0] : stratifiedInterval(percent, intervals);
  return { percent, interval: interval ?? null };
}

function microOthers(scored: readonly ScoredTask[]): Record<string, number> {
  return meansOfOthers(scored.flatMap(({ grades }) => grades));
}

function macroOthers(scored: readonly ScoredTask[]): Record<string, number> {
  const names = new Set(scored.flatMap(({ scores }) => Object.keys(scores.others)));
  const valuesOf = (name: string): number[] =>
    scored.flatMap(({ scores }) => scores.others[name] ?? []);
  return Object.fromEntries([...names].toSorted().map((name) => [name, meanOf(valuesOf(name))]));
}
