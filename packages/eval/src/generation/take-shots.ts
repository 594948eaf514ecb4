import { EvalDataError } from "../data/eval-data-error.ts";

/**
 * The first examples of those that there are.
 *
 * @param file - Where they are from, for the error.
 * @throws {EvalDataError} if there are not as many.
 */
export function takeShots<Shot>(
  shots: readonly Shot[],
  count: number,
  file: string,
): readonly Shot[] {
  if (Number.isInteger(count) && count >= 0 && count <= shots.length) return shots.slice(0, count);
  const expected = `0 to ${shots.length} examples to be asked for, as many as there are`;
  throw new EvalDataError({ file, expected, actual: `${count}`, hint: "set `shots`" });
}
