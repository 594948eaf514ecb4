import { join } from "node:path";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { examSamples } from "../../choice/exam.ts";
import { firstShots } from "../../options/first-shots.ts";
import { drawShots } from "../../choice/shots.ts";
import { exampleText } from "./agieval-prompt.ts";
import { singleAnswerRows } from "./exam-rows.ts";
import { EXAMPLE_PATH, readExampleTable } from "./few-shot-table.ts";
import type { AgievalRow } from "./load-agieval.ts";
import { officialSample, settingOf } from "./official-sample.ts";
import type { AgievalTask } from "./tasks.ts";

/** A task and its rows. */
export interface LoadedTask {
  readonly name: string;
  readonly task: AgievalTask;
  readonly file: string;
  readonly rows: readonly AgievalRow[];
}

type Samples = Pick<Task, "samples" | "notes">;

/** The rows of one letter, with examples drawn from them. */
export function readmeSamples(
  { name, task, file, rows }: LoadedTask,
  options: LoadOptions,
): Samples {
  const single = singleAnswerRows(rows, task);
  const { notes, ...separate } = drawShots(single, file, options);
  const exam = { language: task.language, subject: task.subject, letters: "ABCD" };
  const left = rows.length - single.length;
  return {
    samples: examSamples(exam, { ...separate, path: `${name}/test` }, options),
    notes: left === 0 ? notes : [`${left} rows with several or no answers are left out`, ...notes],
  };
}

/**
 * All rows, as AGIEval's own code asks and scores them.
 *
 * @throws {EvalDataError} if the examples are not there, or not as many as asked for.
 */
export async function officialSamples(
  options: LoadOptions,
): Promise<(loaded: LoadedTask) => Samples> {
  const { directory, shots, signal } = options;
  const setting = settingOf(options);
  const file = join(directory, EXAMPLE_PATH);
  const examplesOf = setting === "zero-shot" ? () => [] : await readExampleTable(directory, signal);
  return ({ name, task, rows }) => {
    const all = examplesOf(name, task);
    const taken = firstShots(all, shots ?? all.length, file, name);
    const examples = taken.map((one, index) => exampleText(task, one, index + 1, setting));
    const form = { task, setting, examples };
    return {
      samples: rows.map((row, index) => officialSample(`${name}/test/${index}`, row, form)),
    };
  };
}
