import { streamOf } from "../../random/random-source.ts";
import { bootstrap } from "../bootstrap.ts";
import { percentOf } from "../score-task.ts";
import { gradesOf, type Pair, type PairedTask } from "./pair-tasks.ts";

/** Differences of a task's score, in points, over pairs that are drawn again; {@link RESAMPLES} of them. */
export type DrawDifferences = (task: PairedTask) => readonly number[];

/** Times that pairs are drawn again: as often for each task, so that they can be combined. */
export const RESAMPLES = 1000;

/** Draws each task once, however many groups it counts for. */
export function drawDifferences(seed: number): DrawDifferences {
  const drawn = new Map<PairedTask, readonly number[]>();
  return (task) => {
    const known = drawn.get(task) ?? drawTask(task, seed);
    drawn.set(task, known);
    return known;
  };
}

function drawTask({ name, graded, corpusScore }: PairedTask, seed: number): number[] {
  const percent = (pairs: readonly Pair[], side: keyof Pair): number =>
    percentOf(corpusScore, gradesOf(pairs, side)) ?? 0;
  return bootstrap(graded, (pairs) => percent(pairs, "right") - percent(pairs, "left"), {
    seed,
    stream: streamOf(name),
    resamples: RESAMPLES,
  });
}
