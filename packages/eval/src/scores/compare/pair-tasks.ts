import type { CorpusScore, Grade, Title } from "../../benchmark.ts";
import type { BenchmarkResult, SampleRecord, TaskResult } from "../../results.ts";

/** A sample that both runs have answered. */
export interface Pair {
  readonly left: SampleRecord;
  readonly right: SampleRecord;
}

/** What both runs have of a task. */
export interface PairedTask {
  readonly name: string;
  readonly title: Title;
  readonly groups: readonly string[];
  readonly corpusScore: CorpusScore | undefined;
  /** In the order of the data. */
  readonly pairs: readonly Pair[];
  /** Of these, those whose right answer is known. */
  readonly graded: readonly Pair[];
  readonly unpaired: Unpaired;
}

/** Samples that cannot be compared. */
export interface Unpaired {
  readonly onlyLeft: number;
  readonly onlyRight: number;
  /** Both runs have them, but question or right answer are not the same: their data differ. */
  readonly changed: number;
}

/** Finds the samples of a benchmark that both runs have answered, by their ids. */
export function pairTasks(left: BenchmarkResult, right: BenchmarkResult): PairedTask[] {
  const rights = new Map(right.tasks.map((task) => [task.task.name, task]));
  const lefts = new Set(left.tasks.map(({ task }) => task.name));
  const added = right.tasks.filter(({ task }) => !lefts.has(task.name));
  return [
    ...left.tasks.map((task) => pairTask(task, task, rights.get(task.task.name))),
    ...added.map((task) => pairTask(task, undefined, task)),
  ];
}

function pairTask(
  { task, corpusScore }: TaskResult,
  left: TaskResult | undefined,
  right: TaskResult | undefined,
): PairedTask {
  const others = new Map(right?.records.map((record) => [record.id, record]));
  const all = (left?.records ?? []).flatMap((record): Pair[] => {
    const other = others.get(record.id);
    return other ? [{ left: record, right: other }] : [];
  });
  const pairs = all.filter(isSameSample);
  const unpaired = {
    onlyLeft: (left?.records.length ?? 0) - all.length,
    onlyRight: others.size - all.length,
    changed: all.length - pairs.length,
  };
  const { name, title, groups } = task;
  return { name, title, groups, corpusScore, pairs, graded: pairs.filter(isGraded), unpaired };
}

function isSameSample({ left, right }: Pair): boolean {
  return left.question === right.question && left.grade.gold === right.grade.gold;
}

function isGraded({ left, right }: Pair): boolean {
  return left.grade.score !== null && right.grade.score !== null;
}

/** Grades of one side. */
export function gradesOf(pairs: readonly Pair[], side: keyof Pair): Grade[] {
  return pairs.map((pair) => pair[side].grade);
}

/** Score of one side of a pair. */
export function scoreOf(pair: Pair, side: keyof Pair): number {
  return pair[side].grade.score ?? 0;
}
