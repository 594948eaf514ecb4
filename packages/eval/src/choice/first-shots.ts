import { EvalDataError } from "../data/eval-data-error.ts";

/**
 * The first examples of those that there are.
 *
 * @param file - Where they are from.
 * @throws {EvalDataError} if there are not so many.
 */
export function firstShots<Shot>(shots: readonly Shot[], count: number, file: string): Shot[] {
  if (count <= shots.length) return shots.slice(0, count);
  throw new EvalDataError({
    file,
    expected: `${count} examples`,
    actual: `${shots.length}`,
    hint: `ask for at most ${shots.length} shots`,
  });
}
