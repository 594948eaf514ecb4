import type { CorpusScore, Grade, Title } from "../benchmark.ts";
import type { SampleRecord, TaskResult } from "../results.ts";
import { streamOf, type RandomSource } from "../random/random-source.ts";
import { bootstrap, percentileInterval } from "./bootstrap.ts";
import { meanOf } from "./interval.ts";
import { meanScore, NO_SCORE, type Counts, type Score } from "./score.ts";
import { weightedMean, weightedOf } from "./weighted.ts";

/** Scores of a task. */
export interface TaskScores extends Counts {
  readonly name: string;
  readonly title: Title;
  /** Names of the groups that it counts for. */
  readonly groups: readonly string[];
  /** Column of the README's tables. */
  readonly published: string | null;
  readonly score: Score;
  /** How the score is made, where it is no mean; null: it is the mean of the samples'. */
  readonly signature: string | null;
  /** Means of further scores, in percent. */
  readonly others: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

/** Scores of a task, and what those of several tasks are made of. */
export interface ScoredTask {
  readonly scores: TaskScores;
  /** Of each graded sample. */
  readonly grades: readonly Grade[];
  readonly isCorpusScore: boolean;
}

/** Scores what of a task has been answered so far. */
export function scoreTask(
  { task, corpusScore, planned, records }: TaskResult,
  seed: number,
): ScoredTask {
  const grades = gradedOf(records);
  const score = corpusScore
    ? scoreCorpus(corpusScore, grades, { seed, stream: streamOf(task.name) })
    : meanScore(weightedOf(grades));
  const scores: TaskScores = {
    name: task.name,
    title: task.title,
    groups: task.groups,
    published: task.published ?? null,
    ...countRecords(planned, records),
    score,
    signature: corpusScore?.signature ?? null,
    others: meansOfOthers(grades),
    notes: task.notes ?? [],
  };
  return { scores, grades, isCorpusScore: corpusScore !== undefined };
}

/** Grades of the samples whose right answer is known. */
function gradedOf(records: readonly SampleRecord[]): Grade[] {
  return records.map(({ grade }) => grade).filter(isGraded);
}

/** Whether it is known what would be right. */
export function isGraded({ score }: Grade): boolean {
  return score !== null;
}

/** The score of grades, in percent; null of none. */
export function percentOf(
  corpusScore: CorpusScore | undefined,
  grades: readonly Grade[],
): number | null {
  if (grades.length === 0) return null;
  return corpusScore ? corpusScore.of(grades) : 100 * weightedMean(weightedOf(grades));
}

function scoreCorpus(
  corpusScore: CorpusScore,
  grades: readonly Grade[],
  random: RandomSource,
): Score {
  if (grades.length === 0) return NO_SCORE;
  const percent = corpusScore.of(grades);
  if (grades.length < 2) return { percent, interval: null };
  const drawn = bootstrap(grades, (some) => corpusScore.of(some), random);
  return { percent, interval: percentileInterval(drawn) };
}

function countRecords(planned: number, records: readonly SampleRecord[]): Counts {
  const count = (is: (record: SampleRecord) => boolean): number => records.filter(is).length;
  const graded = count(({ grade }) => isGraded(grade));
  return {
    planned,
    done: records.length,
    graded,
    ungraded: records.length - graded,
    unanswered: count(({ grade }) => isGraded(grade) && grade.answer === null),
    truncated: count(({ response }) => response.truncatedTokens > 0),
  };
}

/** Means over the samples that have them, in percent, by name. */
export function meansOfOthers(grades: readonly Grade[]): Record<string, number> {
  const names = new Set(grades.flatMap(({ others }) => Object.keys(others ?? {})));
  const valuesOf = (name: string): number[] => grades.flatMap(({ others }) => others?.[name] ?? []);
  return Object.fromEntries(
    [...names].toSorted().map((name) => [name, 100 * meanOf(valuesOf(name))]),
  );
}
