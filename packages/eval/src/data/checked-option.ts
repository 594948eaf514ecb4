import { EvalDataError } from "./eval-data-error.ts";

/**
 * A value that an option may have.
 *
 * @param option - Its name, e.g. `split`.
 * @param directory - The benchmark's folder, for the error.
 * @throws {EvalDataError} for another one.
 */
export function checkedOption<Value extends string>(
  option: string,
  value: string,
  { values, directory }: { readonly values: readonly Value[]; readonly directory: string },
): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new EvalDataError({
    file: directory,
    expected: `one of ${values.join(", ")} as \`${option}\``,
    actual: value,
  });
}
