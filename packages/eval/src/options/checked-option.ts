import type { LoadOptions, OptionName } from "../benchmark.ts";
import { EvalDataError } from "../data/eval-data-error.ts";

/**
 * A value that an option may have.
 *
 * @param directory - The benchmark's folder, for the error.
 * @throws {EvalDataError} for another one.
 */
export function checkedOption<Value extends string>(
  { directory }: Pick<LoadOptions, "directory">,
  option: OptionName,
  value: string,
  values: readonly Value[],
): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  const expected = `one of ${values.join(", ")} as \`${option}\``;
  throw new EvalDataError({ file: directory, expected, actual: value });
}
