import { EvalDataError } from "../../data/eval-data-error.ts";
import { firstShots } from "../../options/first-shots.ts";
import { universalNewlines } from "../../python/text.ts";

/** What stands before the question of a task. */
export interface TaskExamples {
  /** Where it is from. */
  readonly file: string;
  /** The lines that keep the data out of training sets, with the line feed; may be empty. */
  readonly canary: string;
  /** What the task is. */
  readonly heading: string;
  /** Question, chain of thought and answer, each but for its `Q: `. */
  readonly examples: readonly string[];
}

const BETWEEN = "\n\nQ: ";
/** One task goes on behind it on the same line. */
const CUE = /\nA: Let's think step by step\.[ \n]/;
const ANSWER = "answer is ";

/** Takes a file of `cot-prompts` apart; line ends are as Python reads them. */
export function parseExamples(text: string, file: string): TaskExamples {
  const unix = universalNewlines(text);
  const canary = /^[^\n]*\n-----\n/.exec(unix)?.[0] ?? "";
  const [heading = "", ...examples] = unix.slice(canary.length).split(BETWEEN);
  return { file, canary, heading, examples };
}

/** What becomes of the chains of thought: they stay, go on in a line of their own, or go. */
export type Thoughts = "kept" | "on lines of their own" | "none";

/** How a prompt is made of a task's examples. */
export interface PromptForm {
  /** Stands before all else. */
  readonly opening: string;
  /** Stands between the examples and the empty line before the question. */
  readonly closing: string;
  /** Where the answer begins. */
  readonly cue: string;
  readonly thoughts: Thoughts;
  readonly shots: number;
  readonly withCanary: boolean;
}

/**
 * What all prompts of a task begin with.
 *
 * @throws {EvalDataError} for more examples than there are, and for one whose thought or answer is not found, where that matters.
 */
export function beginningOf(task: TaskExamples, form: PromptForm): string {
  const { opening, closing, withCanary, shots, thoughts } = form;
  const shown = firstShots(task.examples, shots, task.file).map((example) =>
    thoughts === "kept" ? example : withThoughts(example, thoughts, task.file),
  );
  const canary = withCanary ? task.canary : "";
  return `${opening}${canary}${[task.heading, ...shown].join(BETWEEN)}${closing}`;
}

/** The prompt for a question. */
export function promptOf(beginning: string, input: string, { cue }: PromptForm): string {
  return `${beginning}${BETWEEN}${input}\n${cue}`;
}

function withThoughts(example: string, thoughts: Thoughts, file: string): string {
  const [cue] = CUE.exec(example) ?? [];
  const answer = example.lastIndexOf(ANSWER);
  if (cue === undefined || answer < 0) {
    const actual = example.slice(0, 80);
    throw new EvalDataError({ file, expected: "an answer behind a chain of thought", actual });
  }
  if (thoughts !== "none") return example.replace(cue, `${cue.trimEnd()}\n`);
  const end = example.slice(answer + ANSWER.length).replace(/\.\n?$/, "");
  return `${example.slice(0, example.indexOf(cue))}\nA: ${end}`;
}
