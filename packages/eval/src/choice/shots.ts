import { EvalDataError } from "../data/eval-data-error.ts";
import { isThere } from "../data/is-there.ts";
import { DEFAULT_SEED } from "../random/random-source.ts";
import { shuffled } from "../random/shuffled.ts";
import { firstShots } from "../options/first-shots.ts";

/** Rows that are drawn at least, so that fewer examples leave the same rows to ask. */
const POOL = 5;

/** Examples, and the rows that are asked. */
export interface SeparateRows<Row> {
  readonly shots: readonly Row[];
  readonly asked: readonly Row[];
  /** What was chosen, for the report. */
  readonly notes: readonly string[];
}

/** How many examples are wanted, and the seed that draws them. */
export interface ShotOptions {
  readonly shots?: number | undefined;
  readonly seed?: number | undefined;
}

/**
 * Draws examples from the rows themselves and leaves the others, in their order, to be asked.
 *
 * They are the first of a shuffle, on stream 0 of the seed. At least five rows are drawn, so that what is asked depends on the seed
 * alone.
 *
 * @param file - Where the rows are from.
 * @throws {EvalDataError} if nothing would be left to ask.
 */
export function drawShots<Row>(
  rows: readonly Row[],
  file: string,
  { shots = POOL, seed = DEFAULT_SEED }: ShotOptions,
): SeparateRows<Row> {
  const count = Math.max(POOL, shots);
  if (rows.length <= count) {
    const [expected, actual] = [`more than ${count} rows to draw examples from`, `${rows.length}`];
    throw new EvalDataError({ file, expected, actual, hint: "ask for fewer shots" });
  }
  const places = rows.map((_, index) => index);
  const drawn = shuffled(places, { seed, stream: 0 }, count);
  const kept = new Set(drawn);
  return {
    shots: drawn.slice(0, shots).map((index) => rows[index] as Row),
    asked: rows.filter((_, index) => !kept.has(index)),
    notes: [`${count} of ${rows.length} rows, drawn with seed ${seed}, are kept for examples`],
  };
}

/** Where examples are when they have a file of their own. */
export interface ShotFiles<Row> extends ShotOptions {
  /** The first of these that is there is read. */
  readonly files: readonly string[];
  readonly read: (file: string) => Promise<readonly Row[]>;
  readonly heldOutShots?: boolean | undefined;
}

/**
 * Takes the first examples of a file; where there is none and that is allowed, draws them from the rows that are asked.
 *
 * @param file - Where the rows that are asked are from.
 * @throws {EvalDataError} if there are not as many, or no file.
 */
export async function readShots<Row>(
  asked: readonly Row[],
  file: string,
  { files, read, heldOutShots = false, shots: count = POOL, seed }: ShotFiles<Row>,
): Promise<SeparateRows<Row>> {
  if (count === 0) return { shots: [], asked, notes: [] };
  const found = await Promise.all(files.map(isThere));
  const source = files[found.indexOf(true)];
  if (source !== undefined)
    return { shots: firstShots(await read(source), count, source), asked, notes: [] };
  if (heldOutShots) return drawShots(asked, file, { shots: count, seed });
  throw new EvalDataError({
    file: files[0] ?? file,
    expected: "a file with examples",
    actual: "nothing",
    hint: "`--held-out-shots` takes them from the rows that are asked",
    isMissing: true,
  });
}
