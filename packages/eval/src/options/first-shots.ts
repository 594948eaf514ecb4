import { EvalDataError } from "../data/eval-data-error.ts";

/**
 * The first examples of those that there are.
 *
 * @param file - Where they are from.
 * @param task - Whose they are, where the file has those of many.
 * @throws {EvalDataError} if there are not so many.
 */
export function firstShots<Shot>(
  shots: readonly Shot[],
  count: number,
  file: string,
  task?: string,
): readonly Shot[] {
  if (Number.isInteger(count) && count >= 0 && count <= shots.length) return shots.slice(0, count);
  const expected = `${count} examples${task === undefined ? "" : ` for ${task}`}`;
  const hint = `ask for 0 to ${shots.length} shots`;
  throw new EvalDataError({ file, expected, actual: `${shots.length}`, hint });
}
