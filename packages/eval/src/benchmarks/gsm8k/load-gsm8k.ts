import { join } from "node:path";
import { z } from "zod";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { isThere } from "../../data/is-there.ts";
import { readJsonLines } from "../../data/read-json.ts";
import type { Example } from "../../generation/example.ts";
import { firstShots } from "../../options/first-shots.ts";
import { markedNumber } from "./extract-number.ts";

/** A question that is asked. */
export interface Gsm8kRow extends Example {
  /** Row of `test.jsonl`, from 0. */
  readonly row: number;
}

/** What a run needs. */
export interface Gsm8kRows {
  readonly shots: readonly Example[];
  readonly rows: readonly Gsm8kRow[];
  readonly notes: readonly string[];
}

/** What to read. */
export interface Gsm8kReading {
  readonly directory: string;
  /** The prompt's own examples; undefined: the first rows of `train.jsonl`. */
  readonly examples: readonly Example[] | undefined;
  readonly shots: number;
  readonly heldOutShots?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files of the questions and of the examples, below the benchmark's folder. */
export const TEST_FILE = "test.jsonl";
export const TRAIN_FILE = "train.jsonl";

const schema = z.object({ question: z.string(), answer: z.string() });

/**
 * Reads questions and examples.
 *
 * @throws {EvalDataError} for a row whose answer does not end in `#### ` and a number, and for more examples than there are.
 */
export async function loadGsm8k(reading: Gsm8kReading): Promise<Gsm8kRows> {
  const { directory, examples, shots, heldOutShots = false, signal } = reading;
  const [test, train] = [join(directory, TEST_FILE), join(directory, TRAIN_FILE)] as const;
  const rows = await readRows(test, signal);
  if (examples !== undefined || shots === 0)
    return { shots: firstShots(examples ?? [], shots, directory), rows, notes: [] };
  if (heldOutShots && !(await isThere(train)))
    return {
      shots: firstShots(rows, shots, test),
      rows: rows.slice(shots),
      notes: [`examples are the first ${shots} rows of test.jsonl, which are not asked`],
    };
  const trained = await readRows(train, signal);
  return { shots: firstShots(trained, shots, train), rows, notes: [] };
}

async function readRows(file: string, signal: AbortSignal | undefined): Promise<Gsm8kRow[]> {
  const lines = await readJsonLines(file, schema, signal);
  return lines.map(({ row, value }, index) => {
    if (markedNumber(value.answer) !== null) return { ...value, row: index };
    const actual = value.answer.slice(-80);
    throw new EvalDataError({ file, row, expected: "`#### ` and a number at the end", actual });
  });
}
