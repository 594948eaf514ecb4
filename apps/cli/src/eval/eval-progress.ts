import type { SingleBar } from "cli-progress";
import type { EvaluationEvent } from "@baichuan2/eval";
import { note, type Cli } from "../io.ts";
import { formatCount } from "../output/format.ts";
import { createBar, type ProgressView } from "../output/progress.ts";

/** Right answers of a benchmark so far. */
interface Tally {
  readonly score: number;
  readonly graded: number;
}

/** Lines of a run whose stderr is no terminal. */
const LINES = 20;

/** Shows a run on stderr: a bar where that is a terminal, else a line for each twentieth. */
export function createEvalProgress(cli: Cli): ProgressView<EvaluationEvent> {
  return cli.io.stderr.isTTY === true ? barOf(cli) : linesOf(cli);
}

function barOf({ io, t }: Cli): ProgressView<EvaluationEvent> {
  let bar: SingleBar | undefined;
  const tallies = new Map<string, Tally>();
  const update = (event: EvaluationEvent): void => {
    if (event.type === "start") {
      bar = createBar(io.stderr, formatCount, "facts");
      bar.start(event.total, event.done, { label: t("progress.eval"), facts: "" });
      return;
    }
    bar?.update(event.done, { facts: tallied(tallies, event) });
  };
  return { update, [Symbol.dispose]: () => bar?.stop() };
}

function linesOf({ io, t }: Cli): ProgressView<EvaluationEvent> {
  let [total, shown] = [0, 0];
  const tallies = new Map<string, Tally>();
  const update = (event: EvaluationEvent): void => {
    if (event.type === "start") {
      total = event.total;
      note(io, t("eval.started", { total: formatCount(total), done: formatCount(event.done) }));
      return;
    }
    const facts = tallied(tallies, event);
    const part = Math.floor((LINES * event.done) / total);
    if (part === shown) return;
    shown = part;
    note(
      io,
      t("eval.progress", { done: formatCount(event.done), total: formatCount(total), facts }),
    );
  };
  return { update, [Symbol.dispose]() {} };
}

/** Adds a sample to its benchmark. @returns what there is of that, for people. */
function tallied(
  tallies: Map<string, Tally>,
  { line }: Extract<EvaluationEvent, { type: "sample" }>,
): string {
  const { benchmark, grade } = line;
  const { score, graded } = tallies.get(benchmark) ?? { score: 0, graded: 0 };
  const sum =
    grade.score === null ? { score, graded } : { score: score + grade.score, graded: graded + 1 };
  tallies.set(benchmark, sum);
  return sum.graded === 0
    ? benchmark
    : `${benchmark} ${((100 * sum.score) / sum.graded).toFixed(1)} %`;
}
